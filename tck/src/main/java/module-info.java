/** The conformance suite of easy-websocket; see {@link io.github.easywebsocket.tck}. */
module io.github.easywebsocket.tck {
  requires transitive io.github.easywebsocket;
  requires transitive org.junit.jupiter.api;
  requires java.logging;

  exports io.github.easywebsocket.tck;

  opens io.github.easywebsocket.tck to
      org.junit.platform.commons;
}
