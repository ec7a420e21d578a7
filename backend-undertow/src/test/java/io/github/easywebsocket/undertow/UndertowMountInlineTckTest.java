package io.github.easywebsocket.undertow;

class UndertowMountInlineTckTest extends UndertowMountTckTest {
  @Override
  protected boolean inline() {
    return true;
  }
}
