/** The backend on Undertow's raw connection. */
module io.github.easywebsocket.backend.undertow {
  requires transitive io.github.easywebsocket;
  requires io.github.easywebsocket.driver;
  requires undertow.core;
  requires xnio.api;
}
