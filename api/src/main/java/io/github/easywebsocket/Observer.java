package io.github.easywebsocket;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * Looks on, for metrics and traces; {@link WebSocketServer.Builder#observer} and {@link
 * WebSocketClient.Builder#observer} set it. Every method is optional, and without an observer
 * nothing is measured.
 *
 * <p>For each connection the calls are {@code opened (received | handled | failed)* closed}, one at
 * a time, on the threads that run its handlers. All other methods are called on any thread, several
 * at a time, and perhaps a moment after {@code closed}.
 *
 * <p>No method may block: it holds up the connection, perhaps many, and what it does is paid for
 * each message. What it throws is logged, the first time as a warning and then at level DEBUG, and
 * hurts nothing.
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

  /** A connection has opened. Before {@code onOpen}. */
  default void opened(WebSocketConnection connection) {}

  /**
   * A connection is over. After {@code onClose}; once for each {@code opened}.
   *
   * @param reason as {@code onClose} was told
   * @param open how long the connection was open
   */
  default void closed(WebSocketConnection connection, CloseReason reason, Duration open) {}

  /**
   * A message came. Before {@code onMessage}, before {@code onPart} with the last part, after
   * {@code onStream} has returned; what comes after our close and is dropped does not count.
   *
   * @param text whether it is text; if not, it is binary
   * @param bytes the length of the payload; for text, of UTF-8
   */
  default void received(WebSocketConnection connection, boolean text, long bytes) {}

  /**
   * The transport has taken a message, so the send completes well.
   *
   * @param text whether it is text; if not, it is binary
   * @param bytes the length of the payload; for text, of UTF-8
   */
  default void sent(WebSocketConnection connection, boolean text, long bytes) {}

  /**
   * A send has failed since the send queue is full. So are those of a broadcast or a publish, which
   * nobody else learns.
   *
   * @param text whether it is text; if not, it is binary
   * @param bytes the length of the payload; for text, of UTF-8
   */
  default void dropped(WebSocketConnection connection, boolean text, long bytes) {}

  /**
   * How full the send queue was. Called only if something had to wait in it, with each look at the
   * time-outs (every second or more often) and at the end.
   *
   * @param bytes the most there were since it was told last, counted as {@link
   *     Limits#sendQueueBytes} counts
   */
  default void queued(WebSocketConnection connection, long bytes) {}

  /**
   * A callback of a handler has returned, or has thrown.
   *
   * @param nanos how long it took, {@link Around} included
   */
  default void handled(WebSocketConnection connection, Callback callback, long nanos) {}

  /** Something went wrong inside. Before {@code onError}, which is told the same. */
  default void failed(WebSocketConnection connection, Throwable error) {}

  /**
   * A server has answered an opening handshake with another status than 101. What the engine
   * refuses by itself, such as a head that is too long, is not told.
   *
   * @param client from where it came
   */
  default void rejected(int status, InetSocketAddress client) {}
}
