package io.github.easywebsocket;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A whole message, text or binary. Immutable, safe from any thread, and yours to keep.
 *
 * <p>A text message holds its UTF-8 bytes, which are known to be valid; {@link #text()} decodes
 * them the first time it is called. So a message that is only passed on, to one connection or to
 * many, is never decoded or encoded again.
 */
public final class Message {

  private final byte[] payload;
  private final boolean text;
  private @Nullable String decoded; // racy by design: every thread decodes to an equal String

  private Message(boolean text, byte[] payload) {
    this.text = text;
    this.payload = payload;
  }

  /**
   * Makes a text message.
   *
   * @param text the text; {@code CharBuffer.wrap(text, from, to)} gives a part of a longer one
   * @throws IllegalArgumentException if it has a lone surrogate, which UTF-8 cannot express
   */
  public static Message text(CharSequence text) {
    String string = text.toString();
    byte[] utf8 = string.getBytes(StandardCharsets.UTF_8);
    requireNoLoneSurrogate(string, utf8);
    Message message = new Message(true, utf8);
    message.decoded = string;
    return message;
  }

  /**
   * Makes a binary message of the bytes that remain in the buffer. They are copied; the buffer's
   * position does not change.
   */
  public static Message binary(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(bytes.position(), copy);
    return new Message(false, copy);
  }

  /** Makes a binary message of a copy of the bytes. */
  public static Message binary(byte[] bytes) {
    return new Message(false, bytes.clone());
  }

  /** A message of a payload that nobody else changes; for text it has been checked to be UTF-8. */
  static Message of(boolean text, byte[] payload) {
    return new Message(text, payload);
  }

  /** Whether this is a text message; if not, it is binary. */
  public boolean isText() {
    return text;
  }

  /** The length of the payload in bytes; for text, of UTF-8. */
  public int size() {
    return payload.length;
  }

  /**
   * The text.
   *
   * @throws IllegalStateException if the message is binary
   */
  public String text() {
    if (!text) {
      throw new IllegalStateException("a binary message has no text(); use payload()");
    }
    String string = decoded;
    if (string == null) {
      string = new String(payload, StandardCharsets.UTF_8);
      decoded = string;
    }
    return string;
  }

  /**
   * The payload, for text its UTF-8 bytes: a new read-only view from position 0, without a copy.
   */
  public ByteBuffer payload() {
    return ByteBuffer.wrap(payload).asReadOnlyBuffer();
  }

  /**
   * Copies bytes of the payload: as many as there are from the offset on, or as fit.
   *
   * @param offset the first byte of the payload to copy
   * @param target where to copy them; its position advances
   * @return how many bytes were copied
   * @throws IndexOutOfBoundsException if the offset is negative or beyond the end
   */
  public int copyTo(int offset, ByteBuffer target) {
    int length = Math.min(payload.length - offset, target.remaining());
    target.put(payload, offset, length);
    return length;
  }

  private static void requireNoLoneSurrogate(String string, byte[] utf8) {
    // getBytes writes '?' for what it cannot encode: without one there is nothing to look for
    for (byte b : utf8) {
      if (b == '?') {
        int at = loneSurrogate(string);
        if (at >= 0) {
          throw new IllegalArgumentException(
              String.format(
                  "a lone surrogate U+%04X at index %d cannot be sent as UTF-8",
                  (int) string.charAt(at), at));
        }
        return;
      }
    }
  }

  private static int loneSurrogate(String string) {
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < string.length()
          && Character.isLowSurrogate(string.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        return i;
      }
    }
    return -1;
  }

  /** Two messages are equal if both are text or both binary, with the same payload. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Message that
        && text == that.text
        && Arrays.equals(payload, that.payload);
  }

  @Override
  public int hashCode() {
    return Objects.hash(text, Arrays.hashCode(payload));
  }

  /** The kind and size; never the content, which may be a secret. */
  @Override
  public String toString() {
    return (text ? "text" : "binary") + " message of " + payload.length + " bytes";
  }
}
