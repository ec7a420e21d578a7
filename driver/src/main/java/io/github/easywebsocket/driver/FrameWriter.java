package io.github.easywebsocket.driver;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Writes frames into buffers: a client's with a new masking key each (RFC 6455 §5.3), a server's
 * without. Used by one thread at a time.
 */
final class FrameWriter {

  private final @Nullable MaskKeys keys;

  /** Makes a writer; {@code keys} is null for a server. */
  FrameWriter(@Nullable MaskKeys keys) {
    this.keys = keys;
  }

  /**
   * Writes a header.
   *
   * @param out with room for {@link Frame#MAX_HEADER} bytes
   * @param first FIN, RSV bits and opcode
   * @param length of the payload
   * @return the key for the payload; 0 leaves it as it is
   */
  long putHeader(ByteBuffer out, int first, int length) {
    if (keys == null) {
      Frame.putHeader(out, first, length, 0);
      return 0;
    }
    int key = keys.next();
    Frame.putHeader(out, first, length, Frame.MASKED);
    out.putInt(Integer.reverseBytes(key)); // the lowest byte comes first
    return Masking.key(key);
  }

  /**
   * Writes payload bytes, as many as there are and fit.
   *
   * @param payload begins at its index 0, so that its position tells how the key lies
   * @param out where to
   * @param key of the frame
   * @return how many bytes
   */
  static int putPayload(ByteBuffer payload, ByteBuffer out, long key) {
    int at = payload.position();
    int count = Math.min(payload.remaining(), out.remaining());
    int to = out.position();
    out.put(to, payload, at, count);
    out.position(to + count);
    payload.position(at + count);
    if (key != 0) {
      Masking.apply(out, to, Masking.from(key, at));
    }
    return count;
  }
}
