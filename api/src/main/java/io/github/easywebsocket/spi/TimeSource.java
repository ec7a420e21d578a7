package io.github.easywebsocket.spi;

import java.time.Duration;

/**
 * Where time-outs take their time from. The default is the JVM's monotonic clock and one daemon
 * thread for each server; a test gives its own and lets time pass by hand.
 */
public interface TimeSource {

  /** Nanoseconds from an arbitrary start; never goes back. */
  long nanoTime();

  /**
   * Runs a task again and again, never twice at the same time.
   *
   * @param period the time between two runs
   * @param task does not block and does not throw
   * @return ends it; does not wait for a run under way
   */
  Ticking every(Duration period, Runnable task);

  /** A task that runs again and again, until it is closed. */
  interface Ticking extends AutoCloseable {
    @Override
    void close();
  }
}
