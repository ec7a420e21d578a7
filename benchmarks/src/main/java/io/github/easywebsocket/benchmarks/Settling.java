package io.github.easywebsocket.benchmarks;

import io.github.easywebsocket.benchmarks.load.Outcome;
import java.io.IOException;
import java.time.Duration;

/**
 * Puts a load on until the JIT has next to nothing left to do, or what follows would be a
 * measurement of the JIT: it compiles anew for another kind of work, and where little happens at a
 * time it takes seconds until it has seen enough.
 */
final class Settling {

  private static final double QUIET = 3; // per cent of a CPU
  private static final int STEPS = 2; // in a row
  private static final Duration LONGEST = Duration.ofSeconds(20);
  private static final int TRIES = 3;

  private Settling() {}

  /** Something to measure. */
  interface Work {
    Outcome measure() throws IOException;
  }

  /**
   * Measures when the JIT was quiet for two steps in a row, or after 20 seconds; and again, up to
   * three times, if it was not quiet meanwhile.
   */
  static Outcome measure(Work step, Work work) throws IOException {
    for (int tried = 1; ; tried++) {
      await(step);
      Outcome outcome = work.measure();
      if (isQuiet(outcome) || tried == TRIES) {
        return outcome;
      }
    }
  }

  private static void await(Work step) throws IOException {
    long begin = System.nanoTime();
    for (int quiet = 0; quiet < STEPS && System.nanoTime() - begin < LONGEST.toNanos(); ) {
      quiet = isQuiet(step.measure()) ? quiet + 1 : 0;
    }
  }

  private static boolean isQuiet(Outcome outcome) {
    return outcome.jit() <= QUIET;
  }
}
