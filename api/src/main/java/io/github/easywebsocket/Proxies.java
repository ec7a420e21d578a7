package io.github.easywebsocket;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The proxies in front of a server, whose word is taken for who the client is. Whoever else sends
 * their headers may have written into them what he likes.
 */
final class Proxies {

  /** Nobody is believed. */
  static final Proxies NONE = new Proxies(List.of());

  private static final Pattern V4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\\.(?!$)|$)){4}");

  private static final Pattern V6 = Pattern.compile("[0-9a-fA-F.]*:[0-9a-fA-F:.]*");

  /** An address as proxies write it: IPv6 in brackets or not, and perhaps a port. */
  private static final Pattern TOLD =
      Pattern.compile("(?:\\[(?<v6>[^]]*:[^]]*)]|(?<v4>[0-9.]+))(?::(?<port>[0-9]{1,5}))?");

  private final List<Network> trusted;

  private Proxies(List<Network> trusted) {
    this.trusted = trusted;
  }

  /**
   * Those at these addresses.
   *
   * @param addresses IP addresses, such as {@code "192.0.2.1"}, and networks, such as {@code
   *     "10.0.0.0/8"}
   */
  static Proxies at(List<String> addresses) {
    return new Proxies(addresses.stream().map(Network::parse).toList());
  }

  /** All addresses that begin with the same bits. */
  private record Network(int length, int bits, BigInteger prefix) {

    static Network parse(String given) {
      int slash = given.indexOf('/');
      InetAddress address = literal(slash < 0 ? given : given.substring(0, slash));
      if (address == null) {
        throw bad(given, "is not an IP address or network");
      }
      int length = 8 * address.getAddress().length;
      int bits = slash < 0 ? length : bits(given.substring(slash + 1), length);
      if (bits < 0) {
        throw bad(given, "has no prefix of 0 to " + length + " bits");
      }
      BigInteger number = new BigInteger(1, address.getAddress());
      BigInteger prefix = number.shiftRight(length - bits);
      if (!prefix.shiftLeft(length - bits).equals(number)) {
        throw bad(given, "has bits set behind its prefix of " + bits);
      }
      return new Network(length, bits, prefix);
    }

    private static int bits(String digits, int most) {
      int bits = digits.matches("[0-9]{1,3}") ? Integer.parseInt(digits) : -1;
      return bits <= most ? bits : -1;
    }

    private static IllegalArgumentException bad(String given, String why) {
      return new IllegalArgumentException(
          "trustedProxies: \""
              + Log.printable(given)
              + "\" "
              + why
              + "; write an address such as \"192.0.2.1\", or a network such as \"10.0.0.0/8\" or"
              + " \"2001:db8::/32\"");
    }

    boolean holds(InetAddress address) {
      byte[] bytes = address.getAddress();
      return 8 * bytes.length == length
          && new BigInteger(1, bytes).shiftRight(length - bits).equals(prefix);
    }
  }

  /** An address without a name, for which nobody is asked; null if it is none. */
  private static @Nullable InetAddress literal(String address) {
    try {
      if (V4.matcher(address).matches()) {
        return InetAddress.getByName(address);
      }
      return V6.matcher(address).matches() ? InetAddress.getByName("[" + address + "]") : null;
    } catch (UnknownHostException e) {
      return null;
    }
  }

  private boolean trust(InetSocketAddress peer) {
    InetAddress address = peer.getAddress();
    return address != null && trusted.stream().anyMatch(network -> network.holds(address));
  }

  /**
   * Where the client is: the nearest address on the way back that is no trusted proxy's. What is
   * told by a proxy and is no address ends the way at that proxy.
   *
   * @param peer who has connected
   */
  InetSocketAddress client(InetSocketAddress peer, Headers headers) {
    InetSocketAddress client = peer;
    List<String> way = trusted.isEmpty() ? List.of() : headers.list("X-Forwarded-For");
    for (int i = way.size() - 1; i >= 0 && trust(client); i--) {
      InetSocketAddress before = told(way.get(i));
      if (before == null) {
        break;
      }
      client = before;
    }
    return client;
  }

  /** Null if it is no address; port 0 if there is none. */
  private static @Nullable InetSocketAddress told(String element) {
    Matcher parts = TOLD.matcher(element);
    String host = element; // IPv6 without brackets
    int port = 0;
    if (parts.matches()) {
      host = parts.group("v6") != null ? parts.group("v6") : parts.group("v4");
      port = parts.group("port") != null ? Integer.parseInt(parts.group("port")) : 0;
    }
    InetAddress address = literal(host);
    return address == null || port > 65_535 ? null : new InetSocketAddress(address, port);
  }

  /**
   * Whether the client speaks TLS.
   *
   * @param peer who has connected
   * @param tls whether that one does
   */
  boolean tls(InetSocketAddress peer, boolean tls, Headers headers) {
    List<String> schemes = trust(peer) ? headers.list("X-Forwarded-Proto") : List.of();
    if (schemes.isEmpty()) {
      return tls;
    }
    String first = schemes.get(0); // that of the client's own proxy
    return first.equalsIgnoreCase("https") || first.equalsIgnoreCase("wss");
  }
}
