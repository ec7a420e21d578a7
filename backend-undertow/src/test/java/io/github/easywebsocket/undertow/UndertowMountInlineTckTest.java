package io.github.easywebsocket.undertow;

import org.junit.jupiter.api.Tag;

@Tag("long")
class UndertowMountInlineTckTest extends UndertowMountTckTest {
  @Override
  protected boolean inline() {
    return true;
  }
}
