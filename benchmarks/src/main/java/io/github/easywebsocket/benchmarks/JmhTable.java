package io.github.easywebsocket.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** What JMH has measured, from its CSV file. */
final class JmhTable {

  private JmhTable() {}

  static String of(Path csv) throws IOException {
    List<List<String>> rows = Files.readAllLines(csv).stream().map(JmhTable::split).toList();
    List<String> head = rows.get(0);
    int parameters = head.size() - (int) head.stream().filter(c -> c.startsWith("Param: ")).count();
    StringBuilder table = new StringBuilder("\n### The driver alone, by JMH\n\n| benchmark |");
    head.stream()
        .filter(column -> column.startsWith("Param: "))
        .forEach(column -> table.append(" " + column.substring("Param: ".length()) + " |"));
    table.append(" score | error | unit |\n|---|");
    table.append("---:|".repeat(head.size() - parameters)).append("---:|---:|---|\n");
    for (List<String> row : rows.subList(1, rows.size())) {
      table.append("| " + row.get(0).replaceFirst(".*\\.(?=\\w+\\.\\w+$)", "") + " |");
      row.subList(parameters, row.size()).forEach(value -> table.append(" " + value + " |"));
      table.append(
          " %s | ±%s | %s |\n"
              .formatted(
                  Figures.of(Double.parseDouble(row.get(head.indexOf("Score")))),
                  Figures.of(Double.parseDouble(row.get(head.indexOf("Score Error (99.9%)")))),
                  row.get(head.indexOf("Unit"))));
    }
    return table.toString();
  }

  private static List<String> split(String line) {
    return Arrays.stream(line.split(",", -1)).map(part -> part.replace("\"", "")).toList();
  }
}
