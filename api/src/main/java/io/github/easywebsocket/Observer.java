package io.github.easywebsocket;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * Observes connections, for metrics and traces; set by {@link WebSocketServer.Builder#observer} and
 * {@link WebSocketClient.Builder#observer}. Every method is optional, and without an observer
 * nothing is measured.
 *
 * <p>For each connection the calls of {@code opened (received | handled | failed)* closed} come one
 * at a time, on the threads that run its handlers. All other methods are called on any thread,
 * several at a time, and may come a moment after {@code closed}.
 *
 * <p>No method may block, since that holds up one connection or many, and its cost comes with each
 * message. What a method throws is logged, the first time as a warning and later at level DEBUG,
 * and has no other effect.
 */
public interface Observer {

  /** A method of {@link WebSocketHandler}. */
  enum Callback {
    /** {@code onOpen}. */
    OPEN,
    /** {@code onMessage}. */
    MESSAGE,
    /** {@code onPart}. */
    PART,
    /** {@code onStream}. */
    STREAM,
    /** {@code onWritable}. */
    WRITABLE,
    /** {@code onPing}. */
    PING,
    /** {@code onPong}. */
    PONG,
    /** {@code onError}. */
    ERROR,
    /** {@code onClose}. */
    CLOSE
  }

  /** A connection has opened. Called before {@code onOpen}. */
  default void opened(WebSocketConnection connection) {}

  /**
   * A connection is over. Called after {@code onClose}, once for each {@code opened}.
   *
   * @param reason the same as for {@code onClose}
   * @param open how long the connection was open
   */
  default void closed(WebSocketConnection connection, CloseReason reason, Duration open) {}

  /**
   * A message was received. Called before {@code onMessage}, before the {@code onPart} with the
   * last part, or after {@code onStream} has returned. Messages that come after our close are
   * dropped and do not count.
   *
   * @param text whether it is text; if not, it is binary
   * @param bytes the length of the payload; for text, of UTF-8
   */
  default void received(WebSocketConnection connection, boolean text, long bytes) {}

  /**
   * The transport has taken a message: its send has succeeded.
   *
   * @param text whether it is text; if not, it is binary
   * @param bytes the length of the payload; for text, of UTF-8
   */
  default void sent(WebSocketConnection connection, boolean text, long bytes) {}

  /**
   * A send has failed because the send queue is full. This includes the sends of a broadcast or
   * publish, of which nobody else learns.
   *
   * @param text whether it is text; if not, it is binary
   * @param bytes the length of the payload; for text, of UTF-8
   */
  default void dropped(WebSocketConnection connection, boolean text, long bytes) {}

  /**
   * How full the send queue was. Called only if something had to wait in it, each time the
   * time-outs are checked (every second or more often) and at the end of the connection.
   *
   * @param bytes the most since the last call, counted as {@link Limits#sendQueueBytes} counts
   */
  default void queued(WebSocketConnection connection, long bytes) {}

  /**
   * A callback of a handler has returned or thrown.
   *
   * @param nanos how long it took in nanoseconds, {@link Around} included
   */
  default void handled(WebSocketConnection connection, Callback callback, long nanos) {}

  /** The connection failed. Called before {@code onError}, with the same error. */
  default void failed(WebSocketConnection connection, Throwable error) {}

  /**
   * A server has answered an opening handshake with a status other than 101. What the engine
   * refuses by itself, such as a request head that is too long, is not reported.
   *
   * @param client the address that the handshake came from; behind {@linkplain
   *     WebSocketServer.Builder#trustedProxies trusted proxies}, the client's
   */
  default void rejected(int status, InetSocketAddress client) {}
}
