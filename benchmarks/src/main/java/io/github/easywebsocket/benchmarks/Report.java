package io.github.easywebsocket.benchmarks;

import io.github.easywebsocket.benchmarks.Sample.Figure;
import io.github.easywebsocket.benchmarks.load.Cell;
import io.github.easywebsocket.benchmarks.load.Cell.Variant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Results as tables and charts. They replace what is between two marks of docs/benchmarks.md; the
 * rest is written by hand and stays.
 */
final class Report {

  static final String BEGIN = "<!-- Made by benchmarks/ from here on; do not edit. -->";
  static final String END = "<!-- Made by benchmarks/ up to here. -->";

  private static final double LONGEST_BAR = 10;

  private final Results results;
  private final List<Cell> cells;
  private final StringBuilder text = new StringBuilder();
  private @Nullable Path jmh;

  private Report(Results results) {
    this.results = results;
    cells = Cell.every().stream().filter(cell -> results.cells().contains(cell.name())).toList();
  }

  static Report of(Results results) {
    return new Report(results);
  }

  /** Adds what JMH has measured. */
  Report with(@Nullable Path csv) {
    jmh = csv;
    return this;
  }

  /** Writes docs/benchmarks.md, and the charts into docs/benchmarks/. */
  void write(Path root) throws IOException {
    Path file = root.resolve("docs/benchmarks.md");
    Path charts = Files.createDirectories(root.resolve("docs/benchmarks"));
    make(charts);
    String old = Files.readString(file);
    int from = old.indexOf(BEGIN);
    int to = old.indexOf(END);
    if (from < 0 || to < from) {
      throw new IOException("the marks of the part to replace are missing in " + file);
    }
    Files.writeString(file, old.substring(0, from) + BEGIN + "\n" + text + old.substring(to));
  }

  private void make(Path charts) throws IOException {
    notes();
    overall(charts);
    Predicate<Cell> any = cell -> true;
    Predicate<Cell> closed = cell -> cell.rate() == 0;
    table(
        "CPU time for each message, in µs",
        any,
        (server, cell) -> Figures.of(results.median(server, cell.name(), Figure.CPU) / 1000));
    table(
        "Messages in a second, of a closed loop, in thousands",
        closed,
        (server, cell) -> Figures.of(results.median(server, cell.name(), Figure.RATE) / 1000));
    table(
        "Latency in µs: the median / one of 100 takes longer / one of 1,000 takes longer",
        cell -> cell.inFlight() == 1 || cell.rate() > 0,
        this::latency);
    table(
        "Bytes allocated for each message",
        any,
        (server, cell) -> Figures.whole(results.median(server, cell.name(), Figure.ALLOCATED)));
    startAndIdle();
    if (jmh != null) {
      text.append(JmhTable.of(jmh));
    }
  }

  private void notes() {
    text.append("\n## Figures\n\n");
    results.notes().forEach((name, value) -> text.append("- " + name + ": " + value + "\n"));
    noise("others took", Figure.OTHERS, 20);
    noise("the server's JIT took", Figure.JIT, 5);
    text.append("\n| cell | what it is |\n|---|---|\n");
    cells.forEach(cell -> text.append("| %s | %s |\n".formatted(cell.name(), cell.title())));
  }

  private void noise(String what, Figure figure, int much) {
    double[] shares = results.all(figure);
    text.append(
        "- noise: %s %.0f %% of a CPU in the median measurement, over %d %% in %d of %d\n"
            .formatted(
                what,
                Results.median(Arrays.stream(shares)),
                much,
                Arrays.stream(shares).filter(share -> share > much).count(),
                shares.length));
  }

  /** The ratios, and their mean; charts of the mean and of each cell. */
  private void overall(Path charts) throws IOException {
    List<String> related =
        cells.stream().filter(cell -> cell.variant() == Variant.PLAIN).map(Cell::name).toList();
    List<String> servers =
        results.servers().stream()
            .sorted(Comparator.comparingDouble(server -> mean(server, related)))
            .toList();
    text.append("\n### CPU time for each message, by that of the bare NIO loop\n\n");
    row(Stream.concat(Stream.of("server", "**mean**"), related.stream()));
    row(Stream.concat(Stream.of("---", "---:"), related.stream().map(cell -> "---:")));
    for (String server : servers) {
      row(
          Stream.concat(
              Stream.of(name(server), Figures.ratio(mean(server, related))),
              related.stream().map(cell -> Figures.ratio(results.ratio(server, cell)))));
    }
    text.append("\nThe mean is the geometric one, of servers that take all cells.\n");
    BarChart all = new BarChart("CPU time by that of the bare NIO loop, mean", LONGEST_BAR);
    servers.forEach(server -> all.add(server, mean(server, related)));
    chart(charts, "mean", all);
    for (String cell : related) {
      BarChart one = new BarChart(Cell.named(cell).title(), LONGEST_BAR);
      servers.forEach(server -> one.add(server, results.ratio(server, cell)));
      chart(charts, cell, one);
    }
  }

  private double mean(String server, List<String> related) {
    return Results.geometricMean(related, cell -> results.ratio(server, cell));
  }

  private void chart(Path charts, String name, BarChart chart) throws IOException {
    if (!chart.isEmpty()) {
      Files.writeString(charts.resolve(name + ".svg"), chart.svg());
      text.append("\n![%s](benchmarks/%s.svg)\n".formatted(name, name));
    }
  }

  private void table(String title, Predicate<Cell> which, BiFunction<String, Cell, String> figure) {
    List<Cell> columns = cells.stream().filter(which).toList();
    if (columns.isEmpty()) {
      return;
    }
    text.append("\n### " + title + "\n\n");
    row(Stream.concat(Stream.of("server"), columns.stream().map(Cell::name)));
    row(Stream.concat(Stream.of("---"), columns.stream().map(cell -> "---:")));
    for (String server : results.servers()) {
      row(
          Stream.concat(
              Stream.of(name(server)), columns.stream().map(cell -> figure.apply(server, cell))));
    }
  }

  private String latency(String server, Cell cell) {
    return Stream.of(Figure.P50, Figure.P99, Figure.P999)
        .map(figure -> Figures.of(results.median(server, cell.name(), figure)))
        .reduce((one, next) -> one + " / " + next)
        .orElseThrow();
  }

  private void startAndIdle() {
    text.append("\n### Start, and idle connections\n\n");
    row(Stream.of("server", "start to first handshake, ms", "heap each, B", "beside it, B"));
    row(Stream.of("---", "---:", "---:", "---:"));
    for (String server : results.servers()) {
      row(
          Stream.of(
              name(server),
              Figures.whole(results.median(server, Sample.START, Figure.MILLIS)),
              Figures.whole(results.median(server, Sample.IDLE, Figure.HEAP)),
              Figures.whole(results.median(server, Sample.IDLE, Figure.OFF_HEAP))));
    }
  }

  private static String name(String server) {
    return Entrant.isOurs(server) ? "**" + server + "**" : server;
  }

  private void row(Stream<String> columns) {
    text.append("|");
    columns.forEach(column -> text.append(" " + column + " |"));
    text.append("\n");
  }
}
