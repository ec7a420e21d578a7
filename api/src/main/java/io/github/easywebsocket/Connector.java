package io.github.easywebsocket;

import io.github.easywebsocket.spi.ClientBackend;
import io.github.easywebsocket.spi.ClientSettings;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What a client connects with, fixed as it starts, for as many connections as it makes one after
 * the other. Owns what they share: the threads of the handlers, and the sweep of the time-outs.
 */
final class Connector {

  private final ClientBackend backend;
  private final ClientSettings settings;
  private final Threads threads;
  private final Connections connections;

  Connector(
      ClientBackend backend, ClientSettings settings, Threads threads, Connections connections) {
    this.backend = backend;
    this.settings = settings;
    this.threads = threads;
    this.connections = connections;
  }

  /** A connection that is still to be made. */
  Session session(WebSocketHandler handler) {
    connections.reserve(Integer.MAX_VALUE);
    return new Session(connections, handler, handshake(), settings.limits(), connections.nextId());
  }

  private Handshake handshake() {
    URI uri = settings.uri();
    String path = uri.getPath();
    String query = uri.getRawQuery();
    return new Handshake(
        path == null || path.isEmpty() ? "/" : path,
        Map.of(),
        query == null ? "" : query,
        settings.headers(),
        null,
        null);
  }

  /**
   * Begins to connect.
   *
   * @return completes when the connection is open; fails with what is wrong as the user is to see
   *     it. Cancelled, it ends the attempt
   */
  CompletableFuture<Void> connect(Session session) {
    CompletableFuture<Void> engine;
    try {
      engine = backend.connect(settings, session).toCompletableFuture();
    } catch (RuntimeException | Error e) {
      engine = CompletableFuture.failedFuture(e);
    }
    return watched(engine);
  }

  /** The backend keeps the handshake time-out, and this one twice of it in case it does not. */
  private CompletableFuture<Void> watched(CompletableFuture<Void> engine) {
    CompletableFuture<Void> result = new CompletableFuture<>();
    long began = connections.nanoTime();
    Connections.Waiting deadline =
        now -> {
          if (now - began >= 2 * timeouts().handshake().toNanos()) {
            result.completeExceptionally(timedOut());
          }
        };
    connections.watch(deadline);
    result.whenComplete(
        (opened, failure) -> {
          connections.unwatch(deadline);
          if (failure != null) {
            engine.cancel(true);
          }
        });
    engine.whenComplete(
        (opened, failure) -> {
          if (failure == null) {
            result.complete(null);
          } else {
            result.completeExceptionally(explain(failure));
          }
        });
    return result;
  }

  private Throwable explain(Throwable failure) {
    if (failure instanceof CompletionException && failure.getCause() != null) {
      return explain(failure.getCause());
    }
    return failure instanceof LinkageError missing
        ? Backends.engineMissing(backend, missing)
        : failure;
  }

  WebSocketException timedOut() {
    return new WebSocketException(
        WebSocketException.Kind.TIMEOUT,
        "no connection to " + settings.uri().getHost() + " within " + timeouts().handshake());
  }

  /**
   * Nobody waits for the connection to open any more; if it has opened, it is aborted. True if it
   * has not, and now never does.
   */
  boolean giveUp(Session session) {
    boolean forgotten = forget(session);
    if (session.readyState() == ReadyState.CONNECTING) {
      return true;
    }
    if (!forgotten) {
      session.abort();
    }
    return false;
  }

  /** As {@link #giveUp}, but leaves a connection that has opened alone, and is true once only. */
  boolean forget(Session session) {
    boolean forgotten = session.forget();
    if (forgotten) {
      connections.unreserve();
    }
    return forgotten;
  }

  Timeouts timeouts() {
    return settings.timeouts();
  }

  /** Where handlers run; null for inline. */
  @Nullable Executor executor() {
    return connections.executor();
  }

  /** Lets go of what is shared, once the last onClose has returned. */
  void release() {
    connections.closeWhenNone();
    threads.shutdown();
  }

  /** Where it connects to; nothing that may be a secret. */
  @Override
  public String toString() {
    URI uri = settings.uri();
    return uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
  }
}
