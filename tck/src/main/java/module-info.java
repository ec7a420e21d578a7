/** The conformance suite of easy-websocket; see {@link io.github.easywebsocket.tck}. */
module io.github.easywebsocket.tck {
  requires transitive io.github.easywebsocket;
  requires transitive org.junit.jupiter.api;
  requires java.logging;
  requires java.management;
  requires org.junit.platform.launcher;

  uses io.github.easywebsocket.spi.ServerBackend;
  uses io.github.easywebsocket.spi.ClientBackend;

  exports io.github.easywebsocket.tck;

  opens io.github.easywebsocket.tck to
      org.junit.platform.commons;
}
