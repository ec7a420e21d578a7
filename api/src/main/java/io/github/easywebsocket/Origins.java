package io.github.easywebsocket;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which web pages may connect (RFC 6455 §10.2). A browser says in {@code Origin} whose page it
 * shows; without this check any page a user visits could talk to the server in the user's name.
 * Compared whole, but where all hosts below a name are allowed.
 */
final class Origins {

  /** A host may have an underscore, as those of containers do; no URI may. */
  private static final Pattern ORIGIN =
      Pattern.compile(
          "(?<scheme>[a-z][a-z0-9+.-]*)://(?<host>[a-z0-9._-]+|\\[[0-9a-f:.]+])"
              + "(:(?<port>[1-9][0-9]{0,4}))?",
          Pattern.CASE_INSENSITIVE);

  /**
   * All hosts below a name, which is localhost, or has two labels or more and is no end of an IP
   * address: {@code *.com} is nobody's, and {@code *.0.1} takes in 127.0.0.1.
   */
  private static final Pattern BELOW =
      Pattern.compile(
          "(?<scheme>[^:]*://)\\*\\.(?<name>(([a-z0-9_-]+\\.)+[a-z][a-z0-9-]*|localhost)(:[0-9]+)?)",
          Pattern.CASE_INSENSITIVE);

  private final boolean any;
  private final Set<String> allowed;
  private final List<Below> below;

  private Origins(boolean any, Set<String> allowed, List<Below> below) {
    this.any = any;
    this.allowed = allowed;
    this.below = below;
  }

  /** All origins of a scheme and port whose hosts are below a name: how they begin and end. */
  private record Below(String begin, String end) {

    static Below of(String origin) {
      int host = origin.indexOf("://") + 3;
      return new Below(origin.substring(0, host), "." + origin.substring(host));
    }

    boolean allows(String origin) {
      return origin.length() > begin.length() + end.length()
          && origin.startsWith(begin)
          && origin.endsWith(end);
    }
  }

  /**
   * The server's own origin and those given.
   *
   * @param origins such as {@code "https://example.com"} or {@code "https://*.example.com"}, or
   *     {@code "*"} for every one
   */
  static Origins allowing(List<String> origins) {
    Set<String> allowed = new HashSet<>();
    List<Below> below = new ArrayList<>();
    for (String origin : origins) {
      Matcher star = BELOW.matcher(origin);
      if (star.matches()) {
        below.add(Below.of(known(star.group("scheme") + star.group("name"), origin)));
      } else if (!origin.equals("*")) {
        allowed.add(known(origin, origin));
      }
    }
    return new Origins(origins.contains("*"), allowed, below);
  }

  private static String known(String origin, String given) {
    String known = normalize(origin);
    if (known == null) {
      throw new IllegalArgumentException(
          "allowedOrigins: \""
              + Log.printable(given)
              + "\" is not an origin; write scheme://host or scheme://host:port, \"*.\" before a host"
              + " of two labels or more (or localhost) for all below it, or \"*\" for every origin");
    }
    return known;
  }

  /** Whether a request may go on. One without {@code Origin} is not from a web page, and may. */
  boolean allow(Headers headers, boolean tls) {
    List<String> origins = headers.all("Origin");
    if (origins.isEmpty() || any) {
      return true;
    }
    String origin = origins.size() == 1 ? normalize(origins.get(0)) : null;
    if (origin == null) {
      return false;
    }
    String host = headers.first("Host");
    String own = host == null ? null : normalize((tls ? "https://" : "http://") + host);
    return origin.equals(own)
        || allowed.contains(origin)
        || below.stream().anyMatch(one -> one.allows(origin));
  }

  /** The origin in lower case with its port spelled out; null if it is none, such as "null". */
  private static @Nullable String normalize(String origin) {
    Matcher parts = ORIGIN.matcher(origin);
    if (!parts.matches()) {
      return null;
    }
    String scheme = parts.group("scheme").toLowerCase(Locale.ROOT);
    String port = parts.group("port");
    if (port != null && Integer.parseInt(port) > 65_535) {
      return null;
    }
    if (port == null) {
      port = scheme.equals("https") ? "443" : scheme.equals("http") ? "80" : "";
    }
    return scheme + "://" + parts.group("host").toLowerCase(Locale.ROOT) + ":" + port;
  }
}
