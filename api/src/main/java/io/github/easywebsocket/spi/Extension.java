package io.github.easywebsocket.spi;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One element of a {@code Sec-WebSocket-Extensions} header, RFC 6455 §9.1. Immutable.
 *
 * @param name the extension's name
 * @param parameters in order
 */
public record Extension(String name, List<Parameter> parameters) {

  /**
   * A parameter.
   *
   * @param name its name
   * @param value what follows {@code =}, without quotes; null if it has none
   */
  public record Parameter(String name, @Nullable String value) {}

  /** Makes the list unmodifiable. */
  public Extension {
    parameters = List.copyOf(parameters);
  }

  /**
   * Parses the header.
   *
   * @param lines the values of all its lines, in order
   * @return the elements of all lines; empty ones are left out
   * @throws IllegalArgumentException if a line does not follow the grammar
   */
  public static List<Extension> parse(List<String> lines) {
    List<Extension> all = new ArrayList<>();
    for (String line : lines) {
      List<Extension> extensions = new Line(line).extensions();
      if (extensions == null) {
        throw new IllegalArgumentException("Sec-WebSocket-Extensions is not a list of extensions");
      }
      all.addAll(extensions);
    }
    return all;
  }

  /** Reads a line from left to right, each character once. */
  private static final class Line {

    private final String text;
    private int at;

    Line(String text) {
      this.text = text;
    }

    /** {@code extension ("," extension)*}, empty elements allowed; null if it is not. */
    @Nullable List<Extension> extensions() {
      List<Extension> extensions = new ArrayList<>();
      do {
        skipBlanks();
        if (at == text.length() || text.charAt(at) == ',') {
          continue;
        }
        Extension extension = extension();
        if (extension == null) {
          return null;
        }
        extensions.add(extension);
      } while (skip(','));
      return at == text.length() ? extensions : null;
    }

    /** {@code token (";" token ("=" (token | quoted token))?)*}. */
    private @Nullable Extension extension() {
      String name = token();
      List<Parameter> parameters = new ArrayList<>();
      while (skip(';')) {
        skipBlanks();
        String parameter = token();
        boolean hasValue = skip('=');
        String value = hasValue ? value() : null;
        if (parameter == null || (hasValue && value == null)) {
          return null;
        }
        parameters.add(new Parameter(parameter, value));
      }
      return name == null ? null : new Extension(name, parameters);
    }

    private @Nullable String value() {
      skipBlanks();
      if (at == text.length() || text.charAt(at) != '"') {
        return token();
      }
      at++;
      String token = token();
      return at < text.length() && text.charAt(at++) == '"' ? token : null;
    }

    private @Nullable String token() {
      int from = at;
      while (at < text.length() && isTokenCharacter(text.charAt(at))) {
        at++;
      }
      return at == from ? null : text.substring(from, at);
    }

    /** Skips blanks and, if it is next, the character. */
    private boolean skip(char expected) {
      skipBlanks();
      boolean found = at < text.length() && text.charAt(at) == expected;
      if (found) {
        at++;
      }
      return found;
    }

    private void skipBlanks() {
      while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
        at++;
      }
    }

    private static boolean isTokenCharacter(char c) {
      return (c >= 'a' && c <= 'z')
          || (c >= 'A' && c <= 'Z')
          || (c >= '0' && c <= '9')
          || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }
  }
}
