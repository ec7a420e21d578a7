/** The server backend {@code "jetty"}: Jetty does HTTP, TLS, the upgrade and WebSocket framing. */
module io.github.easywebsocket.backend.jetty {
  requires transitive io.github.easywebsocket;
  requires org.eclipse.jetty.websocket.core.server;
  requires static org.jspecify;

  exports io.github.easywebsocket.jetty;

  provides io.github.easywebsocket.spi.ServerBackend with
      io.github.easywebsocket.jetty.JettyBackend;
}
