package io.github.easywebsocket.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.benchmarks.Sample.Figure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

  private static final String CELL = "b64-64x16";

  private static Results results() {
    Results results = new Results(Map.of("machine", "this: one"));
    double[] reference = {100, 200, 100};
    double[] ours = {110, 220, 150};
    for (int round = 1; round <= 3; round++) {
      results.add(new Sample(round, "raw-nio", CELL, Figure.CPU, reference[round - 1]));
      results.add(new Sample(round, "easy-nio-inline", CELL, Figure.CPU, ours[round - 1]));
    }
    return results;
  }

  @Test
  void a_ratio_is_the_median_of_the_ratios_of_each_round() {
    assertEquals(1.1, results().ratio("easy-nio-inline", CELL), 1e-9);
    assertEquals(150, results().median("easy-nio-inline", CELL, Figure.CPU), 1e-9);
  }

  @Test
  void results_are_the_same_after_writing_and_reading(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("results.csv");
    results().write(file);
    Results read = Results.read(file);
    assertEquals(Map.of("machine", "this: one"), read.notes());
    assertEquals(List.of("raw-nio", "easy-nio-inline"), read.servers());
    assertEquals(1.1, read.ratio("easy-nio-inline", CELL), 1e-9);
  }

  @Test
  void a_report_replaces_what_is_between_the_marks_and_nothing_else(@TempDir Path root)
      throws IOException {
    Path docs = Files.createDirectories(root.resolve("docs")).resolve("benchmarks.md");
    Files.writeString(docs, "By hand.\n" + Report.BEGIN + "\nold\n" + Report.END + "\nTried.\n");
    Report.of(results()).write(root);
    Report.of(results()).write(root);
    String text = Files.readString(docs);
    assertTrue(text.startsWith("By hand.\n" + Report.BEGIN + "\n"), text);
    assertTrue(text.endsWith("\n" + Report.END + "\nTried.\n"), text);
    assertTrue(!text.contains("old"), text);
    assertTrue(text.contains("| **easy-nio-inline** | 1.10 | 1.10 |"), text);
    assertTrue(Files.readString(root.resolve("docs/benchmarks/b64-64x16.svg")).contains("1.10"));
  }
}
