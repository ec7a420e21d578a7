package io.github.easywebsocket.benchmarks.load;

/** A time for each message that is under way, by the message's number. */
final class Times {

  private final long[] times;
  private final int mask;

  Times(int inFlight) {
    int size = Integer.highestOneBit(2 * inFlight - 1);
    times = new long[size];
    mask = size - 1;
  }

  /** How many may be under way. */
  int size() {
    return times.length;
  }

  void set(long number, long time) {
    times[(int) number & mask] = time;
  }

  long get(long number) {
    return times[(int) number & mask];
  }
}
