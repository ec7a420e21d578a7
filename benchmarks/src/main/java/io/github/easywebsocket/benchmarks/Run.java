package io.github.easywebsocket.benchmarks;

import io.github.easywebsocket.benchmarks.Sample.Figure;
import io.github.easywebsocket.benchmarks.load.Cell;
import io.github.easywebsocket.benchmarks.load.Cell.Variant;
import io.github.easywebsocket.benchmarks.load.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Carries a plan out. All servers run at the same time, and sleep but for the one that is measured;
 * on each cell they take their turns, A B C A B C, so that a machine whose speed drifts treats all
 * alike. The file has all that was measured up to now.
 */
final class Run {

  private static final long SETTLED_BYTES = 64 << 10;

  private final Plan plan;
  private final Site site;
  private final LoadProcess load;
  private final Results results;
  private final Path file;
  private final Set<String> started = new HashSet<>(); // those whose start was timed in this round

  Run(Plan plan, Site site, LoadProcess load, Results results, Path file) {
    this.plan = plan;
    this.site = site;
    this.load = load;
    this.results = results;
    this.file = file;
  }

  void all() throws IOException {
    int rounds = plan.fresh() ? 1 : plan.rounds(); // with the same processes
    for (int first = 1; first <= plan.rounds(); first += rounds) {
      started.clear();
      for (Variant variant : Variant.values()) {
        List<Cell> cells = plan.cells().stream().filter(cell -> cell.variant() == variant).toList();
        if (!cells.isEmpty()) {
          rounds(first, rounds, variant, cells);
        }
      }
    }
    if (plan.idle() > 0) {
      for (Entrant entrant : plan.entrants()) {
        weigh(entrant);
      }
    }
    results.write(file);
  }

  private void rounds(int first, int count, Variant variant, List<Cell> cells) throws IOException {
    List<ServerProcess> servers = new ArrayList<>();
    try {
      for (Entrant entrant : plan.entrants()) {
        if (cells.stream().anyMatch(entrant.takes())) {
          start(first, entrant, variant, servers);
        }
      }
      warmUp(servers, cells);
      for (int round = first; round < first + count; round++) {
        for (Cell cell : cells) {
          System.err.printf("round %d, %s: %s%n", round, cell.name(), cell.title());
          for (ServerProcess server : servers) {
            if (server.entrant().takes().test(cell)) {
              measure(round, cell, server);
            }
          }
          results.write(file);
        }
      }
    } finally {
      for (ServerProcess server : servers) {
        server.close();
      }
    }
  }

  private void start(int round, Entrant entrant, Variant variant, List<ServerProcess> servers)
      throws IOException {
    try {
      ServerProcess server = ServerProcess.start(entrant, variant, ServerProcess.HEAP, site);
      servers.add(server);
      if (variant == Variant.PLAIN && started.add(entrant.name())) {
        load.shakeHands(server);
        double millis = (System.nanoTime() - server.began()) / 1e6;
        results.add(new Sample(round, entrant.name(), Sample.START, Figure.MILLIS, millis));
      }
    } catch (IOException e) {
      failed(entrant, Sample.START, e);
    }
  }

  private void warmUp(List<ServerProcess> servers, List<Cell> cells) {
    for (ServerProcess server : servers) {
      System.err.println("warming " + server.entrant().name());
      for (Cell cell : cells) {
        if (server.entrant().takes().test(cell)) {
          try {
            load.measure(cell, server, Duration.ZERO, plan.warmUp());
          } catch (IOException e) {
            failed(server.entrant(), cell.name(), e);
          }
        }
      }
    }
  }

  private void measure(int round, Cell cell, ServerProcess server) {
    String name = server.entrant().name();
    try {
      Outcome outcome =
          Settling.measure(
              () -> load.measure(cell, server, Duration.ZERO, plan.settle()),
              () -> load.measure(cell, server, plan.settle(), plan.window()));
      results.add(new Sample(round, name, cell.name(), Figure.CPU, outcome.nanosEach()));
      results.add(new Sample(round, name, cell.name(), Figure.RATE, outcome.perSecond()));
      results.add(new Sample(round, name, cell.name(), Figure.P50, outcome.p50()));
      results.add(new Sample(round, name, cell.name(), Figure.P99, outcome.p99()));
      results.add(new Sample(round, name, cell.name(), Figure.P999, outcome.p999()));
      results.add(new Sample(round, name, cell.name(), Figure.MAX, outcome.max()));
      results.add(new Sample(round, name, cell.name(), Figure.JIT, outcome.jit()));
      results.add(new Sample(round, name, cell.name(), Figure.OTHERS, outcome.others()));
      measureAllocation(round, cell, server);
    } catch (IOException e) {
      failed(server.entrant(), cell.name(), e);
    }
  }

  /** Apart, since all messages since the question before count. */
  private void measureAllocation(int round, Cell cell, ServerProcess server) throws IOException {
    long before = server.allocated();
    if (before >= 0) {
      Outcome outcome = load.measure(cell, server, Duration.ZERO, plan.settle());
      double each = (double) (server.allocated() - before) / outcome.total();
      results.add(new Sample(round, server.entrant().name(), cell.name(), Figure.ALLOCATED, each));
    }
  }

  /** What idle connections cost in memory. */
  private void weigh(Entrant entrant) {
    Cell warm = Cell.named("b64-64x1");
    if (!entrant.takes().test(warm)) {
      return;
    }
    System.err.printf("%d idle connections: %s%n", plan.idle(), entrant.name());
    try (ServerProcess server =
        ServerProcess.start(entrant, Variant.PLAIN, ServerProcess.TOUCHED_HEAP, site)) {
      load.measure(warm, server, Duration.ZERO, plan.warmUp());
      long heap = settledHeap(server);
      long resident = server.resident();
      load.open(server, plan.idle());
      double heapEach = (double) (settledHeap(server) - heap) / plan.idle();
      double residentEach = (double) (server.resident() - resident) / plan.idle();
      load.echoAndClose();
      if (heap >= 0) {
        results.add(new Sample(1, entrant.name(), Sample.IDLE, Figure.HEAP, heapEach));
      }
      results.add(new Sample(1, entrant.name(), Sample.IDLE, Figure.OFF_HEAP, residentEach));
    } catch (IOException e) {
      failed(entrant, Sample.IDLE, e);
    }
  }

  /** What is closed, or is kept alive by references of some kind, goes little by little. */
  private static long settledHeap(ServerProcess server) throws IOException {
    long heap = server.heap();
    for (int i = 0; i < 20; i++) {
      long before = heap;
      heap = server.heap();
      if (Math.abs(heap - before) < SETTLED_BYTES) {
        break;
      }
    }
    return heap;
  }

  private void failed(Entrant entrant, String what, IOException cause) {
    String message = entrant.name() + ", " + what + ": " + cause.getMessage();
    System.err.println("FAILED " + message);
    results.note("failed " + results.notes().size(), message);
  }
}
