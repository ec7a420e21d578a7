package io.github.easywebsocket.benchmarks.load;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.Deflater;

/** A frame as a client sends it, RFC 6455 §5.2. */
public final class ClientFrame {

  /** The first byte of the last frame of a message. */
  public static final int FIN = 0x80;

  /** The first byte of a compressed message, RFC 7692 §6. */
  public static final int COMPRESSED = 0x40;

  /** The opcode of a text message. */
  public static final int TEXT = 1;

  /** The opcode of a binary message. */
  public static final int BINARY = 2;

  static final int CLOSE = 8;

  private static final int MASKED = 0x80;
  private static final int LONGEST_HEADER = 14;
  private static final int TAIL = 4; // of each compressed message, RFC 7692 §7.2.1

  private ClientFrame() {}

  /** A frame with that first byte, payload and key. */
  public static byte[] masked(int firstByte, byte[] payload, int key) {
    ByteBuffer frame = ByteBuffer.allocate(LONGEST_HEADER + payload.length);
    frame.put((byte) firstByte);
    if (payload.length < 126) {
      frame.put((byte) (MASKED | payload.length));
    } else if (payload.length < 1 << 16) {
      frame.put((byte) (MASKED | 126)).putShort((short) payload.length);
    } else {
      frame.put((byte) (MASKED | 127)).putLong(payload.length);
    }
    frame.putInt(key);
    for (int i = 0; i < payload.length; i++) {
      frame.put((byte) (payload[i] ^ key >>> (24 - 8 * (i & 3))));
    }
    byte[] bytes = new byte[frame.position()];
    frame.flip().get(bytes);
    return bytes;
  }

  /** A compressed payload, by itself: it refers to no message before it. */
  public static byte[] deflated(byte[] payload) {
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    deflater.setInput(payload);
    byte[] out = new byte[payload.length + 64];
    int length = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
    deflater.end();
    return Arrays.copyOf(out, length - TAIL);
  }
}
