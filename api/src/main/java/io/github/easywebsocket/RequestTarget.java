package io.github.easywebsocket;

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

  /** NUL and a slash, encoded. */
  private static final Pattern HIDDEN = Pattern.compile("%(?:00|2[Ff])");

  /**
   * Reads a target in origin form or absolute form, or null if it is none or is ambiguous: a
   * fragment, a broken percent-encoding, anything but printable ASCII; in the path an encoded slash
   * or NUL, bytes that are not UTF-8, a backslash, a segment {@code .} or {@code ..}.
   */
  static @Nullable RequestTarget parse(String target) {
    if (!isWellFormed(target)) {
      return null;
    }
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

  /** Engines differ in what they let pass, cut off or decode otherwise. */
  private static boolean isWellFormed(String target) {
    for (int i = 0; i < target.length(); i++) {
      char c = target.charAt(i);
      if (c <= ' ' || c >= 0x7f || c == '#' || (c == '%' && Percent.byteAt(target, i) < 0)) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable RequestTarget parse(@Nullable String authority, String target) {
    int questionMark = target.indexOf('?');
    String raw = questionMark < 0 ? target : target.substring(0, questionMark);
    String query = questionMark < 0 ? "" : target.substring(questionMark + 1);
    if (HIDDEN.matcher(raw).find()) {
      return null;
    }
    String path = Percent.decode(raw);
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
