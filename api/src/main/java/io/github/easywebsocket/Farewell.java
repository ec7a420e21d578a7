package io.github.easywebsocket;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Closes the connections of a server that stops, with 1001: spread over a window, so that not all
 * peers come back in the same second. With each sweep it closes those that are due.
 */
final class Farewell implements Connections.Waiting {

  private final List<Session> sessions;
  private final long start;
  private final double window;
  private final AtomicInteger closed = new AtomicInteger();

  /**
   * Makes one for these sessions, and closes none yet.
   *
   * @param start the time now
   * @param window in nanoseconds; 0 closes all with the first sweep
   */
  Farewell(List<Session> sessions, long start, long window) {
    this.sessions = sessions;
    this.start = start;
    this.window = window;
  }

  @Override
  public void sweep(long now) {
    long passed = now - start;
    closeUpTo(
        passed >= window
            ? sessions.size()
            : Math.min(sessions.size(), 1 + (int) (sessions.size() * (passed / window))));
  }

  /** Closes those that are left. */
  void closeRest() {
    closeUpTo(sessions.size());
  }

  private void closeUpTo(int count) {
    int next;
    while ((next = closed.get()) < count) {
      if (closed.compareAndSet(next, next + 1)) {
        sessions.get(next).close(CloseReason.GOING_AWAY, "");
      }
    }
  }
}
