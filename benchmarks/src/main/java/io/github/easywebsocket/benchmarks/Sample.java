package io.github.easywebsocket.benchmarks;

import java.util.Locale;

/**
 * One figure that was measured.
 *
 * @param round in which, from 1
 * @param server the entrant's name
 * @param cell the cell's name, or {@link #START} or {@link #IDLE}
 * @param figure what it is
 * @param value how much it is
 */
record Sample(int round, String server, String cell, Figure figure, double value) {

  static final String START = "start";
  static final String IDLE = "idle";

  /** What is measured. */
  enum Figure {
    /** The server's CPU time for each operation, in nanoseconds. */
    CPU,
    /** Operations in a second. */
    RATE,
    /** Latencies, in microseconds. */
    P50,
    P99,
    P999,
    MAX,
    /** Bytes allocated on the heap for each operation. */
    ALLOCATED,
    /** The CPU time of the server's JIT meanwhile, in per cent of one CPU. */
    JIT,
    /** The CPU time of everybody else meanwhile, in per cent of one CPU. */
    OTHERS,
    /** From the start of the process to the first handshake, in milliseconds. */
    MILLIS,
    /** Bytes of heap for each connection. */
    HEAP,
    /** Bytes of memory beside the heap for each connection. */
    OFF_HEAP
  }

  String toLine() {
    return String.format(
        Locale.ROOT, "%d,%s,%s,%s,%.6g", round, server, cell, figure.name(), value);
  }

  static Sample parse(String line) {
    String[] part = line.split(",");
    return new Sample(
        Integer.parseInt(part[0]),
        part[1],
        part[2],
        Figure.valueOf(part[3]),
        Double.parseDouble(part[4]));
  }
}
