/** The client backend on the JDK's HTTP client. */
module io.github.easywebsocket.backend.jdkclient {
  requires transitive io.github.easywebsocket;
  requires transitive java.net.http;
  requires static org.jspecify;

  exports io.github.easywebsocket.jdkclient;

  provides io.github.easywebsocket.spi.ClientBackend with
      io.github.easywebsocket.jdkclient.JdkClientBackend;
}
