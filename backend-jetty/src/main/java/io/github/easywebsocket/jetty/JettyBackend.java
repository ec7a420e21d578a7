package io.github.easywebsocket.jetty;

import io.github.easywebsocket.jetty.pipe.JettyVersion;
import io.github.easywebsocket.spi.BackendOption;
import io.github.easywebsocket.spi.Capability;
import io.github.easywebsocket.spi.Exchange;
import io.github.easywebsocket.spi.ServerBackend;
import io.github.easywebsocket.spi.ServerSettings;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The server backend {@code "jetty"}, on Jetty 12.1 without servlets. Safe from any thread.
 *
 * <p>Our driver speaks WebSocket on the connections of Jetty's HTTP, and on the streams of its
 * HTTP/2; with {@link #JETTY_WEBSOCKET} Jetty's own layer does.
 *
 * <p>Each time the bound of TCP connections is reached, and each time it is left again, Jetty logs
 * a line at level INFO, so clients that come and go at the bound fill a log. The logger is {@code
 * org.eclipse.jetty.server.NetworkConnectionLimit}; level WARN silences it.
 */
public final class JettyBackend implements ServerBackend {

  static final String NAME = "jetty";

  /**
   * The number of threads that read from connections; with {@code inline()} they run the handlers,
   * too. Default: one for each processor. More of them help only inline handlers that compute for
   * long.
   */
  public static final BackendOption<Integer> IO_THREADS =
      new BackendOption<>(NAME, "IO_THREADS", Integer.class);

  /**
   * Whether the core layer of Jetty's own WebSocket parses and writes the frames, instead of our
   * driver. Default: false. That layer takes more processor time and memory for each message, does
   * not compress, and cannot keep every rule of CONTRACT.md: it accepts a length that is not
   * encoded in the fewest bytes (3.6), and checks most lengths only once the first byte of the
   * payload is there (6.1).
   */
  public static final BackendOption<Boolean> JETTY_WEBSOCKET =
      new BackendOption<>(NAME, "JETTY_WEBSOCKET", Boolean.class);

  /** Makes the backend; nothing is started. */
  public JettyBackend() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int spiVersion() {
    return SPI_VERSION;
  }

  @Override
  public @Nullable String unavailable() {
    return JettyVersion.tooOld();
  }

  @Override
  public Set<Capability> capabilities() {
    return Set.of(Capability.TLS, Capability.HTTP2, Capability.COMPRESSION);
  }

  @Override
  public Set<BackendOption<?>> options() {
    return Set.of(IO_THREADS, JETTY_WEBSOCKET);
  }

  @Override
  public Set<Capability> capabilities(Map<BackendOption<?>, Object> options) {
    return Boolean.TRUE.equals(options.get(JETTY_WEBSOCKET))
        ? Set.of(Capability.TLS, Capability.HTTP2)
        : capabilities();
  }

  @Override
  public Running start(ServerSettings settings, Consumer<Exchange> acceptor) throws IOException {
    return JettyServer.start(settings, acceptor);
  }
}
