package io.github.easywebsocket.spi;

import io.github.easywebsocket.Message;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A backend's end of one connection: how the core sends on it and ends it.
 *
 * <p>The core never calls two of the output methods {@code send}, {@code sendPart}, {@code ping},
 * {@code pong}, {@code close} and {@code flush} at the same time, and after a {@code send} or
 * {@code sendPart} that returned false it calls none of them until {@link Receiver#sent}. All
 * others may come at any time from any thread. No method blocks. A method throws only if the
 * connection can no longer be used; the core then aborts it.
 */
public interface Transport {

  /**
   * Sends a whole message.
   *
   * @return true when the transport needs the message no more and takes the next one: its bytes are
   *     written, or are in a bounded buffer that goes out by {@link #flush()} at the latest. False
   *     when it is still busy with it; then {@link Receiver#sent} follows
   */
  boolean send(Message message);

  /**
   * Sends a part of a message, as a frame of its own. Between the first part and the last, the core
   * calls no {@link #send}.
   *
   * @param part the payload, of the kind of the message; may be empty
   * @param first whether the message begins with it
   * @param last whether the message ends with it; never the first as well
   * @return as {@link #send}
   */
  boolean sendPart(Message part, boolean first, boolean last);

  /** Sends a ping with a payload of at most 125 bytes, borrowed; copied or written on return. */
  void ping(ByteBuffer payload);

  /** Sends a pong, as {@link #ping} does a ping. Not called when {@link #answersPings()}. */
  void pong(ByteBuffer payload);

  /**
   * Sends a close frame, after what was sent before; the last output. Does not end the connection.
   * Ignored if the engine has sent one by itself.
   *
   * @param code a code that may be on the wire, or 1005 for a frame without code and reason
   * @param reason at most 123 bytes of UTF-8, empty with 1005
   */
  void close(int code, String reason);

  /** Everything sent so far is to leave without waiting for more. */
  void flush();

  /**
   * Tries to write on what waits for the peer to read, without waiting to be told that there is
   * room, which systems tell of late: Linux once a third of a socket's buffer is free. The core
   * asks now and then while nothing has left. Not on the calling thread, on which all time-outs
   * wait; does nothing if nothing waits, or if the engine has no way to.
   */
  default void writeOn() {}

  /**
   * Ends the TCP connection in good order: writes what is left, ends the output, and lets no reset
   * destroy what the peer has yet to read. Then {@link Receiver#closed}. Idempotent. The core
   * aborts if this takes longer than the close time-out.
   */
  void disconnect();

  /** Ends the TCP connection at once; what is not sent is lost. Then {@link Receiver#closed}. */
  void abort();

  /**
   * Asks for no more input: after this, called inside a call to the receiver, no {@code message},
   * {@code part}, {@code ping} or {@code pong} follows but those of the same read. Idempotent.
   */
  void pause();

  /**
   * Asks for input again. Idempotent. Of this and {@link #pause} the last call counts, whatever its
   * thread.
   */
  void resume();

  /**
   * The bytes taken by the output methods, control frames included, that are not yet handed to the
   * operating system. Any thread; may be approximate, but falls while the peer reads and is 0 when
   * nothing is left. The core holds pongs back while it is large.
   */
  long pendingBytes();

  /** Whether the engine answers pings by itself. */
  default boolean answersPings() {
    return false;
  }

  /** Whether the calling thread may block: false on a thread that serves other connections too. */
  default boolean mayBlock() {
    return true;
  }

  /** The address of the peer; null if the engine does not tell. */
  @Nullable InetSocketAddress remoteAddress();

  /** The engine's own object of the given type, or null when it has none. */
  default <T> @Nullable T unwrap(Class<T> type) {
    return null;
  }
}
