package io.github.easywebsocket.benchmarks.servers;

import io.github.easywebsocket.CloseReason;
import io.github.easywebsocket.Limits;
import io.github.easywebsocket.Message;
import io.github.easywebsocket.WebSocketConnection;
import io.github.easywebsocket.WebSocketHandler;
import io.github.easywebsocket.WebSocketServer;
import io.github.easywebsocket.examples.nio.NioBackend;
import io.github.easywebsocket.jetty.JettyBackend;
import io.github.easywebsocket.spi.ServerBackend;
import io.github.easywebsocket.undertow.UndertowBackend;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Our own, on one of the backends, with handlers on threads of one kind. */
final class EasyWebSocketEcho implements Server {

  static final String PREFIX = "easy-";

  private static final int WORKERS = 8;

  private final ServerBackend backend;
  private final String threads;

  private EasyWebSocketEcho(ServerBackend backend, String threads) {
    this.backend = backend;
    this.threads = threads;
  }

  /** Such as {@code easy-undertow-inline}. */
  static EasyWebSocketEcho named(String name) {
    String[] part = name.split("-");
    if (part.length != 3) {
      throw new IllegalArgumentException("not easy-BACKEND-THREADS: " + name);
    }
    return new EasyWebSocketEcho(backend(part[1]), part[2]);
  }

  private static ServerBackend backend(String name) {
    return switch (name) {
      case "undertow" -> new UndertowBackend();
      case "jetty" -> new JettyBackend();
      case "nio" -> new NioBackend();
      default -> throw new IllegalArgumentException("no backend \"" + name + "\"");
    };
  }

  @Override
  public int start(Setup setup) throws Exception {
    WebSocketServer.Builder builder =
        WebSocketServer.builder()
            .backend(backend)
            .host(HOST)
            .port(setup.port())
            .maxConnections(100_000)
            .limits(Limits.DEFAULT.withMaxMessageSize(LONGEST).withSendQueueBytes(LONGEST))
            .handler(new Handler());
    if (setup.tls()) {
      builder.tls(setup.context());
    }
    switch (threads) {
      case "inline" -> builder.inline();
      case "workers" -> builder.workers(WORKERS);
      case "virtual" -> {} // the default
      default -> throw new IllegalArgumentException("no threads \"" + threads + "\"");
    }
    return builder.start().port();
  }

  private static final class Handler implements WebSocketHandler {

    private final Set<WebSocketConnection> members = ConcurrentHashMap.newKeySet();

    @Override
    public void onOpen(WebSocketConnection connection) {
      if (connection.handshake().path().equals(BROADCAST)) {
        connection.attach(members);
        members.add(connection);
      }
    }

    @Override
    public void onMessage(WebSocketConnection connection, Message message) {
      if (connection.attachment() == null) {
        connection.send(message);
      } else {
        members.forEach(member -> member.send(message));
      }
    }

    @Override
    public void onClose(WebSocketConnection connection, CloseReason reason) {
      members.remove(connection);
    }
  }
}
