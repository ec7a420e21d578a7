package io.github.easywebsocket;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The headers of an HTTP request or response: names without regard to case, and values in order.
 * Immutable; {@link #with} returns a new one.
 *
 * <p>A name that is no token (RFC 9110 §5.6.2), or a value with a control character, is an {@link
 * IllegalArgumentException}, so that no header can smuggle in another.
 */
public final class Headers {

  /** No headers. */
  public static final Headers EMPTY = new Headers(new String[0]);

  private static final boolean[] TOKEN = new boolean[0x80];

  static {
    String others = "!#$%&'*+-.^_`|~"; // RFC 9110 §5.6.2
    for (char c = 0; c < TOKEN.length; c++) {
      TOKEN[c] =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || others.indexOf(c) >= 0;
    }
  }

  private final String[] pairs; // name, value, name, value, …

  private Headers(String[] pairs) {
    this.pairs = pairs;
  }

  /** One header. */
  public static Headers of(String name, String value) {
    return EMPTY.with(name, value);
  }

  /** The headers of a map from names to values, in the map's order. */
  public static Headers of(Map<String, ? extends Iterable<String>> map) {
    List<String> pairs = new ArrayList<>();
    map.forEach(
        (name, values) ->
            values.forEach(
                value -> {
                  pairs.add(name);
                  pairs.add(value);
                }));
    return ofLines(pairs);
  }

  /**
   * The headers of a list of lines, in their order.
   *
   * @param namesAndValues the name of the first line, its value, the name of the second, …
   */
  public static Headers ofLines(List<String> namesAndValues) {
    String[] pairs = namesAndValues.toArray(new String[0]);
    if (pairs.length % 2 != 0) {
      throw new IllegalArgumentException("the name " + pairs[pairs.length - 1] + " has no value");
    }
    for (int i = 0; i < pairs.length; i += 2) {
      checkValue(checkName(pairs[i]), pairs[i + 1]);
    }
    return new Headers(pairs);
  }

  /** These headers and one more, at the end; those of the same name stay. */
  public Headers with(String name, String value) {
    String[] longer = Arrays.copyOf(pairs, pairs.length + 2);
    longer[pairs.length] = checkName(name);
    longer[pairs.length + 1] = checkValue(name, value);
    return new Headers(longer);
  }

  /** These headers, then the others. */
  Headers with(Headers others) {
    if (others.isEmpty()) {
      return this;
    }
    String[] both = Arrays.copyOf(pairs, pairs.length + others.pairs.length);
    System.arraycopy(others.pairs, 0, both, pairs.length, others.pairs.length);
    return new Headers(both);
  }

  /** The first value of a header, or null if it is absent. */
  public @Nullable String first(String name) {
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i].equalsIgnoreCase(name)) {
        return pairs[i + 1];
      }
    }
    return null;
  }

  /** All values of a header, in order; empty if it is absent. */
  public List<String> all(String name) {
    List<String> values = new ArrayList<>(1);
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i].equalsIgnoreCase(name)) {
        values.add(pairs[i + 1]);
      }
    }
    return values;
  }

  /** Whether there is a header of that name. */
  public boolean contains(String name) {
    return first(name) != null;
  }

  /** Calls the action with the name and value of each header line, in order. */
  public void forEach(BiConsumer<String, String> action) {
    for (int i = 0; i < pairs.length; i += 2) {
      action.accept(pairs[i], pairs[i + 1]);
    }
  }

  /** These, if they leave it to the server to say where a body ends. */
  Headers requireNoFraming() {
    for (String name : List.of("Content-Length", "Transfer-Encoding")) {
      if (contains(name)) {
        throw new IllegalArgumentException("header: " + name + " is the server's; leave it out");
      }
    }
    return this;
  }

  /** How many lines these are. */
  int lines() {
    return pairs.length / 2;
  }

  /** Whether there are no headers. */
  public boolean isEmpty() {
    return pairs.length == 0;
  }

  /** The elements of a comma-separated list header (RFC 9110 §5.6.1), of all its lines. */
  List<String> list(String name) {
    List<String> elements = new ArrayList<>(2);
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i].equalsIgnoreCase(name)) {
        addElements(pairs[i + 1], elements);
      }
    }
    return elements;
  }

  private static void addElements(String value, List<String> elements) {
    int start = 0;
    while (start <= value.length()) {
      int comma = value.indexOf(',', start);
      int end = comma < 0 ? value.length() : comma;
      String element = value.substring(start, end).strip();
      if (!element.isEmpty()) {
        elements.add(element);
      }
      start = end + 1;
    }
  }

  /** Whether the value is all that the header has, in one line. */
  boolean isExactly(String name, String value) {
    String only = only(name);
    return only != null && only.equals(value);
  }

  /** The value of a header that is there once; null if it is absent or there more than once. */
  @Nullable String only(String name) {
    String only = null;
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i].equalsIgnoreCase(name)) {
        if (only != null) {
          return null;
        }
        only = pairs[i + 1];
      }
    }
    return only;
  }

  /** Whether a list header has an element, without regard to case. */
  boolean listContains(String name, String element) {
    for (String candidate : list(name)) {
      if (candidate.equalsIgnoreCase(element)) {
        return true;
      }
    }
    return false;
  }

  static boolean isToken(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= TOKEN.length || !TOKEN[c]) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  private static String checkName(String name) {
    if (!isToken(name)) {
      throw new IllegalArgumentException("not a header name: \"" + Log.printable(name) + "\"");
    }
    return name;
  }

  private static String checkValue(String name, String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < 0x20 ? c != '\t' : c >= 0x7f && (c == 0x7f || c > 0xff)) {
        throw new IllegalArgumentException(
            String.format(
                "the value of header %s has the character U+%04X, which is not allowed",
                name, (int) c));
      }
    }
    return Objects.requireNonNull(value);
  }

  /** Whether the lines and their order are the same; names without regard to case. */
  @Override
  public boolean equals(@Nullable Object other) {
    if (!(other instanceof Headers that) || pairs.length != that.pairs.length) {
      return false;
    }
    for (int i = 0; i < pairs.length; i += 2) {
      if (!pairs[i].equalsIgnoreCase(that.pairs[i]) || !pairs[i + 1].equals(that.pairs[i + 1])) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    int hash = 0;
    for (int i = 0; i < pairs.length; i += 2) {
      hash = 31 * hash + Objects.hash(pairs[i].toLowerCase(Locale.ROOT), pairs[i + 1]);
    }
    return hash;
  }

  /** The names only: values may be secrets. */
  @Override
  public String toString() {
    List<String> names = new ArrayList<>();
    forEach((name, value) -> names.add(name));
    return "Headers" + names;
  }
}
