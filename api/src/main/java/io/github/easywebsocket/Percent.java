package io.github.easywebsocket;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Percent-encoding, RFC 3986 §2.1, of UTF-8. */
final class Percent {

  private Percent() {}

  /**
   * Decodes once; null if an encoding in it is broken, a byte above 127 has none, or the bytes are
   * not UTF-8.
   */
  static @Nullable String decode(String text) {
    return isPlain(text) ? text : decodeBytes(text);
  }

  /** Whether nothing in it is to be decoded. */
  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x80 || c == '%') {
        return false;
      }
    }
    return true;
  }

  private static @Nullable String decodeBytes(String text) {
    ByteBuffer bytes = ByteBuffer.allocate(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%') {
        int value = byteAt(text, i);
        if (value < 0) {
          return null;
        }
        bytes.put((byte) value);
        i += 2;
      } else if (c < 0x80) {
        bytes.put((byte) c);
      } else {
        return null;
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  /** The byte that is encoded by a percent sign and what follows it; negative if it is broken. */
  static int byteAt(String text, int percent) {
    return percent + 2 < text.length()
        ? hex(text.charAt(percent + 1), text.charAt(percent + 2))
        : -1;
  }

  private static int hex(char high, char low) {
    int value = (Character.digit(high, 16) << 4) | Character.digit(low, 16);
    return high < 0x80 && low < 0x80 ? value : -1;
  }
}
