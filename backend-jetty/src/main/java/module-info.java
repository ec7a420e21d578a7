/** The server backend {@code "jetty"} of easy-websocket. */
module io.github.easywebsocket.backend.jetty {
  requires transitive io.github.easywebsocket;
  requires io.github.easywebsocket.jetty.pipe;
  requires org.eclipse.jetty.alpn.server;
  requires org.eclipse.jetty.http2.server;
  requires transitive org.eclipse.jetty.server;
  requires org.eclipse.jetty.websocket.core.server;
  requires static org.jspecify;

  exports io.github.easywebsocket.jetty;

  provides io.github.easywebsocket.spi.ServerBackend with
      io.github.easywebsocket.jetty.JettyBackend;
}
