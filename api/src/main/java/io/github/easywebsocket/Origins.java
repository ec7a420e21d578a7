package io.github.easywebsocket;

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
 * Compared whole, never by prefix or pattern.
 */
final class Origins {

  /** A host may have an underscore, as those of containers do; no URI may. */
  private static final Pattern ORIGIN =
      Pattern.compile(
          "(?<scheme>[a-z][a-z0-9+.-]*)://(?<host>[a-z0-9._-]+|\\[[0-9a-f:.]+])(:(?<port>[0-9]+))?",
          Pattern.CASE_INSENSITIVE);

  private final boolean any;
  private final Set<String> allowed;

  private Origins(boolean any, Set<String> allowed) {
    this.any = any;
    this.allowed = allowed;
  }

  /**
   * The server's own origin and those given.
   *
   * @param origins such as {@code "https://example.com"}, or {@code "*"} for every one
   */
  static Origins allowing(List<String> origins) {
    Set<String> normal = new HashSet<>();
    for (String origin : origins) {
      if (!origin.equals("*")) {
        String known = normalize(origin);
        if (known == null) {
          throw new IllegalArgumentException(
              "allowedOrigins: \""
                  + Log.printable(origin)
                  + "\" is not an origin; write"
                  + " scheme://host or scheme://host:port, or \"*\" for every origin");
        }
        normal.add(known);
      }
    }
    return new Origins(origins.contains("*"), normal);
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
    return origin.equals(own) || allowed.contains(origin);
  }

  /** The origin in lower case with its port spelled out; null if it is none, such as "null". */
  private static @Nullable String normalize(String origin) {
    Matcher parts = ORIGIN.matcher(origin);
    if (!parts.matches()) {
      return null;
    }
    String scheme = parts.group("scheme").toLowerCase(Locale.ROOT);
    String port = parts.group("port");
    if (port == null) {
      port = scheme.equals("https") ? "443" : scheme.equals("http") ? "80" : "";
    }
    return scheme + "://" + parts.group("host").toLowerCase(Locale.ROOT) + ":" + port;
  }
}
