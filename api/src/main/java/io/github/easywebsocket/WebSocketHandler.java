package io.github.easywebsocket;

import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;

/**
 * What an application does with its connections. Every method is optional.
 *
 * <p>For each connection the calls are, in this grammar and one at a time:
 *
 * <pre>{@code onOpen (onMessage | onPing | onPong | onWritable)* onError? onClose}</pre>
 *
 * <p>with {@code onPart} or {@code onStream} for {@code onMessage} if the handler says so.
 *
 * <p>What one call wrote to memory, the next one sees, whatever their threads. By default they run
 * on a thread that may block (a virtual one on JDK 21 and later, else one of {@code workers}), and
 * a handler that blocks holds up its own connection only; under {@code inline()} they run on the
 * engine's I/O thread and must not block; {@code onWritable}, {@code onError} and {@code onClose}
 * then also on the library's timer thread, and inside of the application's own {@code send}, {@code
 * close} or {@code abort}.
 *
 * <p>A handler may throw anything: the connection then gets {@code onError} with it, the peer the
 * close code 1011 without a reason, and other connections notice nothing. What {@code onError} and
 * {@code onClose} throw is logged.
 */
public interface WebSocketHandler {

  /** In what form a handler takes messages. */
  enum Delivery {
    /** Whole, by {@link WebSocketHandler#onMessage}. */
    MESSAGES,
    /** In parts as they come, by {@link WebSocketHandler#onPart}. */
    PARTS,
    /** To be read while they come, by {@link WebSocketHandler#onStream}. */
    STREAMS
  }

  /**
   * In what form messages are delivered to this handler. Asked once for each connection, before it
   * opens. For parts and streams neither {@link Limits#maxMessageSize()} nor {@link
   * Limits#maxFragments()} applies: what is in memory is bounded whatever the size of a message.
   * Such messages come without compression.
   */
  default Delivery delivery() {
    return Delivery.MESSAGES;
  }

  /** The handshake is done. The first call; nothing else happens until it returns. */
  default void onOpen(WebSocketConnection connection) throws Exception {}

  /** A whole message came. It is yours to keep. */
  default void onMessage(WebSocketConnection connection, Message message) throws Exception {}

  /**
   * A part of a message came; called with {@link Delivery#PARTS}, in order, until the part that is
   * the last.
   */
  default void onPart(WebSocketConnection connection, MessagePart part) throws Exception {}

  /**
   * A message has begun; called with {@link Delivery#STREAMS}, while the message is on its way. The
   * next callback waits until this returns. Reading blocks, so it is not for {@code inline()}.
   */
  default void onStream(WebSocketConnection connection, IncomingMessage message) throws Exception {}

  /**
   * The send queue, of which more than half was full, is nearly empty again; see {@link
   * WebSocketConnection#isWritable()}.
   */
  default void onWritable(WebSocketConnection connection) throws Exception {}

  /** A ping came. It is answered without you. The payload is yours to keep. */
  default void onPing(WebSocketConnection connection, ByteBuffer payload) throws Exception {}

  /** A pong came, asked for or not. The payload is yours to keep. */
  default void onPong(WebSocketConnection connection, ByteBuffer payload) throws Exception {}

  /**
   * Something went wrong inside: a handler threw, the peer broke the protocol ({@link
   * WebSocketException}), a time-out passed, or an I/O operation failed. At most once; {@code
   * onClose} follows. Not called when the peer merely ends the connection.
   *
   * <p>By default, what a handler threw is logged as a warning, and what the peer or the network
   * did at level DEBUG.
   */
  default void onError(WebSocketConnection connection, Throwable error) throws Exception {
    if (error instanceof WebSocketException) {
      Log.log(Level.DEBUG, () -> connection + " fails: " + error.getMessage());
    } else {
      Log.log(Level.WARNING, connection + ": a handler threw", error);
    }
  }

  /**
   * The connection is over. The last call, exactly once for each {@code onOpen}, however the
   * connection ended.
   */
  default void onClose(WebSocketConnection connection, CloseReason reason) throws Exception {}

  /** Does something with a connection, where that it happened says it all. */
  @FunctionalInterface
  interface Signal {
    /** Called as the method of {@link WebSocketHandler} that it stands for. */
    void on(WebSocketConnection connection) throws Exception;
  }

  /**
   * Does something with what happened on a connection.
   *
   * @param <T> what happened
   */
  @FunctionalInterface
  interface Event<T> {
    /** Called as the method of {@link WebSocketHandler} that it stands for. */
    void on(WebSocketConnection connection, T event) throws Exception;
  }
}
