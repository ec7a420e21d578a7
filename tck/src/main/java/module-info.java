/** The conformance suite of backends. */
module io.github.easywebsocket.tck {
  requires transitive io.github.easywebsocket;
  requires transitive org.junit.jupiter.api;
}
