package io.github.easywebsocket.tck;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The head of an HTTP message that was received.
 *
 * @param firstLine the request line or status line
 * @param lines the header lines
 */
record Head(String firstLine, List<String> lines) {

  static Head parse(String text) {
    List<String> lines = new ArrayList<>(List.of(text.split("\r\n")));
    return new Head(lines.remove(0), lines);
  }

  /** The status of an answer. */
  int status() {
    if (!firstLine.matches("HTTP/1\\.[01] \\d{3}( .*)?")) {
      throw new AssertionError("not a status line: " + firstLine);
    }
    return Integer.parseInt(firstLine.substring(9, 12));
  }

  /** All values of a header. */
  List<String> all(String name) {
    List<String> values = new ArrayList<>();
    for (String line : lines) {
      int colon = line.indexOf(':');
      if (colon > 0 && line.substring(0, colon).equalsIgnoreCase(name)) {
        values.add(line.substring(colon + 1).strip());
      }
    }
    return values;
  }

  /** The first value of a header, or null. */
  @Nullable String first(String name) {
    List<String> values = all(name);
    return values.isEmpty() ? null : values.get(0);
  }
}
