package io.github.easywebsocket.examples;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * README's table of what each backend keeps is what the conformance suite has found. {@code
 * -Dreadme.write} writes it.
 *
 * <p>Compares only after a build of all backends: when each has a report of the whole suite that is
 * younger than the README.
 */
@Tag("mount") // without the mounts the table is not whole
class ConformanceTest {

  private static final Path ROOT = Path.of("..");
  private static final Path README = ROOT.resolve("README.md");
  private static final Pattern BLOCK =
      Pattern.compile("(?s)(<!-- conformance[^>]*-->\n)(.*?)(<!-- /conformance -->\n)");
  private static final Pattern SECTION = Pattern.compile("(?m)^## ((\\d+) .+)$");
  private static final Pattern BACKEND = Pattern.compile("\"backend\": \"(.+?)(-inline)?\",");
  private static final Pattern CAPABILITIES = Pattern.compile("\"capabilities\": \\[(.*)]");
  private static final Pattern RULE =
      Pattern.compile("\"rule\": \"(\\d+)\\.(\\d+)\".+?\"outcome\": \"(\\w+)\"");

  /** What was found of one backend, with handlers on other threads and inline. */
  private static final class Found {
    private final Map<Integer, Integer> rules = new TreeMap<>(); // of a section
    private final Map<Integer, TreeSet<Integer>> variances = new TreeMap<>();
    private final Map<Integer, TreeSet<Integer>> unsupported = new TreeMap<>();
    private String capabilities = "";

    void add(String report) {
      Matcher declared = CAPABILITIES.matcher(report);
      assertTrue(declared.find(), report);
      capabilities = declared.group(1).replace("\"", "");
      for (Matcher rule = RULE.matcher(report); rule.find(); ) {
        int section = Integer.parseInt(rule.group(1));
        int number = Integer.parseInt(rule.group(2));
        rules.merge(section, 1, Integer::sum);
        switch (rule.group(3)) {
          case "PASS" -> {}
          case "VARIANCE" -> of(variances, section).add(number);
          case "NOT_SUPPORTED" -> of(unsupported, section).add(number);
          default -> throw new AssertionError("not in order: " + rule.group());
        }
      }
    }

    private static TreeSet<Integer> of(Map<Integer, TreeSet<Integer>> numbers, int section) {
      return numbers.computeIfAbsent(section, none -> new TreeSet<>());
    }

    String cell(int section) {
      if (!rules.containsKey(section)) {
        return "–";
      }
      return "all"
          + list(" but ", variances, section)
          + list("; not supported: ", unsupported, section);
    }

    private static String list(String what, Map<Integer, TreeSet<Integer>> numbers, int section) {
      return !numbers.containsKey(section)
          ? ""
          : numbers.get(section).stream()
              .map(number -> section + "." + number)
              .collect(joining(", ", what, ""));
    }
  }

  @Test
  void theReadmeTellsWhatTheSuiteHasFound() throws IOException {
    boolean write = System.getProperty("readme.write") != null;
    Map<String, Found> found = new TreeMap<>();
    for (Path report : reports(write)) {
      String json = Files.readString(report);
      Matcher name = BACKEND.matcher(json);
      assertTrue(name.find(), () -> "the backend of " + report);
      String client = report.toString().contains("-client/") ? " client" : "";
      found.computeIfAbsent(name.group(1) + client, none -> new Found()).add(json);
    }
    String readme = Files.readString(README);
    Matcher block = BLOCK.matcher(readme);
    assertTrue(block.find(), "README.md has the block of the table");
    String table = table(found);
    if (write) {
      Files.writeString(
          README, readme.substring(0, block.start(2)) + table + readme.substring(block.end(2)));
    } else {
      assertEquals(
          table,
          block.group(2),
          "README.md does not tell what the suite found; -Dreadme.write in a full build mends it");
    }
  }

  /** The reports of all backends; if some are missing, not whole or old, skips the test. */
  private static List<Path> reports(boolean evenIfOld) throws IOException {
    List<Path> reports = new ArrayList<>();
    FileTime written = Files.getLastModifiedTime(README);
    for (Path module : modules()) {
      Path folder = module.resolve("target/tck");
      assumeTrue(Files.isDirectory(folder), () -> "no report of " + module);
      try (Stream<Path> files = Files.list(folder)) {
        reports.addAll(files.filter(file -> file.toString().endsWith(".json")).sorted().toList());
      }
    }
    for (Path report : reports) {
      boolean young = Files.getLastModifiedTime(report).compareTo(written) > 0;
      assumeTrue(young || evenIfOld, () -> report + " is older than README.md");
      assumeTrue(
          Files.readString(report).contains("\"complete\": true"),
          () -> report + " is not of the whole suite");
    }
    return reports;
  }

  private static List<Path> modules() throws IOException {
    try (Stream<Path> all = Files.list(ROOT)) {
      return Stream.concat(
              all.filter(path -> ROOT.relativize(path).toString().startsWith("backend-")).sorted(),
              Stream.of(ROOT.resolve("examples/nio-backend")))
          .toList();
    }
  }

  private static String table(Map<String, Found> found) throws IOException {
    StringBuilder table = new StringBuilder("| section of CONTRACT.md |");
    for (String name : found.keySet()) { // a server and a client may have one name
      String[] words = name.split(" ");
      table.append(" `").append(words[0]).append('`');
      table.append(words.length > 1 ? " client |" : " |");
    }
    table.append("\n|---|").append("---|".repeat(found.size())).append('\n');
    Matcher section = SECTION.matcher(Files.readString(ROOT.resolve("CONTRACT.md")));
    while (section.find()) {
      int number = Integer.parseInt(section.group(2));
      if (found.values().stream().anyMatch(each -> each.rules.containsKey(number))) {
        table.append("| ").append(section.group(1)).append(" |");
        found.values().forEach(each -> table.append(' ').append(each.cell(number)).append(" |"));
        table.append('\n');
      }
    }
    table.append("| capabilities |");
    found.values().forEach(each -> table.append(' ').append(each.capabilities).append(" |"));
    return table.append('\n').toString();
  }
}
