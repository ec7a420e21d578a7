package io.github.easywebsocket;

import static io.github.easywebsocket.CloseReason.INVALID_PAYLOAD;
import static io.github.easywebsocket.CloseReason.MESSAGE_TOO_BIG;

import io.github.easywebsocket.spi.Utf8Validator;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Puts together messages that an engine delivers in parts, and checks them on the way. The engine's
 * thread only.
 */
final class Assembly {

  private static final byte[] NONE = {};

  private final Session session;
  private final Limits limits;
  private final Utf8Validator utf8 = new Utf8Validator();
  private byte[] bytes = NONE;
  private int size;
  private int fragments;
  private boolean failed;

  Assembly(Session session, Limits limits) {
    this.session = session;
    this.limits = limits;
  }

  /** Takes the next bytes of a message. */
  void add(boolean text, ByteBuffer part, boolean endOfFrame, boolean last) {
    if (failed) {
      return; // the engine, which did not find the failure, goes on
    }
    if (part.remaining() > limits.maxMessageSize() - size) {
      fail(MESSAGE_TOO_BIG, "a message exceeds the limit of " + limits.maxMessageSize() + " bytes");
      return;
    }
    if (endOfFrame && ++fragments > limits.maxFragments()) {
      fail(
          MESSAGE_TOO_BIG,
          "a message exceeds the limit of " + limits.maxFragments() + " fragments");
      return;
    }
    int start = size;
    append(part);
    if (text && !utf8.accept(bytes, start, size)) {
      fail(INVALID_PAYLOAD, "a text message is not UTF-8");
    } else if (last && text && !utf8.complete()) {
      fail(INVALID_PAYLOAD, "a text message ends inside of a character");
    } else if (last) {
      session.message(text, takePayload());
    }
  }

  private void append(ByteBuffer part) {
    int length = part.remaining();
    if (bytes.length - size < length) {
      int doubled = (int) Math.min(limits.maxMessageSize(), 2L * bytes.length);
      bytes = Arrays.copyOf(bytes, Math.max(size + length, doubled));
    }
    part.get(bytes, size, length);
    size += length;
  }

  private byte[] takePayload() {
    byte[] payload = bytes.length == size ? bytes : Arrays.copyOf(bytes, size);
    bytes = NONE;
    size = 0;
    fragments = 0;
    utf8.reset();
    return payload;
  }

  private void fail(int code, String detail) {
    failed = true;
    bytes = NONE;
    session.failed(code, detail);
  }
}
