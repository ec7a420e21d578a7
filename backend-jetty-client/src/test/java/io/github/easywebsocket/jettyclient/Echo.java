package io.github.easywebsocket.jettyclient;

import io.github.easywebsocket.WebSocketClient;
import io.github.easywebsocket.WebSocketServer;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A server that sends messages back, and clients that try it. */
final class Echo implements AutoCloseable {

  private final WebSocketServer server;
  private final String scheme;

  private Echo(WebSocketServer server, String scheme) {
    this.server = server;
    this.scheme = scheme;
  }

  static Echo start() throws IOException {
    return start("ws", builder -> builder);
  }

  static Echo start(String scheme, UnaryOperator<WebSocketServer.Builder> options)
      throws IOException {
    WebSocketServer.Builder builder =
        WebSocketServer.builder()
            .backend("jetty")
            .port(0)
            .onMessage((connection, message) -> connection.send(message));
    return new Echo(options.apply(builder).start(), scheme);
  }

  int port() {
    return server.port();
  }

  WebSocketServer server() {
    return server;
  }

  URI uri() {
    return URI.create(scheme + "://localhost:" + server.port() + "/echo");
  }

  WebSocketClient.Builder client() {
    return WebSocketClient.builder(uri()).backend("jetty");
  }

  /** Connects, and has a message sent back. */
  static WebSocketClient connect(WebSocketClient.Builder builder) throws Exception {
    CompletableFuture<String> answer = new CompletableFuture<>();
    WebSocketClient client = builder.onText((connection, text) -> answer.complete(text)).connect();
    client.send("hello");
    if (!answer.get(10, TimeUnit.SECONDS).equals("hello")) {
      throw new AssertionError(answer);
    }
    return client;
  }

  @Override
  public void close() {
    server.stop();
  }
}
