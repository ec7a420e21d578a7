package io.github.easywebsocket.benchmarks.load;

import java.util.Locale;

/**
 * What one measurement gave.
 *
 * @param operations messages that came back, deliveries, or connections, inside the window
 * @param total the same with warm-up and end, for what is counted over all of it
 * @param seconds the window
 * @param serverNanos the CPU time of the server in it
 * @param p50 the median of the latencies, in microseconds
 * @param p99 only one of a hundred took longer
 * @param p999 only one of a thousand took longer
 * @param max the longest
 * @param jit the CPU time of the server's JIT in it, in per cent of one CPU
 * @param others the CPU time of everybody else, in per cent of one CPU
 */
public record Outcome(
    long operations,
    long total,
    double seconds,
    long serverNanos,
    double p50,
    double p99,
    double p999,
    double max,
    double jit,
    double others) {

  /** As one line. */
  public String toLine() {
    return String.format(
        Locale.ROOT,
        "%d %d %.4f %d %.1f %.1f %.1f %.1f %.1f %.1f",
        operations,
        total,
        seconds,
        serverNanos,
        p50,
        p99,
        p999,
        max,
        jit,
        others);
  }

  /** From such a line. */
  public static Outcome parse(String line) {
    String[] part = line.split(" ");
    return new Outcome(
        Long.parseLong(part[0]),
        Long.parseLong(part[1]),
        Double.parseDouble(part[2]),
        Long.parseLong(part[3]),
        Double.parseDouble(part[4]),
        Double.parseDouble(part[5]),
        Double.parseDouble(part[6]),
        Double.parseDouble(part[7]),
        Double.parseDouble(part[8]),
        Double.parseDouble(part[9]));
  }

  /** Operations in a second. */
  public double perSecond() {
    return operations / seconds;
  }

  /** The server's CPU time for each operation, in nanoseconds. */
  public double nanosEach() {
    return operations == 0 ? Double.NaN : (double) serverNanos / operations;
  }
}
