package io.github.easywebsocket.jettyclient;

class JettyClientInlineTckTest extends JettyClientTckTest {
  @Override
  protected boolean inline() {
    return true;
  }
}
