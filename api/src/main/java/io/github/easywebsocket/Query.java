package io.github.easywebsocket;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The query of a request's target, read as browsers write forms. */
final class Query {

  private Query() {}

  /** What {@link Handshake#parameter} tells. */
  static @Nullable String first(String query, String name) {
    List<String> values = all(query, name);
    return values.isEmpty() ? null : values.get(0);
  }

  /** What {@link Handshake#parameters} tells. */
  static List<String> all(String query, String name) {
    List<String> values = new ArrayList<>();
    for (String pair : query.split("&")) {
      int equals = pair.indexOf('=');
      String found = pair.isEmpty() ? null : decoded(equals < 0 ? pair : pair.substring(0, equals));
      if (name.equals(found)) {
        String value = equals < 0 ? "" : decoded(pair.substring(equals + 1));
        if (value == null) {
          return List.of();
        }
        values.add(value);
      }
    }
    return List.copyOf(values);
  }

  private static @Nullable String decoded(String text) {
    return Percent.decode(text.replace('+', ' '));
  }
}
