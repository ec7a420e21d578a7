package io.github.easywebsocket;

import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;

/**
 * What an application does with its connections. Every method is optional.
 *
 * <p>The calls for each connection come one at a time and follow this grammar:
 *
 * <pre>{@code onOpen (onMessage | onPing | onPong | onWritable)* onError? onClose}</pre>
 *
 * <p>with {@code onPart} or {@code onStream} in place of {@code onMessage} if {@link #delivery()}
 * says so.
 *
 * <p>What one call wrote to memory, the next one sees, whatever threads they run on. By default
 * they run on a thread that may block (a virtual one on JDK 21 and later, otherwise one of {@code
 * workers}), and a handler that blocks holds up its own connection only. Under {@code inline()}
 * they run on the engine's I/O thread and must not block; {@code onWritable}, {@code onError} and
 * {@code onClose} may then also run on the library's timer thread, or inside the application's own
 * call of {@code send}, {@code close} or {@code abort}.
 *
 * <p>A handler may throw anything: {@code onError} is then called with it, the peer gets close code
 * 1011 without a reason, and other connections notice nothing. What {@code onError} and {@code
 * onClose} throw is logged.
 */
public interface WebSocketHandler {

  /** How a handler takes messages. */
  enum Delivery {
    /** Whole, by {@link WebSocketHandler#onMessage}. */
    MESSAGES,
    /** In parts as they arrive, by {@link WebSocketHandler#onPart}. */
    PARTS,
    /** As streams that are read while they arrive, by {@link WebSocketHandler#onStream}. */
    STREAMS
  }

  /**
   * How messages are delivered to this handler. Asked once for each connection, before it opens.
   * For parts and streams neither {@link Limits#maxMessageSize()} nor {@link Limits#maxFragments()}
   * applies, since little of a message is in memory whatever its size, and nothing that is received
   * or sent on the connection is compressed.
   */
  default Delivery delivery() {
    return Delivery.MESSAGES;
  }

  /** The handshake is done. This is the first call; no other begins until it returns. */
  default void onOpen(WebSocketConnection connection) throws Exception {}

  /** A whole message has arrived. It is yours to keep. */
  default void onMessage(WebSocketConnection connection, Message message) throws Exception {}

  /**
   * A part of a message has arrived. Called with {@link Delivery#PARTS}, in order, up to the part
   * that is the last.
   */
  default void onPart(WebSocketConnection connection, MessagePart part) throws Exception {}

  /**
   * A message has begun to arrive. Called with {@link Delivery#STREAMS}. The next callback waits
   * until this returns. Reading blocks, so this is not for {@code inline()}.
   */
  default void onStream(WebSocketConnection connection, IncomingMessage message) throws Exception {}

  /**
   * The send queue was more than half full and is nearly empty again; see {@link
   * WebSocketConnection#isWritable()}.
   */
  default void onWritable(WebSocketConnection connection) throws Exception {}

  /** A ping has arrived, and is answered without you. The payload is yours to keep. */
  default void onPing(WebSocketConnection connection, ByteBuffer payload) throws Exception {}

  /** A pong has arrived, asked for or not. The payload is yours to keep. */
  default void onPong(WebSocketConnection connection, ByteBuffer payload) throws Exception {}

  /**
   * The connection failed: a handler threw, the peer broke the protocol ({@link
   * WebSocketException}), a time-out passed, or an I/O operation failed. Called at most once;
   * {@code onClose} follows. Not called when the peer merely ends the connection.
   *
   * <p>By default, what a handler threw is logged as a warning, and any other failure at level
   * DEBUG.
   */
  default void onError(WebSocketConnection connection, Throwable error) throws Exception {
    if (error instanceof WebSocketException) {
      Log.log(Level.DEBUG, () -> connection + " fails: " + error.getMessage());
    } else {
      Log.log(Level.WARNING, connection + ": a handler threw", error);
    }
  }

  /**
   * The connection is over. This is the last call, made exactly once for each {@code onOpen},
   * however the connection ended.
   */
  default void onClose(WebSocketConnection connection, CloseReason reason) throws Exception {}

  /** A callback that is given nothing but the connection. */
  @FunctionalInterface
  interface Signal {
    /** Called as the method of {@link WebSocketHandler} that it stands for. */
    void on(WebSocketConnection connection) throws Exception;
  }

  /**
   * A callback that is given the connection and what happened on it.
   *
   * @param <T> what happened
   */
  @FunctionalInterface
  interface Event<T> {
    /** Called as the method of {@link WebSocketHandler} that it stands for. */
    void on(WebSocketConnection connection, T event) throws Exception;
  }
}
