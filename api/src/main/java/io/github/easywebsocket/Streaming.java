package io.github.easywebsocket;

import static io.github.easywebsocket.CloseReason.INVALID_PAYLOAD;

import io.github.easywebsocket.spi.Utf8Validator;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Checks messages that are delivered in parts, and cuts text at characters. The engine's thread
 * only, but for {@link #fail}.
 */
final class Streaming {

  private static final byte[] NONE = {};

  private final Session session;
  private final boolean asStreams;
  private final Utf8Validator utf8 = new Utf8Validator();
  private byte[] cutOff = NONE; // the beginning of a character
  private boolean inMessage;
  private boolean failed;
  private volatile @Nullable IncomingMessage current;
  private volatile @Nullable WebSocketException broken; // set before current is looked at

  /**
   * Begins.
   *
   * @param asStreams whether the handler takes an {@link IncomingMessage}, or else parts
   */
  Streaming(Session session, boolean asStreams) {
    this.session = session;
    this.asStreams = asStreams;
  }

  /** Takes the next bytes of a message. */
  void add(boolean text, ByteBuffer piece, boolean last) {
    if (failed) {
      return; // the engine, which did not find the failure, goes on
    }
    byte[] bytes = Arrays.copyOf(cutOff, cutOff.length + piece.remaining());
    int known = cutOff.length;
    cutOff = NONE;
    piece.get(bytes, known, bytes.length - known);
    if (text) {
      if (!utf8.accept(bytes, known, bytes.length)) {
        failed("a text message is not UTF-8");
        return;
      }
      if (last && !utf8.complete()) {
        failed("a text message ends inside of a character");
        return;
      }
      int whole = bytes.length - incomplete(bytes);
      if (whole < bytes.length) {
        cutOff = Arrays.copyOfRange(bytes, whole, bytes.length);
        bytes = Arrays.copyOf(bytes, whole);
      }
      if (last) {
        utf8.reset();
      }
    }
    if (bytes.length == 0 && !last) {
      return;
    }
    boolean first = !inMessage;
    inMessage = !last;
    if (asStreams) {
      stream(text, bytes, first, last);
    } else {
      session.deliver(new MessagePart(text, bytes, first, last), bytes.length);
    }
  }

  private void failed(String detail) {
    failed = true;
    session.failed(INVALID_PAYLOAD, detail);
  }

  private void stream(boolean text, byte[] bytes, boolean first, boolean last) {
    IncomingMessage message = current;
    if (first || message == null) {
      message = new IncomingMessage(session, text);
      current = message;
      WebSocketException cause = broken;
      if (cause != null) {
        message.fail(cause);
      }
      session.deliver(message, 0);
    }
    if (bytes.length > 0) {
      message.add(bytes);
    }
    if (last) {
      message.complete();
      current = null;
    }
  }

  /** The rest of a message that is arriving will not come. Any thread. */
  void fail(WebSocketException cause) {
    broken = cause;
    IncomingMessage message = current;
    if (message != null) {
      message.fail(cause);
    }
  }

  /** How many bytes at the end are the beginning of a character, in what is valid so far. */
  private static int incomplete(byte[] bytes) {
    for (int back = 1; back <= Math.min(3, bytes.length); back++) {
      int b = bytes[bytes.length - back];
      if ((b & 0xc0) != 0x80) {
        int length = b >= 0 ? 1 : (b & 0xf0) == 0xf0 ? 4 : (b & 0xe0) == 0xe0 ? 3 : 2;
        return length > back ? back : 0;
      }
    }
    return 0;
  }
}
