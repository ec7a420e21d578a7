package io.github.easywebsocket.driver;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The raw connection that an engine hands over after the opening handshake: all that a {@link
 * WebSocketDriver} needs from an engine.
 *
 * <p>No method blocks, and none calls the driver back before it returns. The driver never calls two
 * of {@code write}, {@code awaitWritable} and {@code shutdownOutput} at the same time; it calls
 * them on any thread, while the engine reads on its own. All other methods may be called at any
 * time, on any thread, and more than once.
 */
public interface BytePipe {

  /**
   * Writes bytes from the buffer: all that remain, or as many as the connection takes now. If some
   * remain, the driver calls {@link #awaitWritable()} and writes nothing until {@link
   * WebSocketDriver#writable()}, and then those first. If the engine stops short for another
   * reason, as TLS does at the end of a record, try again within this call.
   *
   * <p>If the engine takes bytes that it cannot write at once, leave the last byte in the buffer
   * until it has written the others, since nobody else would tell it to go on. A pipe that writes
   * on a thread of its own does the same: it takes a bounded piece except for the last byte, sends
   * that byte, too, and takes it from the buffer once the piece is written.
   *
   * @param bytes what to write, direct or heap; the driver's again on return, and its position
   *     tells what was taken
   * @throws IOException if the connection is broken
   */
  void write(ByteBuffer bytes) throws IOException;

  /**
   * Asks for one call to {@link WebSocketDriver#writable()} once the connection takes bytes again.
   */
  void awaitWritable();

  /**
   * Has the awaited write tried now, as {@link io.github.easywebsocket.spi.Transport#writeOn()}
   * says: calls {@link WebSocketDriver#writable()} on a thread of the engine, although the
   * connection has not told that it takes bytes. Another thread may be in {@link #awaitWritable()}
   * at that moment; a pipe for which that does harm lets the engine try instead. By default does
   * nothing.
   */
  default void writeOn() {}

  /**
   * How many bytes have not left yet of a piece that was taken whole and is sent bit by bit, so
   * that each that leaves is seen as progress. Called on any thread; need not be exact. By default
   * 0.
   */
  default long unsent() {
    return 0;
  }

  /**
   * Ends the output after what was written: TCP's FIN, with TLS preceded by its {@code
   * close_notify}. What cannot be written at once, the pipe writes later by itself. {@link
   * #close()} may follow before the engine has its thread back, so what can be written is written
   * before this returns.
   *
   * @throws IOException if the connection is broken
   */
  void shutdownOutput() throws IOException;

  /** Stops reading; what a read under way has brought may still be delivered. */
  void pauseReads();

  /**
   * Reads again. Of this and {@link #pauseReads()}, the last call counts, whatever thread it is on.
   */
  void resumeReads();

  /**
   * Closes the connection at once, without waiting for anything, not even for TLS, and frees all
   * that it holds. Only the first call counts.
   */
  void close();

  /** Whether the calling thread may block: false on the engine's I/O threads. */
  boolean mayBlock();

  /** The address of the peer; null if the engine does not tell. */
  @Nullable InetSocketAddress remoteAddress();

  /** The engine's own object of the given type, or null if it has none. */
  default <T> @Nullable T unwrap(Class<T> type) {
    return null;
  }
}
