package io.github.easywebsocket;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which names in {@code Host} are this server's (RFC 9110 §7.4). Whoever owns a name can have it
 * point to this server, if only for a moment (DNS rebinding), and then pages of that name are of
 * the server's own origin. Nobody owns an IP address or {@code localhost} in that sense, so these
 * are always allowed.
 */
final class Hosts {

  /** Allows every name. */
  static final Hosts ANY = new Hosts(null);

  /** A name or an address, and perhaps a port. */
  private static final Pattern HOST =
      Pattern.compile("(?<name>[a-z0-9._-]+|\\[[0-9a-f:.]+])(:[0-9]{1,5})?");

  private static final Pattern ADDRESS = Pattern.compile("\\[.*]|[0-9]{1,3}(\\.[0-9]{1,3}){3}");

  private static final Pattern ALLOWED = Pattern.compile("(\\*\\.)?[a-z0-9._-]+");

  private final @Nullable List<String> allowed; // null for all; ".example.com" for all below it

  private Hosts(@Nullable List<String> allowed) {
    this.allowed = allowed;
  }

  /**
   * What is allowed by default: all, but at an address that only this machine reaches no more than
   * IP addresses, {@code localhost} and the name by which it was bound.
   */
  static Hosts of(InetAddress bound, String name) {
    return bound.isLoopbackAddress() ? withLocal(Stream.of(name.toLowerCase(Locale.ROOT))) : ANY;
  }

  /**
   * IP addresses, {@code localhost} and the names given.
   *
   * @param names such as {@code "example.com"} or {@code "*.example.com"}, or {@code "*"} for every
   *     one
   */
  static Hosts allowing(List<String> names) {
    if (names.contains("*")) {
      return ANY;
    }
    return withLocal(names.stream().map(Hosts::normalize));
  }

  private static Hosts withLocal(Stream<String> names) {
    return new Hosts(Stream.concat(Stream.of("localhost", ".localhost"), names).toList());
  }

  private static String normalize(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (!ALLOWED.matcher(lower).matches()) {
      throw new IllegalArgumentException(
          "allowedHosts: \""
              + Log.printable(name)
              + "\" is not the name of a host; write it without a scheme or port, \"*.\" before a"
              + " name for all below it, or \"*\" for every name");
    }
    return lower.startsWith("*") ? lower.substring(1) : lower;
  }

  /**
   * Whether a request says in one {@code Host} where it goes, as it has to since HTTP/1.1 (RFC 9112
   * §3.2).
   */
  static boolean isNamed(String protocol, Headers headers) {
    String host = headers.only("Host");
    return host == null
        ? protocol.equals("HTTP/1.0") && !headers.contains("Host")
        : HOST.matcher(host.toLowerCase(Locale.ROOT)).matches();
  }

  /** Whether a request may go on. One without {@code Host} is not from a web page. */
  boolean allow(Headers headers) {
    String host = headers.only("Host");
    return allowed == null || host == null || allows(allowed, host.toLowerCase(Locale.ROOT));
  }

  private static boolean allows(List<String> allowed, String host) {
    Matcher parts = HOST.matcher(host);
    if (!parts.matches()) {
      return false;
    }
    String name = parts.group("name");
    return ADDRESS.matcher(name).matches()
        || allowed.stream()
            .anyMatch(one -> one.startsWith(".") ? name.endsWith(one) : name.equals(one));
  }
}
