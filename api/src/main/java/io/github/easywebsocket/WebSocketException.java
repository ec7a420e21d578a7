package io.github.easywebsocket;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Tells what went wrong with a server, a client or a connection; {@link #kind()} is for programs,
 * the message for people. If the engine threw an exception of its own, that is the cause.
 */
public final class WebSocketException extends IOException {

  private static final long serialVersionUID = 1;

  /** What went wrong. */
  public enum Kind {
    /** No backend could be chosen or it refused the options; the message begins with EWS-1xx. */
    BACKEND,
    /** The server's address could not be bound. */
    BIND,
    /**
     * The opening handshake failed: the server or a proxy refused it, the answer was not HTTP, or
     * {@link WebSocketClient.Builder#headers} threw.
     */
    HANDSHAKE,
    /** The connection is closing or closed: what was to be sent is not sent. */
    CLOSED,
    /** The send queue is full: this message is not sent; {@link Limits.Overflow} says what else. */
    QUEUE_FULL,
    /** The peer broke the protocol; the connection was closed with 1002. */
    PROTOCOL,
    /** The peer sent text that is not UTF-8; the connection was closed with 1007. */
    INVALID_TEXT,
    /** A message or a body exceeds its limit; a connection was closed with 1009. */
    MESSAGE_TOO_BIG,
    /** Something took longer than its time-out. */
    TIMEOUT,
    /** Reading or writing failed. */
    IO
  }

  private final Kind kind;
  private final int status;
  private final transient @Nullable Headers headers;

  /**
   * Makes an exception.
   *
   * @param kind what went wrong
   * @param message for people: what happened, and what to do
   * @param cause the engine's exception, or null
   */
  public WebSocketException(Kind kind, String message, @Nullable Throwable cause) {
    this(kind, message, cause, 0, null);
  }

  private WebSocketException(
      Kind kind, String message, @Nullable Throwable cause, int status, @Nullable Headers headers) {
    super(message, cause);
    this.kind = kind;
    this.status = status;
    this.headers = headers;
  }

  /** Makes an exception without a cause. */
  public WebSocketException(Kind kind, String message) {
    this(kind, message, null);
  }

  /**
   * Makes the exception, of kind {@code HANDSHAKE}, for a client whose handshake the server
   * answered with something else than a connection.
   *
   * @param status the status of the answer
   * @param headers the headers of the answer
   * @param message for people: what happened, and what to do
   * @param cause the engine's exception, or null
   */
  public static WebSocketException refused(
      int status, Headers headers, String message, @Nullable Throwable cause) {
    return new WebSocketException(Kind.HANDSHAKE, message, cause, status, headers);
  }

  /** What went wrong. */
  public Kind kind() {
    return kind;
  }

  /**
   * The HTTP status with which the server refused the handshake, or a proxy refused the way to it;
   * 0 if there is none.
   */
  public int status() {
    return status;
  }

  /**
   * The headers with which the server refused the handshake; empty if there are none, if a proxy
   * refused and they are not known, or after serialization.
   */
  public Headers headers() {
    return headers == null ? Headers.EMPTY : headers;
  }
}
