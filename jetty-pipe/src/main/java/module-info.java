/** What the backends on Jetty have in common; not for applications. */
@SuppressWarnings("module") // those backends are built after it
module io.github.easywebsocket.jetty.pipe {
  requires transitive io.github.easywebsocket.driver;
  requires transitive org.eclipse.jetty.io;
  requires static org.jspecify;

  exports io.github.easywebsocket.jetty.pipe to
      io.github.easywebsocket.backend.jetty,
      io.github.easywebsocket.backend.jettyclient;
}
