package io.github.easywebsocket.undertow;

import io.github.easywebsocket.spi.ServerBackend;
import io.github.easywebsocket.tck.ServerBackendTck;

class UndertowTckTest extends ServerBackendTck {
  @Override
  protected ServerBackend backend() {
    return new UndertowBackend();
  }
}
