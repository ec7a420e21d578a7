package io.github.easywebsocket.jdkclient;

class JdkClientInlineTckTest extends JdkClientTckTest {
  @Override
  protected boolean inline() {
    return true;
  }
}
