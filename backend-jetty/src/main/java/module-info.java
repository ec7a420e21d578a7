/** The backend on Jetty's WebSocket. */
module io.github.easywebsocket.backend.jetty {
  requires transitive io.github.easywebsocket;
  requires org.eclipse.jetty.websocket.core.server;
}
