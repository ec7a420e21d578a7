package io.github.easywebsocket.spi;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A server engine: binds, speaks HTTP, and hands every request to the core. */
public interface ServerBackend extends Backend {

  /**
   * Starts a server. When this returns, it is bound and accepts connections.
   *
   * @param settings where to bind, and the bounds to keep
   * @param acceptor is given every request, for a WebSocket or not, on a thread of the engine. It
   *     returns at once, and answers the exchange then or later, from any thread
   * @throws IOException if the address cannot be bound; nothing is left running then
   */
  Running start(ServerSettings settings, Consumer<Exchange> acceptor) throws IOException;

  /**
   * Whether it binds an address of its own, which is the default. A backend that does not is
   * mounted in an engine which the application runs: address, TLS, HTTP/2 and plain HTTP are that
   * engine's, and the options for them are refused (EWS-109).
   */
  default boolean binds() {
    return true;
  }

  /** A running server. All methods are safe from any thread. */
  interface Running {

    /**
     * Where the server listens; its port is never 0.
     *
     * @throws IllegalStateException if the backend does not bind
     */
    InetSocketAddress address();

    /**
     * Stops accepting TCP connections and frees the port; open connections go on. May be called
     * more than once.
     */
    void stopAccepting();

    /**
     * Ends what is left, and frees every thread, descriptor and buffer before it returns. Called
     * once, after {@link #stopAccepting()}, on a thread of the core. It may wait for as long as an
     * inline handler keeps a thread of the engine; the core gives up waiting in the end.
     */
    void stop();

    /** The engine's own object of the given type, or null if it has none. */
    default <T> @Nullable T unwrap(Class<T> type) {
      return null;
    }
  }
}
