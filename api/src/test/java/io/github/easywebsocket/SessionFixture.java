package io.github.easywebsocket;

import io.github.easywebsocket.Wiring.Mode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A connection in one of the modes, of which a test asserts all that happens. */
abstract class SessionFixture {

  @RegisterExtension final Logged logged = new Logged();

  final Mode mode;
  Wiring w;
  Session session;

  /** With a connection that is not open yet. */
  SessionFixture(Mode mode) {
    this.mode = mode;
    w = new Wiring(mode);
    session = w.session;
  }

  /** Takes another connection, which is open. */
  void with(Limits limits) {
    w = new Wiring(mode, limits).open();
    session = w.session;
  }

  @AfterEach
  void nothingElseHappened() {
    w.verify();
  }
}
