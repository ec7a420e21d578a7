package io.github.easywebsocket.benchmarks.servers;

import java.util.Map;
import org.glassfish.tyrus.core.TyrusWebSocketEngine;
import org.glassfish.tyrus.server.Server;

/** Tyrus on Grizzly. */
final class TyrusEcho implements io.github.easywebsocket.benchmarks.servers.Server {

  @Override
  public int start(Setup setup) throws Exception {
    Map<String, Object> properties = Map.of(TyrusWebSocketEngine.INCOMING_BUFFER_SIZE, LONGEST);
    Server server =
        new Server(
            HOST,
            setup.port() == 0 ? -1 : setup.port(),
            "/",
            properties,
            JakartaEcho.Echo.class,
            JakartaEcho.Broadcast.class);
    server.start();
    return server.getPort();
  }
}
