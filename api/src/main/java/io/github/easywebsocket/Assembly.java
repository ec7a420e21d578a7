package io.github.easywebsocket;

import io.github.easywebsocket.spi.Utf8Validator;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Puts together a message that an engine delivers in parts, and checks it on the way. The engine's
 * thread only.
 */
final class Assembly {

  private static final byte[] NONE = {};

  private final Limits limits;
  private final Utf8Validator utf8 = new Utf8Validator();
  private byte[] bytes = NONE;
  private int size;
  private int fragments;
  private int failureCode;
  private @Nullable String failure;

  Assembly(Limits limits) {
    this.limits = limits;
  }

  /** Takes the next part. False if the message breaks a rule: see {@link #failureCode()}. */
  boolean add(boolean text, ByteBuffer part, boolean endOfFrame) {
    if (part.remaining() > limits.maxMessageSize() - size) {
      return fail(
          CloseReason.MESSAGE_TOO_BIG,
          "a message exceeds the limit of " + limits.maxMessageSize() + " bytes");
    }
    if (endOfFrame && ++fragments > limits.maxFragments()) {
      return fail(
          CloseReason.MESSAGE_TOO_BIG,
          "a message exceeds the limit of " + limits.maxFragments() + " fragments");
    }
    int start = size;
    append(part);
    if (text && !utf8.accept(bytes, start, size)) {
      return fail(CloseReason.INVALID_PAYLOAD, "a text message is not UTF-8");
    }
    return true;
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

  /** The payload of the message, which is complete; null if its text ends inside a character. */
  byte @Nullable [] finish(boolean text) {
    if (text && !utf8.complete()) {
      fail(CloseReason.INVALID_PAYLOAD, "a text message ends inside of a character");
      return null;
    }
    byte[] payload = bytes.length == size ? bytes : Arrays.copyOf(bytes, size);
    bytes = NONE;
    size = 0;
    fragments = 0;
    utf8.reset();
    return payload;
  }

  /** Whether a part broke a rule; then no more are taken. */
  boolean hasFailed() {
    return failure != null;
  }

  int failureCode() {
    return failureCode;
  }

  String failure() {
    return String.valueOf(failure);
  }

  private boolean fail(int code, String detail) {
    failureCode = code;
    failure = detail;
    bytes = NONE;
    return false;
  }
}
