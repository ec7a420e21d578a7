package io.github.easywebsocket.examples.nio;

class NioInlineTckTest extends NioTckTest {
  @Override
  protected boolean inline() {
    return true;
  }
}
