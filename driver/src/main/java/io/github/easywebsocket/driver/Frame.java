package io.github.easywebsocket.driver;

import java.nio.ByteBuffer;

/** The numbers of a frame, RFC 6455 §5.2, and how its header is written. */
final class Frame {

  static final int CONTINUATION = 0;
  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  /** Bits of the first byte. */
  static final int FIN = 0x80;

  static final int RSV = 0x70;
  static final int RSV1 = 0x40;
  static final int OPCODE = 0x0f;

  /** The bit of an opcode that makes the frame a control frame. */
  static final int CONTROL = 0x08;

  /** The bit of the second byte that tells of a masking key. */
  static final int MASKED = 0x80;

  static final int MAX_CONTROL_PAYLOAD = 125;
  static final int MAX_HEADER = 14;

  private static final int TWO_BYTES_FOLLOW = 126;
  private static final int EIGHT_BYTES_FOLLOW = 127;

  private Frame() {}

  /** How many bytes of extended length follow a second byte. */
  static int extendedLength(int secondByte) {
    int length = secondByte & 0x7f;
    return length < TWO_BYTES_FOLLOW ? 0 : length == TWO_BYTES_FOLLOW ? 2 : 8;
  }

  /** The size of a whole header with this second byte. */
  static int headerSize(int secondByte) {
    return 2 + extendedLength(secondByte) + ((secondByte & MASKED) == 0 ? 0 : 4);
  }

  /**
   * Writes a header without its masking key.
   *
   * @param out big-endian, with room for ten bytes
   * @param firstByte FIN, RSV bits and opcode
   * @param length of the payload
   * @param masked {@link #MASKED} if a key follows, else 0
   */
  static void putHeader(ByteBuffer out, int firstByte, int length, int masked) {
    if (length < TWO_BYTES_FOLLOW) {
      out.putShort((short) (firstByte << 8 | masked | length));
    } else if (length < 1 << 16) {
      out.putShort((short) (firstByte << 8 | masked | TWO_BYTES_FOLLOW));
      out.putShort((short) length);
    } else {
      out.putShort((short) (firstByte << 8 | masked | EIGHT_BYTES_FOLLOW));
      out.putLong(length);
    }
  }

  /** Whether a close code may be on the wire: RFC 6455 §7.4 and the IANA registry. */
  static boolean isCloseCode(int code) {
    return (code >= 1000 && code <= 1003)
        || (code >= 1007 && code <= 1014)
        || (code >= 3000 && code <= 4999);
  }
}
