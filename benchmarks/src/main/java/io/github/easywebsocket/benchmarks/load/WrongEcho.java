package io.github.easywebsocket.benchmarks.load;

import java.io.IOException;

/** The server sent something else than it should. */
final class WrongEcho extends IOException {

  private static final long serialVersionUID = 1;

  WrongEcho(String message) {
    super(message);
  }
}
