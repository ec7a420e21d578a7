/** Events of the JDK's Flight Recorder. */
module io.github.easywebsocket.metrics.jfr {
  requires transitive io.github.easywebsocket;
  requires jdk.jfr;
  requires static org.jspecify;

  exports io.github.easywebsocket.jfr;
}
