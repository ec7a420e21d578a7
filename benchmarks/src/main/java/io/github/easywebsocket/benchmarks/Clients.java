package io.github.easywebsocket.benchmarks;

import io.github.easywebsocket.benchmarks.Sample.Figure;
import io.github.easywebsocket.benchmarks.clients.Main;
import io.github.easywebsocket.benchmarks.load.Cell;
import io.github.easywebsocket.benchmarks.load.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Our client on both of its backends beside the JDK's used directly, against the bare NIO loop.
 * Each is a process of its own where servers are measured else; the server is where the load is
 * else.
 */
final class Clients {

  private static final String REFERENCE = "jdk";
  private static final List<String> NAMES =
      List.of(
          REFERENCE,
          "easy-jdk-inline",
          "easy-jdk-virtual",
          "easy-jetty-inline",
          "easy-jetty-virtual");
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Plan plan;
  private final Site site;
  private final Results results = new Results(Map.of());

  /** Measures the cells of the plan in its rounds; its servers do not matter. */
  Clients(Plan plan, Site site) {
    this.plan = plan;
    this.site = site;
  }

  /** Measures, and returns a table. */
  String table() throws IOException {
    for (int round = 1; round <= plan.rounds(); round++) {
      System.err.println("round " + round);
      round(round);
    }
    StringBuilder table = new StringBuilder();
    table.append("CPU time for each message, by that of the JDK's client used directly\n\n");
    table.append("| client |").append(row(Cell::name)).append("\n|---|");
    table.append(row(cell -> "---:")).append('\n');
    for (String name : NAMES) {
      table.append("| ").append(name).append(" |").append(row(cell -> figures(name, cell)));
      table.append('\n');
    }
    return table.toString();
  }

  private String row(Function<Cell, String> column) {
    return plan.cells().stream().map(column).map(" %s |"::formatted).collect(Collectors.joining());
  }

  /** The ratio, and the microseconds. */
  private String figures(String name, Cell cell) {
    double[] ratios = results.ratios(name, REFERENCE, cell.name());
    return "%s (%s µs)"
        .formatted(
            Figures.ratio(Results.median(Arrays.stream(ratios))),
            Figures.of(results.median(name, cell.name(), Figure.CPU) / 1000));
  }

  private void round(int round) throws IOException {
    Map<String, Child> children = new LinkedHashMap<>();
    try (ServerProcess server = ServerProcess.startForClients(site)) {
      try {
        for (String name : NAMES) {
          children.put(name, start(name));
        }
        for (Cell cell : plan.cells()) {
          for (Child child : children.values()) {
            measure(child, server, cell, Duration.ZERO, plan.warmUp());
          }
        }
        for (Cell cell : plan.cells()) {
          for (Map.Entry<String, Child> child : children.entrySet()) {
            Outcome outcome =
                Settling.measure(
                    () -> measure(child.getValue(), server, cell, Duration.ZERO, plan.settle()),
                    () -> measure(child.getValue(), server, cell, plan.settle(), plan.window()));
            results.add(
                new Sample(round, child.getKey(), cell.name(), Figure.CPU, outcome.nanosEach()));
          }
        }
      } finally {
        for (Child child : children.values()) {
          child.close();
        }
      }
    }
  }

  private Child start(String name) throws IOException {
    String classPath =
        site.classPath().stream().map(Path::toString).collect(Collectors.joining(":"));
    List<String> command =
        List.of(
            Site.java(),
            "-Xms512m",
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-cp",
            classPath,
            Main.class.getName(),
            name);
    return Child.start(Site.onServerCpu(command), Map.of(), site.output().resolve(name + ".log"));
  }

  private static Outcome measure(
      Child child, ServerProcess server, Cell cell, Duration warmUp, Duration duration)
      throws IOException {
    child.tell(
        "measure %d %s %d %d"
            .formatted(server.port(), cell.name(), warmUp.toMillis(), duration.toMillis()));
    return Outcome.parse(child.await("ok", PATIENCE));
  }
}
