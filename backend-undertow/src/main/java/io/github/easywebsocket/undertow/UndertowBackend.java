package io.github.easywebsocket.undertow;

import io.github.easywebsocket.spi.Backend;
import io.github.easywebsocket.spi.BackendOption;
import io.github.easywebsocket.spi.Capability;
import io.github.easywebsocket.spi.Exchange;
import io.github.easywebsocket.spi.ServerBackend;
import io.github.easywebsocket.spi.ServerSettings;
import java.io.IOException;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The server backend {@code "undertow"}, on undertow-core 2.4, but not on its WebSocket layer. Safe
 * from any thread.
 *
 * <p>Undertow itself answers 400, before this library sees the request, if it has more than 200
 * lines of headers or 128 of one name, more than 1,000 parameters, or a broken percent-encoding in
 * the query.
 */
public final class UndertowBackend implements ServerBackend {

  static final String NAME = "undertow";

  /**
   * The number of I/O threads; with {@code inline()} they run the handlers, too. Default: one for
   * each processor. More of them help only inline handlers that compute for long.
   */
  public static final BackendOption<Integer> IO_THREADS =
      new BackendOption<>(NAME, "IO_THREADS", Integer.class);

  /** Makes the backend; nothing is started. */
  public UndertowBackend() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int spiVersion() {
    return Backend.SPI_VERSION;
  }

  @Override
  public Set<Capability> capabilities() {
    return Set.of(Capability.TLS, Capability.COMPRESSION);
  }

  @Override
  public Set<BackendOption<?>> options() {
    return Set.of(IO_THREADS);
  }

  @Override
  public Running start(ServerSettings settings, Consumer<Exchange> acceptor) throws IOException {
    return UndertowServer.start(settings, acceptor);
  }
}
