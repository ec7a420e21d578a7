package io.github.easywebsocket;

/**
 * Whether the transport of a connection is to read: not while too much waits to be handled, nor
 * while the application has paused it. Safe from any thread.
 */
final class Reading {

  /** Beyond such a cost of streamed messages that wait, no more are read. */
  private static final int HIGH = 256 << 10;

  private static final int LOW = 64 << 10;

  private final Session session;

  // guarded by this
  private boolean behind; // the inbox is
  private long streamed; // what streamed messages cost that nobody has read yet, in bytes
  private boolean full; // with these
  private boolean paused; // by the application
  private boolean closing;

  Reading(Session session) {
    this.session = session;
  }

  /** Whether nothing is read at present. */
  synchronized boolean isHeld() {
    return behind || (!closing && (full || paused));
  }

  /** The connection closes: what comes is dropped, but the peer's close frame is awaited. */
  void closing() {
    change(() -> closing = true);
  }

  /** The application pauses, or resumes. */
  void pause(boolean pauses) {
    change(() -> paused = pauses);
  }

  /** The handlers are behind, or no more. */
  void behind(boolean isBehind) {
    change(() -> behind = isBehind);
  }

  /** More of a streamed message waits, or, if negative, was read. */
  void streamed(int cost) {
    change(
        () -> {
          streamed += cost;
          full = streamed > (full ? LOW : HIGH);
        });
  }

  /**
   * Tells the transport what has changed; once more if it has changed meanwhile, since then the
   * other thread, which changed it, may have been first.
   */
  private void change(Runnable change) {
    boolean held;
    synchronized (this) {
      boolean before = isHeld();
      change.run();
      held = isHeld();
      if (held == before) {
        return;
      }
    }
    while (true) {
      if (held) {
        session.pauseTransport();
      } else {
        session.resumeTransport();
      }
      boolean told = held;
      held = isHeld();
      if (held == told) {
        return;
      }
    }
  }
}
