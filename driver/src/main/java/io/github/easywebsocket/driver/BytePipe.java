package io.github.easywebsocket.driver;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The raw connection that an engine hands over after the opening handshake: all that a {@link
 * WebSocketDriver} needs of an engine.
 *
 * <p>No method blocks, and none calls the driver back before it returns. The driver never calls two
 * of {@code write}, {@code awaitWritable} and {@code shutdownOutput} at the same time; it calls
 * them on any thread, while the engine reads on its own. All others may come at any time on any
 * thread, and more than once.
 */
public interface BytePipe {

  /**
   * Writes bytes from the buffer, all that remain or as many as the connection takes now. If some
   * remain, the driver calls {@link #awaitWritable()} and writes nothing more until {@link
   * WebSocketDriver#writable()}, and then those first. An engine that stops short for another
   * reason, such as TLS at the end of a record, is asked again in here. One that takes what it
   * cannot write at once leaves the last byte until it has: nobody else would ask it to write on.
   * So does one that writes on a thread of its own: it takes a bounded piece but for the last byte,
   * though it sends that as well, and takes the byte once the piece is written.
   *
   * @param bytes what to write, direct or heap; the driver's again on return, and its position
   *     tells what was taken
   * @throws IOException if the connection is broken
   */
  void write(ByteBuffer bytes) throws IOException;

  /** Asks for one call to {@link WebSocketDriver#writable()} when the connection takes bytes. */
  void awaitWritable();

  /**
   * Has what is awaited tried now, as {@link io.github.easywebsocket.spi.Transport#writeOn()} says:
   * calls {@link WebSocketDriver#writable()} on a thread of the engine's, although the connection
   * has not told that it takes bytes. That may be while another thread is in {@link
   * #awaitWritable()}; a pipe for which this does harm has the engine try instead. By default does
   * nothing.
   */
  default void writeOn() {}

  /**
   * Ends the output after what was written: TCP's FIN, with TLS its {@code close_notify} before. If
   * that cannot be written at once the pipe does it later by itself. {@link #close()} may follow
   * before the engine has its thread back: what can be written is written before this returns.
   *
   * @throws IOException if the connection is broken
   */
  void shutdownOutput() throws IOException;

  /** Stops reading; what the read under way has brought may still be delivered. */
  void pauseReads();

  /** Reads again, unless paused again: of the two calls the last counts, whatever its thread. */
  void resumeReads();

  /**
   * Closes the connection at once and frees all that it holds; waits for nothing, TLS included. The
   * first call counts.
   */
  void close();

  /** Whether the calling thread may block: false on the engine's I/O threads. */
  boolean mayBlock();

  /** The address of the peer; null if the engine does not tell. */
  @Nullable InetSocketAddress remoteAddress();

  /** The engine's own object of the given type, or null when it has none. */
  default <T> @Nullable T unwrap(Class<T> type) {
    return null;
  }
}
