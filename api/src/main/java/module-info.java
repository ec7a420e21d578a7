/**
 * WebSocket servers and clients behind one small API, on a backend chosen by name.
 *
 * <p>Applications use {@link io.github.easywebsocket}; whoever writes a backend uses {@link
 * io.github.easywebsocket.spi} too.
 */
module io.github.easywebsocket {
  requires static transitive org.jspecify;

  exports io.github.easywebsocket;
  exports io.github.easywebsocket.spi;

  uses io.github.easywebsocket.spi.ServerBackend;
  uses io.github.easywebsocket.spi.ClientBackend;
}
