package io.github.easywebsocket.jetty;

import io.github.easywebsocket.spi.ServerBackend;
import io.github.easywebsocket.tck.ServerBackendTck;
import org.junit.jupiter.api.Tag;

@Tag("mount")
class JettyMountTckTest extends ServerBackendTck {
  @Override
  protected ServerBackend backend() {
    return new MountedJetty();
  }
}
