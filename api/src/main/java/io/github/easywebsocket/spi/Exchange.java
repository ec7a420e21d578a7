package io.github.easywebsocket.spi;

import io.github.easywebsocket.Headers;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletionStage;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request that waits for its answer: a live view of the engine's own request.
 *
 * <p>The core answers each exchange exactly once, by {@link #upgrade} or {@link #respond}, from any
 * thread, and perhaps after {@code acceptor.accept} has returned. If the client is gone by then,
 * the answer goes nowhere and nothing is thrown. The core has checked all of the opening handshake
 * before it upgrades; the engine need not check it again.
 */
public interface Exchange {

  /** The request's method, such as {@code "GET"}. */
  String method();

  /** The request's protocol, such as {@code "HTTP/1.1"} or {@code "HTTP/2.0"}. */
  String protocol();

  /**
   * The {@code :protocol} of an extended CONNECT (RFC 8441 §4), such as {@code "websocket"}; null
   * for every other request.
   */
  default @Nullable String connectProtocol() {
    return null;
  }

  /**
   * The request target as it was sent: the path, still percent-encoded, and any query, preceded by
   * scheme and authority if it was sent so (RFC 9112 §3.2.2). An engine that has compared these
   * with {@code Host} may leave them out.
   */
  String target();

  /**
   * The request's headers; over HTTP/2 they include {@code Host}, from {@code :authority}.
   *
   * @throws IllegalArgumentException if one is not valid, as {@link Headers} says; the client then
   *     gets 400
   */
  Headers headers();

  /**
   * The address at the other end of the TCP connection: the client's, or that of the last proxy.
   */
  InetSocketAddress remoteAddress();

  /** The TLS session, or null on plain TCP. */
  default @Nullable SSLSession tls() {
    return null;
  }

  /**
   * Reads the request's body; called at most once. The engine sends {@code 100 Continue} to a
   * client that expects it, unless the body is known to be too long. An answer to a request whose
   * body was not read has {@code Connection: close}.
   *
   * @param limit the most bytes to take
   * @return the whole body. Fails with a {@link io.github.easywebsocket.WebSocketException} of kind
   *     {@code MESSAGE_TOO_BIG} if it is longer than the limit, without having kept more than that,
   *     or with an {@link java.io.IOException}
   */
  CompletionStage<byte[]> body(int limit);

  /**
   * Answers with a whole response. The engine adds {@code Content-Length}, except to 204 and 304,
   * and may add {@code Date}. For a {@code HEAD} request it leaves out the body, and over HTTP/2
   * the headers that are about the connection. If the headers have {@code Connection: close}, it
   * ends the connection after the response, in such a way that the client can read all of it first.
   * A client that reads nothing for {@code timeouts().write()} is cut off by the engine.
   *
   * @param status an HTTP status from 200 to 599
   * @param headers headers of the response
   * @param body the response's body, empty for none; empty with 204 and 304. Not to be changed
   * @return done once the system has taken the last byte of the response, or the client is gone; a
   *     server that stops waits for it
   */
  CompletionStage<?> respond(int status, Headers headers, byte[] body);

  /**
   * Answers {@code 101 Switching Protocols} with {@code Upgrade}, {@code Connection}, {@code
   * Sec-WebSocket-Accept}, and the subprotocol and headers that are given, and nothing else. Then
   * calls {@link Receiver#open}, and after that delivers what the client sends, including what it
   * sent right behind its request. An extended CONNECT is answered with {@code 200} and the
   * subprotocol and headers that are given; the stream is then the connection.
   *
   * <p>If the switch fails, the backend calls {@link Receiver#closed} without having called {@code
   * open}.
   */
  void upgrade(Acceptance acceptance);
}
