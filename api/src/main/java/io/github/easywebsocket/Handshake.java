package io.github.easywebsocket;

import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** The HTTP request that opens a connection, or would open one. Immutable. */
public final class Handshake {

  /** The version of the protocol, the only one there is. */
  static final String VERSION = "13";

  private final String path;
  private final Map<String, String> variables;
  private final String query;
  private final Headers headers;
  private final @Nullable InetSocketAddress remoteAddress;
  private final @Nullable SSLSession tls;

  Handshake(
      String path,
      Map<String, String> variables,
      String query,
      Headers headers,
      @Nullable InetSocketAddress remoteAddress,
      @Nullable SSLSession tls) {
    this.path = path;
    this.variables = Collections.unmodifiableMap(variables);
    this.query = query;
    this.headers = headers;
    this.remoteAddress = remoteAddress;
    this.tls = tls;
  }

  /** The path, percent-decoded, such as {@code "/ws"}. */
  public String path() {
    return path;
  }

  /**
   * The values of the variables in the endpoint's path by their names, in the order of the path,
   * percent-decoded. Unmodifiable.
   */
  public Map<String, String> variables() {
    return variables;
  }

  /**
   * The value of a variable in the endpoint's path, percent-decoded.
   *
   * @param name such as {@code "room"} at the endpoint {@code "/rooms/{room}"}
   * @throws IllegalArgumentException if the path has no such variable
   */
  public String variable(String name) {
    String value = variables.get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "the endpoint's path has no variable {" + name + "}, only " + variables.keySet());
    }
    return value;
  }

  /** The query as it was sent, without the question mark; empty if there is none. */
  public String query() {
    return query;
  }

  /**
   * The first value of a parameter in the query, or null if there is none; see {@link #parameters}.
   */
  public @Nullable String parameter(String name) {
    return Query.first(query, name);
  }

  /**
   * The values of a parameter in the query, in order, read as browsers write forms: {@code
   * name=value} pairs between ampersands, percent-encoded UTF-8, a plus for a space, and an empty
   * value where there is no equals sign. Case counts. Broken encodings are not guessed at: a
   * parameter is absent if any of its values cannot be decoded. A value may contain control
   * characters, so take care before you write it to a log.
   *
   * @param name decoded
   * @return empty if it is absent
   */
  public List<String> parameters(String name) {
    return Query.all(query, name);
  }

  /** The headers; at a client, only those that the application added. */
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

  /**
   * The address of the client; behind {@linkplain WebSocketServer.Builder#trustedProxies trusted
   * proxies}, the one that they tell. Null at a client.
   */
  public @Nullable InetSocketAddress remoteAddress() {
    return remoteAddress;
  }

  /**
   * The TLS session, with the client's certificates if it presented any. Null on plain TCP, which
   * may be that of a proxy to which the client speaks TLS, and null at a client.
   */
  public @Nullable SSLSession tls() {
    return tls;
  }

  /** The path only: query and headers may hold secrets. */
  @Override
  public String toString() {
    return "Handshake[" + Log.printable(path) + "]";
  }
}
