package io.github.easywebsocket.jetty;

import io.github.easywebsocket.spi.ServerBackend;
import io.github.easywebsocket.tck.ServerBackendTck;

class JettyMountTckTest extends ServerBackendTck {
  @Override
  protected ServerBackend backend() {
    return new MountedJetty();
  }
}
