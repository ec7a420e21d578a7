package io.github.easywebsocket.examples.nio;

import io.github.easywebsocket.spi.ServerBackend;
import io.github.easywebsocket.tck.ServerBackendTck;

class NioTckTest extends ServerBackendTck {
  @Override
  protected ServerBackend backend() {
    return new NioBackend();
  }
}
