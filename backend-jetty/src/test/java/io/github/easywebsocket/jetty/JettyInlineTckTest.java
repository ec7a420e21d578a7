package io.github.easywebsocket.jetty;

class JettyInlineTckTest extends JettyTckTest {
  @Override
  protected boolean inline() {
    return true;
  }
}
