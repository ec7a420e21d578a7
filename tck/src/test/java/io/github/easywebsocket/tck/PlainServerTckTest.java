package io.github.easywebsocket.tck;

import io.github.easywebsocket.spi.ServerBackend;

/** The suite passes on the simplest server. */
class PlainServerTckTest extends ServerBackendTck {

  @Override
  protected ServerBackend backend() {
    return new PlainServerBackend();
  }
}
