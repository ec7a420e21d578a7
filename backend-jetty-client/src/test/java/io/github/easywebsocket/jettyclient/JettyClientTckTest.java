package io.github.easywebsocket.jettyclient;

import io.github.easywebsocket.spi.ClientBackend;
import io.github.easywebsocket.tck.ClientBackendTck;

class JettyClientTckTest extends ClientBackendTck {
  @Override
  protected ClientBackend backend() {
    return new JettyClientBackend();
  }
}
