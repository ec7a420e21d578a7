package io.github.easywebsocket.spi;

import java.time.Duration;

/**
 * Where time-outs take their time from. The default is the JVM's monotonic clock, and a thread for
 * each task; a test can supply its own, and let time pass by hand.
 */
public interface TimeSource {

  /** Nanoseconds from an arbitrary start; never goes back. */
  long nanoTime();

  /**
   * Runs a task periodically, never twice at the same time.
   *
   * @param period the time between two runs
   * @param task does not block and does not throw
   * @return ends it when closed, without waiting for a run that is under way
   */
  Ticking every(Duration period, Runnable task);

  /** A task that runs periodically until it is closed. */
  interface Ticking extends AutoCloseable {
    @Override
    void close();
  }
}
