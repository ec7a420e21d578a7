package io.github.easywebsocket;

import io.github.easywebsocket.spi.BackendOption;
import io.github.easywebsocket.spi.Capability;
import io.github.easywebsocket.spi.ClientBackend;
import io.github.easywebsocket.spi.ClientSettings;
import java.net.URI;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
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
  private final @Nullable Callable<URI> address;
  private final @Nullable Callable<Headers> credentials;
  private final Threads threads;
  private final Connections connections;
  private volatile URI last; // of the last attempt

  /**
   * Makes a connector.
   *
   * @param address asked before each attempt for the URI, or null for that of the settings
   * @param credentials asked before each attempt for headers beside those of the settings, or null
   */
  Connector(
      ClientBackend backend,
      ClientSettings settings,
      @Nullable Callable<URI> address,
      @Nullable Callable<Headers> credentials,
      Threads threads,
      Connections connections) {
    this.backend = backend;
    this.settings = settings;
    this.last = settings.uri();
    this.address = address;
    this.credentials = credentials;
    this.threads = threads;
    this.connections = connections;
  }

  /** What one attempt asks for. */
  record Request(URI uri, Headers headers) {}

  /**
   * The request of the next attempt; asks the application on the calling thread.
   *
   * @throws WebSocketException of kind {@code HANDSHAKE} if it has none to give
   */
  Request request() throws WebSocketException {
    URI uri = address == null ? settings.uri() : ask("uri(…)", address, this::requireUsable);
    last = uri;
    Headers headers =
        credentials == null
            ? settings.headers()
            : settings.headers().with(ask("headers(…)", credentials, Connector::requireFree));
    return new Request(uri, headers);
  }

  private static void requireFree(Headers headers) {
    headers.forEach((name, value) -> OpeningHandshake.requireNotReserved(name));
  }

  private void requireUsable(URI uri) throws WebSocketException {
    WebSocketClient.Builder.check(uri);
    requireTls(backend, settings.options(), uri);
  }

  /** Checks that the backend has TLS if the URI asks for it. */
  static void requireTls(ClientBackend backend, Map<BackendOption<?>, Object> options, URI uri)
      throws WebSocketException {
    if (uri.getScheme().equalsIgnoreCase("wss")) {
      BackendChecks.require(backend, options, Capability.TLS, "wss://");
    }
  }

  /** What an answer of the application has to be. */
  @FunctionalInterface
  private interface Check<T> {
    void accept(T answer) throws WebSocketException;
  }

  private static <T> T ask(String option, Callable<T> source, Check<T> check)
      throws WebSocketException {
    try {
      T answer = Objects.requireNonNull(source.call(), () -> option + " returned null");
      check.accept(answer);
      return answer;
    } catch (Throwable e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      throw new WebSocketException(
          WebSocketException.Kind.HANDSHAKE, option + " had none to give: " + e, e);
    }
  }

  /** A connection that is still to be made, by this request. */
  Session session(WebSocketHandler handler, Request request) {
    connections.reserve(Integer.MAX_VALUE);
    return new Session(
        connections, handler, handshake(request), settings.limits(), connections.nextId());
  }

  private static Handshake handshake(Request request) {
    String path = request.uri.getPath();
    String query = request.uri.getRawQuery();
    return new Handshake(
        path == null || path.isEmpty() ? "/" : path,
        Map.of(),
        query == null ? "" : query,
        request.headers,
        null,
        null);
  }

  /**
   * Begins to connect.
   *
   * @return completes when the connection is open; fails with what is wrong as the user is to see
   *     it. Cancelled, it ends the attempt
   */
  CompletableFuture<Void> connect(Session session, Request request) {
    CompletableFuture<Void> engine;
    try {
      ClientSettings with = settings.withRequest(request.uri, request.headers);
      engine = backend.connect(with, session).toCompletableFuture();
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
        ? BackendChecks.engineMissing(backend, missing)
        : failure;
  }

  WebSocketException timedOut() {
    return new WebSocketException(
        WebSocketException.Kind.TIMEOUT,
        "no connection to " + last.getHost() + " within " + timeouts().handshake());
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
    URI uri = last;
    return uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
  }
}
