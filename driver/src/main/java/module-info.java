/** RFC 6455 and RFC 7692 over any byte pipe. */
module io.github.easywebsocket.driver {
  requires transitive io.github.easywebsocket;

  exports io.github.easywebsocket.driver;
}
