/** Micrometer's meters of connections and messages. */
module io.github.easywebsocket.metrics.micrometer {
  requires transitive io.github.easywebsocket;
  requires transitive micrometer.core;
  requires static org.jspecify;

  exports io.github.easywebsocket.micrometer;
}
