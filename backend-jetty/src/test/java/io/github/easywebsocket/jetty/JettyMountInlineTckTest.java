package io.github.easywebsocket.jetty;

class JettyMountInlineTckTest extends JettyMountTckTest {
  @Override
  protected boolean inline() {
    return true;
  }
}
