package io.github.easywebsocket;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Answers the plain HTTP requests of a server: those that do not ask for a WebSocket. */
@FunctionalInterface
public interface HttpHandler {

  /**
   * Answers a request.
   *
   * <p>Runs on the same kind of thread as the WebSocket handlers, so by default it may block. If it
   * takes longer than the handshake time-out, the client gets 503 and the response is dropped: let
   * clients ask again for what may take longer. If it throws, the client gets 500 and learns
   * nothing of the exception.
   */
  Response handle(Request request) throws Exception;

  /**
   * A plain HTTP request.
   *
   * @param method the method, such as {@code "GET"}
   * @param path the path, percent-decoded
   * @param query the query as it was sent, without the question mark; empty if there is none
   * @param headers the headers
   * @param body the body, at most {@link Limits#maxHttpBody()} bytes; the handler's to keep
   * @param remoteAddress the address of the client; behind {@linkplain
   *     WebSocketServer.Builder#trustedProxies trusted proxies}, the one that they tell
   */
  record Request(
      String method,
      String path,
      String query,
      Headers headers,
      byte[] body,
      InetSocketAddress remoteAddress) {

    /** The first value of a header, or null if it is absent. */
    public @Nullable String header(String name) {
      return headers.first(name);
    }

    /** The first value of a parameter in the query, or null; see {@link Handshake#parameters}. */
    public @Nullable String parameter(String name) {
      return Query.first(query, name);
    }

    /** The values of a parameter in the query; see {@link Handshake#parameters}. */
    public List<String> parameters(String name) {
      return Query.all(query, name);
    }

    /** The method and the path only: query, headers and body may hold secrets. */
    @Override
    public String toString() {
      return "Request[" + Log.printable(method) + " " + Log.printable(path) + "]";
    }
  }

  /**
   * The answer to a plain HTTP request.
   *
   * @param status an HTTP status from 200 to 599
   * @param headers the headers, without {@code Content-Length} and {@code Transfer-Encoding}, which
   *     the server sets
   * @param body the body, empty for none, as 204 and 304 must have; not copied, so do not change it
   */
  record Response(int status, Headers headers, byte[] body) {

    /**
     * Checks the status, the headers, and that the status may have the body.
     *
     * @throws IllegalArgumentException if one of them is wrong
     */
    public Response {
      if (status < 200 || status > 599) {
        throw new IllegalArgumentException("a response's status is 200 to 599, not " + status);
      }
      headers.requireNoFraming();
      if (body.length > 0 && (status == 204 || status == 304)) {
        throw new IllegalArgumentException("a response of " + status + " has no body");
      }
    }

    /** A response without headers and body. */
    public static Response of(int status) {
      return new Response(status, Headers.EMPTY, new byte[0]);
    }

    /**
     * A response with text as its body, in UTF-8.
     *
     * @param contentType the media type, such as {@code "text/html"}; the charset is added
     */
    public static Response text(int status, String contentType, String body) {
      return new Response(
          status,
          Headers.of("Content-Type", contentType + "; charset=utf-8"),
          body.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * A response with bytes as its body.
     *
     * @param contentType the media type, such as {@code "image/png"}
     * @param body not copied, so do not change it
     */
    public static Response bytes(int status, String contentType, byte[] body) {
      return new Response(status, Headers.of("Content-Type", contentType), body);
    }

    /** This response with one more header. */
    public Response withHeader(String name, String value) {
      return new Response(status, headers.with(name, value), body);
    }

    /** Whether status, headers and the bytes of the body are equal. */
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Response that
          && status == that.status
          && headers.equals(that.headers)
          && Arrays.equals(body, that.body);
    }

    @Override
    public int hashCode() {
      return Objects.hash(status, headers, Arrays.hashCode(body));
    }

    /** The status and the length of the body. */
    @Override
    public String toString() {
      return "Response[" + status + ", " + body.length + " bytes]";
    }
  }
}
