package io.github.easywebsocket.benchmarks.servers;

import io.github.easywebsocket.Compression;
import io.github.easywebsocket.Limits;
import io.github.easywebsocket.Message;
import io.github.easywebsocket.WebSocketConnection;
import io.github.easywebsocket.WebSocketHandler;
import io.github.easywebsocket.WebSocketServer;
import io.github.easywebsocket.examples.nio.NioBackend;
import io.github.easywebsocket.jetty.JettyBackend;
import io.github.easywebsocket.spi.ServerBackend;
import io.github.easywebsocket.undertow.UndertowBackend;

/** Our own, on one of the backends, with handlers on threads of one kind. */
final class EasyWebSocketEcho implements Server {

  static final String PREFIX = "easy-";

  private static final int WORKERS = 8;

  private final ServerBackend backend;
  private final boolean jettyWebSocket;
  private final String threads;

  private EasyWebSocketEcho(ServerBackend backend, boolean jettyWebSocket, String threads) {
    this.backend = backend;
    this.jettyWebSocket = jettyWebSocket;
    this.threads = threads;
  }

  /** Such as {@code easy-undertow-inline}. */
  static EasyWebSocketEcho named(String name) {
    String[] part = name.split("-");
    if (part.length != 3) {
      throw new IllegalArgumentException("not easy-BACKEND-THREADS: " + name);
    }
    return new EasyWebSocketEcho(backend(part[1]), part[1].equals("jettyws"), part[2]);
  }

  private static ServerBackend backend(String name) {
    return switch (name) {
      case "undertow" -> new UndertowBackend();
      case "jetty", "jettyws" -> new JettyBackend();
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
    if (jettyWebSocket) {
      builder.option(JettyBackend.JETTY_WEBSOCKET, true);
    }
    if (setup.tls()) {
      builder.tls(setup.context());
    }
    if (setup.deflate()) {
      builder.compression(Compression.DEFAULT);
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

    @Override
    public void onOpen(WebSocketConnection connection) {
      if (connection.handshake().path().equals(BROADCAST)) {
        connection.attach(BROADCAST);
        connection.subscribe(BROADCAST);
      }
    }

    @Override
    public void onMessage(WebSocketConnection connection, Message message) {
      if (connection.attachment() == null) {
        connection.send(message);
      } else {
        connection.publish(BROADCAST, message); // to all others
        connection.send(message);
      }
    }
  }
}
