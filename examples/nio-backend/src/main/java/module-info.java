/** An example: the server backend {@code "nio"}, on nothing but the JDK and the driver. */
module io.github.easywebsocket.examples.nio {
  requires transitive io.github.easywebsocket;
  requires io.github.easywebsocket.driver;

  exports io.github.easywebsocket.examples.nio;

  provides io.github.easywebsocket.spi.ServerBackend with
      io.github.easywebsocket.examples.nio.NioBackend;
}
