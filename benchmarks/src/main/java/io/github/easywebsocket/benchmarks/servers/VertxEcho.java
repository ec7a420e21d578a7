package io.github.easywebsocket.benchmarks.servers;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.net.PfxOptions;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Vert.x: an event loop for each processor, and on each a verticle with the server. */
final class VertxEcho implements Server {

  private final Set<ServerWebSocket> members = ConcurrentHashMap.newKeySet();
  private final AtomicInteger port = new AtomicInteger();

  @Override
  public int start(Setup setup) throws Exception {
    int loops = Runtime.getRuntime().availableProcessors();
    port.set(setup.port());
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(loops));
    HttpServerOptions options = options(setup);
    vertx
        .deployVerticle(() -> new Listening(options), new DeploymentOptions().setInstances(loops))
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
    return port.get();
  }

  private static HttpServerOptions options(Setup setup) {
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(HOST)
            .setAcceptBacklog(BACKLOG)
            .setTcpNoDelay(true)
            .setPerMessageWebSocketCompressionSupported(setup.deflate())
            .setPerFrameWebSocketCompressionSupported(false)
            .setMaxWebSocketFrameSize(LONGEST)
            .setMaxWebSocketMessageSize(LONGEST);
    if (setup.tls()) {
      options
          .setSsl(true)
          .setKeyCertOptions(
              new PfxOptions()
                  .setPath(Objects.requireNonNull(setup.keys()).toString())
                  .setPassword(Setup.PASSWORD));
    }
    return options;
  }

  private final class Listening extends VerticleBase {

    private final HttpServerOptions options;

    Listening(HttpServerOptions options) {
      this.options = options;
    }

    @Override
    public Future<?> start() {
      return vertx
          .createHttpServer(new HttpServerOptions(options).setPort(port.get()))
          .webSocketHandler(VertxEcho.this::opened)
          .listen()
          .onSuccess(this::listens);
    }

    private void listens(HttpServer server) {
      port.set(server.actualPort());
    }
  }

  private void opened(ServerWebSocket connection) {
    if (connection.path().equals(BROADCAST)) {
      members.add(connection);
      connection.closeHandler(end -> members.remove(connection));
      connection.textMessageHandler(
          text -> members.forEach(member -> member.writeTextMessage(text)));
      connection.binaryMessageHandler(
          bytes -> members.forEach(member -> member.writeBinaryMessage(bytes)));
    } else {
      connection.textMessageHandler(connection::writeTextMessage);
      connection.binaryMessageHandler(connection::writeBinaryMessage);
    }
  }
}
