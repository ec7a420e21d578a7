package io.github.easywebsocket.examples.nio;

import io.github.easywebsocket.spi.Backend;
import io.github.easywebsocket.spi.Capability;
import io.github.easywebsocket.spi.Exchange;
import io.github.easywebsocket.spi.ServerBackend;
import io.github.easywebsocket.spi.ServerSettings;
import java.io.IOException;
import java.util.Set;
import java.util.function.Consumer;

/** The server backend {@code "nio"}. */
public final class NioBackend implements ServerBackend {

  /** Makes the backend; nothing is started. */
  public NioBackend() {}

  @Override
  public String name() {
    return "nio";
  }

  @Override
  public int spiVersion() {
    return Backend.SPI_VERSION;
  }

  @Override
  public Set<Capability> capabilities() {
    return Set.of(Capability.COMPRESSION); // the driver's
  }

  @Override
  public Set<String> variances() {
    return Set.of(
        "2.16 chunked body is put together: this example reads bodies with a length only",
        "2.16 ask again: this example takes one plain request for each connection",
        "2.16 is told to go on: this example never sends 100",
        "2.16 come together: this example takes one plain request for each connection");
  }

  @Override
  public Running start(ServerSettings settings, Consumer<Exchange> acceptor) throws IOException {
    return new NioServer(settings, acceptor);
  }
}
