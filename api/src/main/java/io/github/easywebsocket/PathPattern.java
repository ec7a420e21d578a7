package io.github.easywebsocket;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The path of an endpoint: segments to be met without regard to case, and variables, each of which
 * takes one whole segment that is not empty.
 */
final class PathPattern implements Comparable<PathPattern> {

  private static final Pattern VARIABLE = Pattern.compile("\\{[A-Za-z][A-Za-z0-9_]*}");

  private final String path;
  private final List<String> segments;
  private final boolean hasVariables;

  private PathPattern(String path, List<String> segments) {
    this.path = path;
    this.segments = segments;
    this.hasVariables = segments.stream().anyMatch(PathPattern::isVariable);
  }

  /**
   * Reads a pattern.
   *
   * @param path decoded, such as {@code "/rooms/{room}"}
   * @throws IllegalArgumentException if no request can have such a path
   */
  static PathPattern of(String path) {
    if (path.chars().anyMatch(Character::isISOControl)
        || !StandardCharsets.UTF_8.newEncoder().canEncode(path)) {
      throw new IllegalArgumentException(
          "path must have no control character and no half of a surrogate pair: \""
              + Log.printable(path)
              + "\"");
    }
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("path must begin with a slash: \"" + path + "\"");
    }
    List<String> segments = split(path);
    Set<String> variables = new HashSet<>();
    for (String segment : segments) {
      if (isVariable(segment)) {
        if (!variables.add(segment)) {
          throw new IllegalArgumentException("path has " + segment + " twice: \"" + path + "\"");
        }
      } else if (segment.indexOf('{') >= 0 || segment.indexOf('}') >= 0) {
        throw new IllegalArgumentException(
            "path: a variable is a whole segment, its name letters, digits and underscores, as in"
                + " \"/rooms/{room}\": \""
                + path
                + "\"");
      }
    }
    if (!RequestTarget.canBePath(path)) {
      throw new IllegalArgumentException(
          "path must be a decoded path, without dot segments, query and fragment: \""
              + path
              + "\"");
    }
    return new PathPattern(path, segments);
  }

  private static List<String> split(String path) {
    List<String> segments = new ArrayList<>();
    int start = 1;
    for (int slash; (slash = path.indexOf('/', start)) >= 0; start = slash + 1) {
      segments.add(path.substring(start, slash));
    }
    segments.add(path.substring(start));
    return segments;
  }

  private static boolean isVariable(String segment) {
    return VARIABLE.matcher(segment).matches();
  }

  /** The variables' values if a path matches, by their names; null if it does not. */
  @Nullable Map<String, String> match(String candidate) {
    if (!hasVariables) {
      return areSame(path, candidate) ? Map.of() : null;
    }
    List<String> values = split(candidate);
    if (values.size() != segments.size()) {
      return null;
    }
    Map<String, String> variables = new LinkedHashMap<>();
    for (int i = 0; i < values.size(); i++) {
      String segment = segments.get(i);
      String value = values.get(i);
      if (isVariable(segment)) {
        if (value.isEmpty()) {
          return null;
        }
        variables.put(segment.substring(1, segment.length() - 1), value);
      } else if (!areSame(segment, value)) {
        return null;
      }
    }
    return variables;
  }

  /**
   * Without regard to case; but what is ASCII is met by ASCII only. To Unicode a long s is an s,
   * and who guards a path on the way need not know that.
   */
  private static boolean areSame(String own, String candidate) {
    boolean same = own.equalsIgnoreCase(candidate);
    for (int i = 0; same && i < own.length(); i++) {
      same = own.charAt(i) < 0x80 == candidate.charAt(i) < 0x80;
    }
    return same;
  }

  /** The one to try first comes first: where two differ first, a segment goes before a variable. */
  @Override
  public int compareTo(PathPattern other) {
    for (int i = 0; i < Math.min(segments.size(), other.segments.size()); i++) {
      int order = compare(segments.get(i), other.segments.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(segments.size(), other.segments.size());
  }

  private static int compare(String segment, String other) {
    boolean variable = isVariable(segment);
    return variable || isVariable(other)
        ? Boolean.compare(variable, isVariable(other))
        : segment.compareToIgnoreCase(other);
  }

  /** Whether no request can tell the two apart. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PathPattern that && compareTo(that) == 0;
  }

  @Override
  public int hashCode() {
    return segments.size();
  }

  @Override
  public String toString() {
    return path;
  }
}
