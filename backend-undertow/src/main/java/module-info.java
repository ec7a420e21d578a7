/**
 * The server backend {@code "undertow"} of easy-websocket.
 *
 * @provides io.github.easywebsocket.spi.ServerBackend
 */
module io.github.easywebsocket.backend.undertow {
  requires transitive io.github.easywebsocket;
  requires io.github.easywebsocket.driver;
  requires transitive undertow.core;
  requires xnio.api;

  exports io.github.easywebsocket.undertow;

  provides io.github.easywebsocket.spi.ServerBackend with
      io.github.easywebsocket.undertow.UndertowBackend;
}
