package io.github.easywebsocket.driver;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Masking and unmasking, RFC 6455 §5.3, eight bytes at a time, in loops so plain that the JIT makes
 * vectors of them.
 *
 * <p>A key is kept as a long that holds its four bytes twice, first byte lowest: what lies over
 * eight bytes of payload read as a little-endian word.
 */
final class Masking {

  /** The bits that a word of ASCII does not have. */
  static final long NOT_ASCII = 0x8080808080808080L;

  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle BUFFER_WORD =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle BUFFER_KEY =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private Masking() {}

  /** The key whose four bytes are in the buffer at an index. */
  static long keyAt(ByteBuffer in, int index) {
    return key((int) BUFFER_KEY.get(in, index));
  }

  /** The key of four bytes, the first of them lowest. */
  static long key(int bytes) {
    return (bytes & 0xffffffffL) << 32 | (bytes & 0xffffffffL);
  }

  /** The key as it lies over the payload from the given byte on. */
  static long from(long key, int payloadIndex) {
    return Long.rotateRight(key, (payloadIndex & 3) << 3);
  }

  /**
   * Lays a key over bytes in place.
   *
   * @param key as it lies over the first of the bytes
   * @return the bitwise or of the results; without {@link #NOT_ASCII} bits, all are ASCII
   */
  static long apply(byte[] bytes, int from, int length, long key) {
    long seen = 0;
    int at = from;
    int end = from + length;
    for (; at <= end - 8; at += 8) {
      long word = (long) WORD.get(bytes, at) ^ key;
      WORD.set(bytes, at, word);
      seen |= word;
    }
    for (long rest = key; at < end; at++, rest >>>= 8) {
      bytes[at] ^= (byte) rest;
      seen |= bytes[at]; // a negative byte extends to all of NOT_ASCII, another to none of it
    }
    return seen;
  }

  /** Lays a key over the bytes of a buffer from an index up to its position. */
  static void apply(ByteBuffer bytes, int from, long key) {
    int at = from;
    int end = bytes.position();
    for (; at <= end - 8; at += 8) {
      BUFFER_WORD.set(bytes, at, (long) BUFFER_WORD.get(bytes, at) ^ key);
    }
    for (long rest = key; at < end; at++, rest >>>= 8) {
      bytes.put(at, (byte) (bytes.get(at) ^ rest));
    }
  }
}
