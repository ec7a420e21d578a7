package io.github.easywebsocket.tck;

import io.github.easywebsocket.spi.ServerBackend;
import org.junit.jupiter.api.Tag;

/** The suite passes on the simplest server. */
@Tag("self")
class PlainServerTckTest extends ServerBackendTck {

  @Override
  protected ServerBackend backend() {
    return new PlainServerBackend();
  }
}
