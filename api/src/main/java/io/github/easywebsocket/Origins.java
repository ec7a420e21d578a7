package io.github.easywebsocket;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which web pages may connect (RFC 6455 §10.2). A browser says in {@code Origin} whose page it
 * shows; without this check any page a user visits could talk to the server in the user's name.
 * Compared whole, never by prefix or pattern.
 */
final class Origins {

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
    URI uri;
    try {
      uri = new URI(origin);
    } catch (URISyntaxException e) {
      return null;
    }
    String scheme = uri.getScheme();
    boolean bare =
        scheme != null
            && uri.getHost() != null
            && uri.getUserInfo() == null
            && uri.getRawPath().isEmpty()
            && uri.getRawQuery() == null
            && uri.getRawFragment() == null;
    if (!bare) {
      return null;
    }
    int port = uri.getPort();
    if (port < 0) {
      port = scheme.equalsIgnoreCase("https") ? 443 : scheme.equalsIgnoreCase("http") ? 80 : -1;
    }
    return (scheme + "://" + uri.getHost() + ":" + port).toLowerCase(Locale.ROOT);
  }
}
