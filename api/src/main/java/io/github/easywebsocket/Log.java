package io.github.easywebsocket;

/** The library's one logger, and what may be written to it. */
final class Log {

  static final System.Logger LOGGER = System.getLogger("io.github.easywebsocket");

  private Log() {}

  /** The text with control characters as {@code \\uXXXX}, so that no peer can forge a log line. */
  static String printable(String text) {
    StringBuilder clean = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean bad = Character.isISOControl(c) || c == '\u2028' || c == '\u2029';
      if (bad && clean == null) {
        clean = new StringBuilder(text.length() + 16).append(text, 0, i);
      }
      if (clean != null) {
        if (bad) {
          clean.append(String.format("\\u%04x", (int) c));
        } else {
          clean.append(c);
        }
      }
    }
    return clean == null ? text : clean.toString();
  }
}
