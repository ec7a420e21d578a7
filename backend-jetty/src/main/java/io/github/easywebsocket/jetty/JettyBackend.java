package io.github.easywebsocket.jetty;

import io.github.easywebsocket.spi.BackendOption;
import io.github.easywebsocket.spi.Capability;
import io.github.easywebsocket.spi.Exchange;
import io.github.easywebsocket.spi.ServerBackend;
import io.github.easywebsocket.spi.ServerSettings;
import java.io.IOException;
import java.util.Set;
import java.util.function.Consumer;

/** The server backend {@code "jetty"}, on the core layer of Jetty 12.1's WebSocket. */
public final class JettyBackend implements ServerBackend {

  static final String NAME = "jetty";

  /**
   * The number of threads that read from connections; with {@code inline()} they run the handlers
   * too. Default: one for each processor. More help only inline handlers that compute for long.
   */
  public static final BackendOption<Integer> IO_THREADS =
      new BackendOption<>(NAME, "IO_THREADS", Integer.class);

  /** Makes the provider; for {@link java.util.ServiceLoader}. */
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
  public Set<Capability> capabilities() {
    return Set.of(Capability.TLS);
  }

  @Override
  public Set<String> variances() {
    String late = "Jetty looks at a length below 2^31 when the first byte of the payload is there";
    return Set.of(
        "3.6: Jetty's parser takes a length that is not encoded in the fewest bytes",
        "6.1 over the limit fails at its header: " + late,
        "6.1 over the rest of the limit fails at its header: " + late);
  }

  @Override
  public Running start(ServerSettings settings, Consumer<Exchange> acceptor) throws IOException {
    return JettyServer.start(settings, acceptor);
  }
}
