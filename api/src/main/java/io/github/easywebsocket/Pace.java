package io.github.easywebsocket;

/**
 * Whether what the handlers of a batch send may wait for the last of them, so that it leaves in one
 * write: only if handlers have been quick, and not for long, for one that takes its time must not
 * hold back what those before it have sent. One for each connection; used by the thread that runs
 * its handlers.
 */
final class Pace {

  /**
   * Handlers of a batch that take less on average are quick, beside what they need for sends to
   * others. What they send waits no longer than this for the handlers that follow.
   */
  private static final long QUICK_NANOS = 5_000_000;

  /** Handlers that hold back for so long what they send, however many they are, have waited. */
  private static final long WAITED_NANOS = 100_000_000;

  /** Longer than a send to another connection takes that leaves in a write of its own. */
  private static final long SEND_NANOS = 20_000;

  /** See {@link #caution}. */
  private static final int LEAST_CAUTION = 16;

  private static final int MOST_CAUTION = 4096;

  private boolean quick; // the handlers of the last batch
  private int cautious; // for so many batches nothing is put off

  /**
   * What {@link #cautious} becomes when handlers were not quick whose sends were put off: they may
   * have waited for the answer to what was held back meanwhile. Doubles each time, and sinks by one
   * when all went well.
   */
  private int caution = LEAST_CAUTION;

  // of the batch that runs
  private int events;
  private boolean putsOff;
  private long start;
  private long heldBack; // in ns

  /** A batch begins; returns whether what it sends is to be put off. */
  boolean begin(int events) {
    this.events = events;
    putsOff = events > 1 && quick && cautious == 0;
    heldBack = 0;
    start = System.nanoTime();
    return putsOff;
  }

  /** Whether what was put off must not wait for the next handler. */
  boolean isLate() {
    return System.nanoTime() - start > QUICK_NANOS;
  }

  /** What was put off leaves now. */
  void sends() {
    heldBack = System.nanoTime() - start;
  }

  /**
   * The batch has run.
   *
   * @param sends to other connections
   */
  void end(long sends) {
    quick = System.nanoTime() - start < QUICK_NANOS * events + SEND_NANOS * sends;
    if (!putsOff) {
      cautious = Math.max(0, cautious - 1);
    } else if (quick && heldBack < WAITED_NANOS) {
      caution = Math.max(LEAST_CAUTION, caution - 1);
    } else {
      cautious = caution;
      caution = Math.min(MOST_CAUTION, 2 * caution);
    }
  }
}
