package io.github.easywebsocket;

import java.net.InetSocketAddress;
import java.util.List;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** The request that opens, or would open, a connection. Immutable. */
public final class Handshake {

  /** The version of the protocol, the only one there is. */
  static final String VERSION = "13";

  private final String path;
  private final String query;
  private final Headers headers;
  private final @Nullable InetSocketAddress remoteAddress;
  private final @Nullable SSLSession tls;

  Handshake(
      String path,
      String query,
      Headers headers,
      @Nullable InetSocketAddress remoteAddress,
      @Nullable SSLSession tls) {
    this.path = path;
    this.query = query;
    this.headers = headers;
    this.remoteAddress = remoteAddress;
    this.tls = tls;
  }

  /** The path, percent-decoded, such as {@code "/ws"}. */
  public String path() {
    return path;
  }

  /** The query as it was sent, without the question mark; empty if there is none. */
  public String query() {
    return query;
  }

  /** The headers; at a client, those that it added itself. */
  public Headers headers() {
    return headers;
  }

  /** The first value of a header, or null if it is absent. */
  public @Nullable String header(String name) {
    return headers.first(name);
  }

  /** The subprotocols offered by the client, in its order. */
  public List<String> subprotocols() {
    return headers.list("Sec-WebSocket-Protocol");
  }

  /** The address of the client; at a client, null. */
  public @Nullable InetSocketAddress remoteAddress() {
    return remoteAddress;
  }

  /** The TLS session with the client's certificates if it gave any; null on plain TCP. */
  public @Nullable SSLSession tls() {
    return tls;
  }

  /** The path only: query and headers may hold secrets. */
  @Override
  public String toString() {
    return "Handshake[" + Log.printable(path) + "]";
  }
}
