package io.github.easywebsocket;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A part of a message whose rest is still on its way, for {@link WebSocketHandler#onPart}. Where
 * one part ends and the next begins has no meaning, except that text is never cut inside a
 * character. Immutable, and yours to keep.
 */
public final class MessagePart {

  private final boolean text;
  private final byte[] bytes;
  private final boolean first;
  private final boolean last;

  MessagePart(boolean text, byte[] bytes, boolean first, boolean last) {
    this.text = text;
    this.bytes = bytes;
    this.first = first;
    this.last = last;
  }

  /** Whether the message is text; if not, it is binary. The same for all parts of a message. */
  public boolean isText() {
    return text;
  }

  /** Whether the message begins with this part. */
  public boolean isFirst() {
    return first;
  }

  /** Whether the message ends with this part, which may then be empty. */
  public boolean isLast() {
    return last;
  }

  /** The length of the part in bytes; for text, of UTF-8. */
  public int size() {
    return bytes.length;
  }

  /** The bytes, for text its UTF-8: a new read-only view from position 0, without a copy. */
  public ByteBuffer payload() {
    return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
  }

  /**
   * The text of this part.
   *
   * @throws IllegalStateException if the message is binary
   */
  public String text() {
    if (!text) {
      throw new IllegalStateException("a binary message has no text(); use payload()");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** The kind, size and place; never the content, which may be a secret. */
  @Override
  public String toString() {
    return (text ? "text" : "binary")
        + " part of "
        + bytes.length
        + " bytes"
        + (first ? ", first" : "")
        + (last ? ", last" : "");
  }
}
