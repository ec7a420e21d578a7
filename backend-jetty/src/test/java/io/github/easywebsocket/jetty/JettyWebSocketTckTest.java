package io.github.easywebsocket.jetty;

import io.github.easywebsocket.WebSocketServer;
import io.github.easywebsocket.spi.Capability;
import java.util.Set;

/** On Jetty's own layer, which does not keep every rule. */
class JettyWebSocketTckTest extends JettyTckTest {
  @Override
  protected String name() {
    return "jetty-websocket";
  }

  @Override
  protected void configure(WebSocketServer.Builder builder) {
    builder.option(JettyBackend.JETTY_WEBSOCKET, true);
  }

  @Override
  protected Set<Capability> capabilities() {
    return Set.of(Capability.TLS, Capability.HTTP2);
  }

  @Override
  protected Set<String> variances() {
    String late = "Jetty looks at a length below 2^31 when the first byte of the payload is there";
    return Set.of(
        "3.6: Jetty's parser takes a length that is not encoded in the fewest bytes",
        "6.1 over the limit fails at its header: " + late,
        "6.1 over the rest of the limit fails at its header: " + late,
        "6.8: Jetty puts a frame's header and payload together, in a copy that nobody else sees");
  }
}
