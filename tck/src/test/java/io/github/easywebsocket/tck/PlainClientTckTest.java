package io.github.easywebsocket.tck;

import io.github.easywebsocket.spi.ClientBackend;
import org.junit.jupiter.api.Tag;

/** The suite passes on the simplest client. */
@Tag("self")
class PlainClientTckTest extends ClientBackendTck {

  @Override
  protected ClientBackend backend() {
    return new PlainClientBackend();
  }
}
