package io.github.easywebsocket.driver;

import java.util.Arrays;

/**
 * The payload of the message that is arriving. Mostly it is allocated once, at its exact size. What
 * a peer announces and does not send costs little: no more is allocated than {@link #AHEAD} times
 * what has come, and {@link #LEAST}.
 *
 * <p>Used by one thread. Holds nothing between messages.
 */
final class PayloadBuffer {

  private static final byte[] EMPTY = {};
  private static final int LEAST = 4096;
  private static final int AHEAD = 8;

  private final int limit;
  private byte[] bytes = EMPTY;
  private int size;

  /** Makes a buffer for messages of at most {@code limit} bytes. */
  PayloadBuffer(int limit) {
    this.limit = limit;
  }

  /** The array to put the next bytes in, at {@link #size()}. */
  byte[] bytes() {
    return bytes;
  }

  int size() {
    return size;
  }

  /** The most that may be put in all. */
  int limit() {
    return limit;
  }

  /** Notes that so many bytes were put. */
  void advance(int count) {
    size += count;
  }

  /**
   * Makes room.
   *
   * @param arrived how many bytes are put next
   * @param announced how many are known to come, {@code arrived} included
   * @param last whether no more than the announced come in this message
   */
  void reserve(int arrived, int announced, boolean last) {
    int needed = size + arrived;
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, capacity(needed, size + announced, last));
    }
  }

  private int capacity(long needed, long announced, boolean last) {
    long ahead = Math.min(announced, Math.max(LEAST, AHEAD * needed));
    if (!last && bytes.length > 0) {
      // many small fragments: grow by factors, so that what is copied stays linear
      ahead = Math.max(ahead, 2L * bytes.length);
    }
    return (int) Math.max(needed, Math.min(ahead, limit));
  }

  /** Hands the message over and is empty again. */
  byte[] take() {
    byte[] message = size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
    bytes = EMPTY;
    size = 0;
    return message;
  }

  /** Drops what has come. */
  void clear() {
    bytes = EMPTY;
    size = 0;
  }
}
