package io.github.easywebsocket.benchmarks;

import io.github.easywebsocket.benchmarks.load.Cell;
import java.time.Duration;
import java.util.List;

/**
 * What to measure, and for how long.
 *
 * @param entrants in the order in which they take their turns
 * @param cells in the order in which they are measured
 * @param rounds how often
 * @param fresh whether each round has new processes, so that it also has other decisions of the JIT
 * @param warmUp on each cell, before the first measurement
 * @param settle each step until the JIT is quiet, and then the beginning of each measurement
 * @param window of each measurement
 * @param idle how many idle connections to weigh; 0 for none
 */
record Plan(
    List<Entrant> entrants,
    List<Cell> cells,
    int rounds,
    boolean fresh,
    Duration warmUp,
    Duration settle,
    Duration window,
    int idle) {

  private static final List<String> QUICK_ENTRANTS =
      List.of(
          Entrant.REFERENCE,
          "easy-undertow-inline",
          "easy-undertow-virtual",
          "easy-jetty-inline",
          "easy-nio-inline",
          "undertow",
          "jetty");

  private static final List<String> QUICK_CELLS =
      List.of("b64-64x1", "b64-64x16", "t64-64x16", "b16k-16x4", "u16k-16x4", "b1m-4x2", "fan500");

  /** Within five minutes. */
  static Plan quick(List<Entrant> all) {
    return new Plan(
        all.stream().filter(entrant -> QUICK_ENTRANTS.contains(entrant.name())).toList(),
        QUICK_CELLS.stream().map(Cell::named).toList(),
        3,
        false,
        Duration.ofMillis(900),
        Duration.ofMillis(200),
        Duration.ofMillis(700),
        0);
  }

  /** All there is; it takes long. */
  static Plan full(List<Entrant> all) {
    return new Plan(
        all.stream().filter(Entrant::isThere).toList(),
        Cell.every(),
        3,
        true,
        Duration.ofMillis(900),
        Duration.ofMillis(300),
        Duration.ofMillis(1000),
        5000);
  }

  /** All cells of clients. */
  static Plan ofClients() {
    return new Plan(
        List.of(),
        Cell.everyOfClients(),
        3,
        true,
        Duration.ofMillis(1500),
        Duration.ofMillis(300),
        Duration.ofMillis(1000),
        0);
  }

  Plan withEntrants(List<Entrant> others) {
    return new Plan(others, cells, rounds, fresh, warmUp, settle, window, idle);
  }

  Plan withCells(List<Cell> others) {
    return new Plan(entrants, others, rounds, fresh, warmUp, settle, window, idle);
  }

  Plan withRounds(int count) {
    return new Plan(entrants, cells, count, fresh, warmUp, settle, window, idle);
  }

  Plan withIdle(int connections) {
    return new Plan(entrants, cells, rounds, fresh, warmUp, settle, window, connections);
  }

  Plan withWindow(Duration duration) {
    return new Plan(entrants, cells, rounds, fresh, warmUp, settle, duration, idle);
  }

  Plan withWarmUp(Duration duration) {
    return new Plan(entrants, cells, rounds, fresh, duration, settle, window, idle);
  }
}
