package io.github.easywebsocket.tck;

import io.github.easywebsocket.spi.ClientBackend;

/** The suite passes on the simplest client. */
class PlainClientTckTest extends ClientBackendTck {

  @Override
  protected ClientBackend backend() {
    return new PlainClientBackend();
  }
}
