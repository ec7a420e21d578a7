package io.github.easywebsocket.undertow;

import io.github.easywebsocket.spi.ServerBackend;
import io.github.easywebsocket.tck.ServerBackendTck;
import org.junit.jupiter.api.Tag;

@Tag("mount")
class UndertowMountTckTest extends ServerBackendTck {
  @Override
  protected ServerBackend backend() {
    return new MountedUndertow();
  }
}
