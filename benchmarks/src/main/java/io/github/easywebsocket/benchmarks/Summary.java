package io.github.easywebsocket.benchmarks;

import java.util.List;

/** The ratios to the reference as a table for a terminal. */
final class Summary {

  private final Results results;

  Summary(Results results) {
    this.results = results;
  }

  @Override
  public String toString() {
    List<String> cells =
        results.cells().stream()
            .filter(cell -> !cell.equals(Sample.START) && !cell.equals(Sample.IDLE))
            .toList();
    StringBuilder table = new StringBuilder("CPU time for each message, by that of raw-nio:\n");
    table.append("%-30s".formatted(""));
    cells.forEach(cell -> table.append("%17s".formatted(cell)));
    for (String server : results.servers()) {
      table.append("\n%-30s".formatted(server));
      cells.forEach(
          cell -> table.append("%17s".formatted(Figures.ratio(results.ratio(server, cell)))));
    }
    return table.append('\n').toString();
  }
}
