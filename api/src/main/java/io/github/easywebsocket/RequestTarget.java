package io.github.easywebsocket;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The target of a request: its path, percent-decoded once, and its query as sent. All that decides
 * by path sees this one, so that no spelling of a path gets past a rule.
 *
 * @param authority the host that a target in absolute form names (RFC 9112 §3.2.2), else null
 * @param path begins with a slash and has no dot segment
 * @param query without the question mark, empty if there is none
 */
record RequestTarget(@Nullable String authority, String path, String query) {

  private static final Pattern ABSOLUTE =
      Pattern.compile("(?:http|ws)s?://(?<authority>[^/?#]+)(?<rest>.*)", Pattern.CASE_INSENSITIVE);

  /**
   * Reads a target in origin form or absolute form, or null if it is none or is ambiguous: a broken
   * percent-encoding, a byte above 127 without one, an encoded slash or NUL, a backslash, a segment
   * {@code .} or {@code ..}.
   */
  static @Nullable RequestTarget parse(String target) {
    if (target.startsWith("/")) {
      return parse(null, target);
    }
    Matcher absolute = ABSOLUTE.matcher(target);
    if (!absolute.matches()) {
      return null;
    }
    String rest = absolute.group("rest");
    return parse(absolute.group("authority"), rest.startsWith("/") ? rest : "/" + rest);
  }

  private static @Nullable RequestTarget parse(@Nullable String authority, String target) {
    int questionMark = target.indexOf('?');
    String raw = questionMark < 0 ? target : target.substring(0, questionMark);
    String query = questionMark < 0 ? "" : target.substring(questionMark + 1);
    if (raw.indexOf('#') >= 0) {
      return null;
    }
    String path = isPlain(raw) ? raw : decode(raw);
    if (path == null || hasDotSegment(path) || path.indexOf('\\') >= 0) {
      return null;
    }
    return new RequestTarget(authority, path, query);
  }

  /**
   * Whether the target names another host than the headers do: one of the two may have been checked
   * on the way, and it is not to be guessed which.
   */
  boolean contradicts(Headers headers) {
    return authority != null && !headers.isExactly("Host", authority);
  }

  /** Whether a path, decoded, is one that a rule can name: as {@link #parse} gives, and no more. */
  static boolean canBePath(String path) {
    return path.startsWith("/")
        && !hasDotSegment(path)
        && path.chars().noneMatch(c -> "?#%\\".indexOf(c) >= 0);
  }

  /** Whether nothing in it is to be decoded. */
  private static boolean isPlain(String raw) {
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c >= 0x80 || c == '%') {
        return false;
      }
    }
    return true;
  }

  private static @Nullable String decode(String raw) {
    ByteBuffer bytes = ByteBuffer.allocate(raw.length() * 3);
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '%') {
        int value = i + 2 < raw.length() ? hex(raw.charAt(i + 1), raw.charAt(i + 2)) : -1;
        if (value <= 0 || value == '/') {
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

  private static int hex(char high, char low) {
    int value = (Character.digit(high, 16) << 4) | Character.digit(low, 16);
    return high < 0x80 && low < 0x80 ? value : -1;
  }

  private static boolean hasDotSegment(String path) {
    for (int dot = path.indexOf("/."); dot >= 0; dot = path.indexOf("/.", dot + 1)) {
      int end = path.startsWith(".", dot + 2) ? dot + 3 : dot + 2;
      if (end == path.length() || path.charAt(end) == '/') {
        return true;
      }
    }
    return false;
  }
}
