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
 * {@code sendPart} that returned false it calls none of them until {@link Receiver#sent}. All other
 * methods may be called at any time from any thread. No method blocks. A method throws only if the
 * connection is unusable; the core then aborts it.
 */
public interface Transport {

  /**
   * Sends a whole message.
   *
   * @return true if the transport is done with the message and takes the next one: its bytes are
   *     written, or are in a bounded buffer that leaves by {@link #flush()} at the latest. False if
   *     the transport is still busy with it; then {@link Receiver#sent} follows
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

  /**
   * Sends a ping. The payload has at most 125 bytes and is borrowed: copied or written on return.
   */
  void ping(ByteBuffer payload);

  /** Sends a pong, as {@link #ping} does a ping. Not called if {@link #answersPings()}. */
  void pong(ByteBuffer payload);

  /**
   * Sends a close frame after what was sent before; it is the last output. Does not end the
   * connection. Ignored if the engine has sent a close frame by itself.
   *
   * @param code a code that may be on the wire, or 1005 for a frame without code and reason
   * @param reason at most 123 bytes of UTF-8; empty with 1005
   */
  void close(int code, String reason);

  /** Lets everything that was sent so far leave, without waiting for more. */
  void flush();

  /**
   * Tries again to write what waits for the peer to read, without waiting to be told that there is
   * room. Systems tell of room late: Linux does once a third of a socket's buffer is free. The core
   * calls this now and then while nothing has left. The write happens on a thread of the engine,
   * not on the calling one, which serves all time-outs. Does nothing if nothing waits, or if the
   * engine has no way to do it.
   */
  default void writeOn() {}

  /**
   * Ends the TCP connection in an orderly way: writes what is left, ends the output, and makes sure
   * that no reset destroys what the peer has yet to read. {@link Receiver#closed} follows. May be
   * called more than once. The core aborts if this takes longer than the close time-out.
   */
  void disconnect();

  /** Ends the TCP connection at once; what is not sent is lost. {@link Receiver#closed} follows. */
  void abort();

  /**
   * Asks for no more input. When it is called inside a call to the receiver, no {@code message},
   * {@code part}, {@code ping} or {@code pong} follows except those of the same read. May be called
   * more than once.
   */
  void pause();

  /**
   * Asks for input again. May be called more than once. Of this and {@link #pause}, the last call
   * counts, whatever thread it is on.
   */
  void resume();

  /**
   * The bytes that the output methods have taken, control frames included, and that the operating
   * system does not have yet. Called on any thread. May be approximate, but must fall while the
   * peer reads, and be 0 when nothing is left. The core holds pongs back while it is large.
   */
  long pendingBytes();

  /** Whether the engine answers pings by itself. Default: no. */
  default boolean answersPings() {
    return false;
  }

  /**
   * Whether the calling thread may block: false on a thread that serves other connections, too.
   * Default: always true.
   */
  default boolean mayBlock() {
    return true;
  }

  /** The address of the peer; null if the engine does not tell. */
  @Nullable InetSocketAddress remoteAddress();

  /** The engine's own object of the given type, or null if it has none. */
  default <T> @Nullable T unwrap(Class<T> type) {
    return null;
  }
}
