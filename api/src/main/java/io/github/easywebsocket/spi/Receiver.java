package io.github.easywebsocket.spi;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The core's end of one connection: a backend reports to it what the peer and the engine did. The
 * core implements it, once.
 *
 * <p>Grammar of calls:
 *
 * <pre>{@code
 * open (message | part | ping | pong | readComplete)* (closeReceived | failed)? readComplete* closed
 * }</pre>
 *
 * <p>All of them but {@link #sent} and {@link #closed} come one at a time and in the order of the
 * wire; {@code sent} and {@code closed} may come on any thread, at any time after {@code open} was
 * called. No method blocks or throws. They may call the {@link Transport} before they return.
 *
 * <p>Buffers given to a method are borrowed: the core does not keep them after the method returns.
 * Arrays are handed over: the backend does not touch them again.
 */
public interface Receiver {

  /**
   * The handshake is done. Comes first.
   *
   * @param transport how the core sends
   * @param subprotocol the subprotocol agreed on, or null
   */
  void open(Transport transport, @Nullable String subprotocol);

  /**
   * Whether messages are wanted in parts, as they come: then the backend reports data by {@link
   * #part} and keeps nothing of it, and {@code Limits.maxMessageSize} and {@code maxFragments} do
   * not apply. A backend that cannot do so reports whole messages within the limits. The same for
   * the whole of the connection.
   */
  default boolean takesParts() {
    return false;
  }

  /**
   * A whole message. The backend has kept {@code Limits.maxMessageSize} and, for text, has checked
   * that the payload is UTF-8.
   *
   * @param text true for a text message, false for binary
   * @param payload the payload, handed over
   */
  void message(boolean text, byte[] payload);

  /**
   * A piece of a message, if {@link #takesParts()} or for engines that do not assemble: the core
   * checks the UTF-8, and if it does not take parts it counts the bytes and the fragments, and
   * assembles.
   *
   * @param text true for a text message, the same for all pieces of one message
   * @param piece the next bytes, borrowed
   * @param endOfFrame whether the piece ends a frame; an engine that cannot tell says true only
   *     with {@code endOfMessage}
   * @param endOfMessage whether the piece ends the message
   */
  void part(boolean text, ByteBuffer piece, boolean endOfFrame, boolean endOfMessage);

  /** A ping. The core answers it, unless {@link Transport#answersPings()}. */
  void ping(ByteBuffer payload);

  /** A pong, asked for or not. */
  void pong(ByteBuffer payload);

  /**
   * The peer's close frame. Nothing but {@code readComplete} and {@code closed} follows.
   *
   * @param code the code in the frame, already checked, or 1005 if it had none
   * @param reason the reason in the frame, empty if it had none
   */
  void closeReceived(int code, String reason);

  /**
   * The peer broke a rule, or the engine found that a limit is exceeded. The core sends a close
   * frame with the code and disconnects. Nothing but {@code readComplete} and {@code closed}
   * follows.
   *
   * @param code 1002, 1007 or 1009
   * @param detail what was wrong, for the application's {@code onError}; it never goes to the peer
   */
  void failed(int code, String detail);

  /**
   * The end of what one read of the engine gave. Must follow the calls that it ends, at once, on
   * their thread and before {@link #closed}, unless that came in the middle of them: messages may
   * wait for it to be delivered, and what handlers sent meanwhile to leave, in one write. Also
   * tells that the peer is alive when bytes came that did not yet complete anything.
   */
  void readComplete();

  /**
   * A send for which {@link Transport#send} or {@link Transport#sendPart} returned false is over;
   * the transport takes the next one. Exactly once for each, perhaps before that method has
   * returned; not after {@code closed}.
   *
   * @param failure null if the transport has handed the bytes to the operating system; else the
   *     core fails the send and aborts, and {@link #closed} tells whether it was an error or the
   *     peer's end
   */
  void sent(@Nullable Throwable failure);

  /**
   * The connection is gone: exactly once, last, whoever ended it. All of its resources are freed.
   *
   * @param failure null for an orderly end, a reset by the peer and an abort; else the I/O error
   */
  void closed(@Nullable Throwable failure);
}
