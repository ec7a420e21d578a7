package io.github.easywebsocket.driver;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What one connection has yet to write while its pipe takes no more: bytes of its own, in an array
 * of about their size; then the rest of at most one message, which is only referred to; then at
 * most one pong. Nothing is held when it is empty.
 *
 * <p>Guarded by the lock of {@link Output}.
 */
final class Backlog {

  private static final byte[] NOTHING = {};

  private final FrameWriter frames;
  private byte[] bytes = NOTHING;
  private int from;
  private int to;
  private @Nullable ByteBuffer payload;
  private long key;
  private @Nullable ByteBuffer pong; // the whole frame

  /** Makes an empty backlog. */
  Backlog(FrameWriter frames) {
    this.frames = frames;
  }

  boolean isEmpty() {
    return from == to && payload == null && pong == null;
  }

  /** How many bytes wait. */
  long size() {
    return (long) (to - from)
        + (payload == null ? 0 : payload.remaining())
        + (pong == null ? 0 : pong.remaining());
  }

  /**
   * Keeps what the pipe has not taken from the buffer; of this, payload of the message that follows
   * goes back into the message.
   *
   * @param rest what remains of the buffer
   * @param message the payload of a message whose beginning is in the buffer, or null
   * @param copied how many bytes of the payload are the end of the buffer
   * @param key of the message
   */
  void keep(ByteBuffer rest, @Nullable ByteBuffer message, int copied, long key) {
    int back = Math.min(copied, rest.remaining());
    rest.limit(rest.limit() - back);
    add(rest);
    if (message != null) {
      message.position(message.position() - back);
      this.payload = message;
      this.key = key;
    }
  }

  /** Adds a message, to be referred to until it is written. */
  void addMessage(int first, ByteBuffer message) {
    addPong();
    ByteBuffer header = ByteBuffer.allocate(Frame.MAX_HEADER);
    long headerKey = frames.putHeader(header, first, message.remaining());
    add(header.flip());
    payload = message;
    key = headerKey;
  }

  /** Adds a control frame; a pong takes the place of one that still waits. */
  void addControl(int opcode, ByteBuffer body) {
    ByteBuffer frame = ByteBuffer.allocate(Frame.MAX_HEADER + body.remaining());
    long frameKey = frames.putHeader(frame, Frame.FIN | opcode, body.remaining());
    FrameWriter.putPayload(body, frame, frameKey);
    frame.flip();
    if (opcode == Frame.PONG) {
      pong = frame;
    } else {
      addPong();
      add(frame);
    }
  }

  private void addPong() {
    if (pong != null) {
      add(pong);
      pong = null;
    }
  }

  private void add(ByteBuffer more) {
    if (payload != null) {
      throw new IllegalStateException("a send is not over yet");
    }
    int count = more.remaining();
    if (to + count > bytes.length) {
      int needed = to - from + count;
      int capacity = from == to ? needed : needed + needed / 2; // what comes later is small frames
      bytes = Arrays.copyOfRange(bytes, from, from + capacity);
      to -= from;
      from = 0;
    }
    more.get(bytes, to, count);
    to += count;
  }

  /**
   * Writes what the pipe takes, all or a part.
   *
   * @param buffers lends the buffer through which the payload of a message goes
   * @return whether a message came to its end
   */
  boolean write(BytePipe pipe, OutBuffers buffers) throws IOException {
    if (!writeBytes(pipe) || !writePayload(pipe, buffers)) {
      return false;
    }
    boolean written = payload != null;
    payload = null;
    if (pong != null) {
      addPong();
      writeBytes(pipe);
    }
    return written;
  }

  private boolean writeBytes(BytePipe pipe) throws IOException {
    if (from == to) {
      return true;
    }
    ByteBuffer rest = ByteBuffer.wrap(bytes, from, to - from);
    pipe.write(rest);
    from = rest.position();
    if (from < to) {
      return false;
    }
    bytes = NOTHING;
    from = 0;
    to = 0;
    return true;
  }

  private boolean writePayload(BytePipe pipe, OutBuffers buffers) throws IOException {
    ByteBuffer rest = payload;
    if (rest == null) {
      return true;
    }
    ByteBuffer out = buffers.borrow();
    try {
      while (rest.hasRemaining()) {
        FrameWriter.putPayload(rest, out, key);
        pipe.write(out.flip());
        if (out.hasRemaining()) {
          rest.position(rest.position() - out.remaining());
          return false;
        }
        out.clear();
      }
      return true;
    } finally {
      buffers.release(out);
    }
  }

  /** Drops everything. */
  void clear() {
    bytes = NOTHING;
    from = 0;
    to = 0;
    payload = null;
    pong = null;
  }
}
