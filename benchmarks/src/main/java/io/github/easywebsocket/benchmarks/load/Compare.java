package io.github.easywebsocket.benchmarks.load;

import java.nio.ByteBuffer;

/** Compares bytes, many at a time. */
final class Compare {

  private Compare() {}

  /** Takes the next bytes of the buffer, which shall be those of the other one from there. */
  static void next(int count, ByteBuffer bytes, ByteBuffer expected, int from) throws WrongEcho {
    int limit = bytes.limit();
    int start = bytes.position();
    bytes.limit(start + count);
    expected.limit(from + count).position(from);
    int wrong = bytes.mismatch(expected);
    if (wrong >= 0) {
      throw new WrongEcho(
          "a byte is 0x%02x, not 0x%02x"
              .formatted(bytes.get(start + wrong), expected.get(from + wrong)));
    }
    bytes.limit(limit).position(start + count);
  }
}
