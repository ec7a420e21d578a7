package io.github.easywebsocket.jdkclient;

import io.github.easywebsocket.spi.ClientBackend;
import io.github.easywebsocket.tck.ClientBackendTck;

class JdkClientTckTest extends ClientBackendTck {
  @Override
  protected ClientBackend backend() {
    return new JdkClientBackend();
  }
}
