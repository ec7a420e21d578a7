package io.github.easywebsocket.undertow;

class UndertowInlineTckTest extends UndertowTckTest {
  @Override
  protected boolean inline() {
    return true;
  }
}
