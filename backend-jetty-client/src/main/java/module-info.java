/** The client backend {@code "jetty"} of easy-websocket. */
module io.github.easywebsocket.backend.jettyclient {
  requires transitive io.github.easywebsocket;
  requires io.github.easywebsocket.jetty.pipe;
  requires org.eclipse.jetty.http;
  requires static org.jspecify;

  exports io.github.easywebsocket.jettyclient;

  provides io.github.easywebsocket.spi.ClientBackend with
      io.github.easywebsocket.jettyclient.JettyClientBackend;
}
