package io.github.easywebsocket.spi;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The core's end of one connection: a backend reports to it what the peer and the engine did. The
 * core implements it, once.
 *
 * <p>The calls follow this grammar:
 *
 * <pre>{@code
 * open (message | part | ping | pong | readComplete)* (closeReceived | failed)? readComplete* closed
 * }</pre>
 *
 * <p>All of them except {@link #sent} and {@link #closed} come one at a time and in the order of
 * the wire; {@code sent} and {@code closed} may come on any thread, at any time after {@code open}
 * was called. No method blocks or throws. A method may call the {@link Transport} before it
 * returns.
 *
 * <p>Buffers given to a method are borrowed: the core does not keep them after the method returns.
 * Arrays are handed over: the backend does not touch them again.
 */
public interface Receiver {

  /**
   * The handshake is done. The first call.
   *
   * @param transport how the core sends
   * @param subprotocol the subprotocol agreed on, or null
   */
  void open(Transport transport, @Nullable String subprotocol);

  /**
   * Whether messages are wanted in parts as they arrive. If so, the backend reports data by {@link
   * #part} and keeps none of it, and {@code Limits.maxMessageSize} and {@code maxFragments} do not
   * apply; a backend that cannot do so reports whole messages within the limits. Does not change
   * during a connection.
   */
  default boolean takesParts() {
    return false;
  }

  /**
   * A whole message. The backend has enforced {@code Limits.maxMessageSize} and, for text, has
   * checked that the payload is valid UTF-8.
   *
   * @param text true for a text message, false for binary
   * @param payload the payload, handed over
   */
  void message(boolean text, byte[] payload);

  /**
   * A piece of a message, if {@link #takesParts()}, or from an engine that does not assemble
   * messages. The core checks the UTF-8; unless it takes parts, it also counts bytes and fragments,
   * and assembles the message.
   *
   * @param text true for a text message; the same for all pieces of one message
   * @param piece the next bytes, borrowed
   * @param endOfFrame whether the piece ends a frame; an engine that cannot tell says true only
   *     together with {@code endOfMessage}
   * @param endOfMessage whether the piece ends the message
   */
  void part(boolean text, ByteBuffer piece, boolean endOfFrame, boolean endOfMessage);

  /**
   * A ping; the payload is borrowed. The core answers it, unless {@link Transport#answersPings()}.
   */
  void ping(ByteBuffer payload);

  /** A pong, asked for or not; the payload is borrowed. */
  void pong(ByteBuffer payload);

  /**
   * The peer's close frame. Only {@code readComplete} and {@code closed} follow.
   *
   * @param code the code in the frame, already checked, or 1005 if it had none
   * @param reason the reason in the frame, empty if it had none
   */
  void closeReceived(int code, String reason);

  /**
   * The peer broke a rule, or the engine found that a limit is exceeded. The core sends a close
   * frame with this code and disconnects. Only {@code readComplete} and {@code closed} follow.
   *
   * @param code 1002, 1007 or 1009
   * @param detail what was wrong, for the application's {@code onError}; it never goes to the peer
   */
  void failed(int code, String detail);

  /**
   * The end of what one read of the engine brought. It must follow the calls that it ends at once,
   * on the same thread and before {@link #closed}, unless that came in the midst of them: messages
   * may wait for it to be delivered, and what handlers sent meanwhile waits for it to leave in one
   * write. It also tells that the peer is alive if bytes came that did not yet complete anything.
   */
  void readComplete();

  /**
   * A send for which {@link Transport#send} or {@link Transport#sendPart} returned false is over,
   * and the transport takes the next one. Called exactly once for each, perhaps before that method
   * has returned, but not after {@code closed}.
   *
   * @param failure null if the operating system has the bytes. Otherwise the core fails the send
   *     and aborts, and {@link #closed} tells whether this was an error or the peer's end
   */
  void sent(@Nullable Throwable failure);

  /**
   * The connection is gone, and all of its resources are freed. Called exactly once, last, whoever
   * ended the connection.
   *
   * @param failure null for an orderly end, a reset by the peer and an abort; otherwise the I/O
   *     error
   */
  void closed(@Nullable Throwable failure);
}
