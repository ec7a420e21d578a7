package io.github.easywebsocket.jettyclient;

import java.net.URI;

/**
 * Where a client connects to.
 *
 * @param uri in ASCII, {@code ws} or {@code wss}
 */
record Target(URI uri) {

  static Target of(URI uri) {
    return new Target(URI.create(uri.toASCIIString()));
  }

  boolean isSecure() {
    return uri.getScheme().equalsIgnoreCase("wss");
  }

  /** The name or address, an IPv6 address without brackets. */
  String host() {
    String host = uri.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  int port() {
    return uri.getPort() >= 0 ? uri.getPort() : isSecure() ? 443 : 80;
  }

  /** Host and port, as a proxy is told. */
  String hostAndPort() {
    return uri.getHost() + ":" + port();
  }

  /** The value of the header {@code Host}. */
  String hostHeader() {
    return uri.getPort() >= 0 ? hostAndPort() : uri.getHost();
  }

  /** Path and query. */
  String pathAndQuery() {
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
  }

  /** The same in the schemes of HTTP, which is what a selector of proxies knows. */
  URI http() {
    return URI.create((isSecure() ? "https://" : "http://") + hostAndPort() + pathAndQuery());
  }

  /** Without what may be secret: user and query. */
  @Override
  public String toString() {
    String path = uri.getRawPath() == null ? "" : uri.getRawPath();
    return (isSecure() ? "wss://" : "ws://") + hostAndPort() + path;
  }
}
