/** The client backend on the JDK's HTTP client. */
module io.github.easywebsocket.backend.jdkclient {
  requires transitive io.github.easywebsocket;
  requires java.net.http;
}
