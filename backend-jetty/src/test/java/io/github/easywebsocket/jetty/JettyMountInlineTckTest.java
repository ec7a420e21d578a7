package io.github.easywebsocket.jetty;

import org.junit.jupiter.api.Tag;

@Tag("long")
class JettyMountInlineTckTest extends JettyMountTckTest {
  @Override
  protected boolean inline() {
    return true;
  }
}
