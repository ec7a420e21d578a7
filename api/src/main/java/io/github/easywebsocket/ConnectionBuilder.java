package io.github.easywebsocket;

import io.github.easywebsocket.WebSocketHandler.Event;
import io.github.easywebsocket.WebSocketHandler.Opening;
import io.github.easywebsocket.spi.BackendOption;
import io.github.easywebsocket.spi.TimeSource;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * What the builders of servers and clients have in common. Not safe from several threads. May be
 * used again: what was made before does not change.
 *
 * @param <B> the builder
 */
abstract class ConnectionBuilder<B extends ConnectionBuilder<B>> {

  List<String> backendNames = List.of();
  @Nullable WebSocketHandler handler;
  final Callbacks callbacks = new Callbacks();
  Limits limits = Limits.DEFAULT;
  Timeouts timeouts = Timeouts.DEFAULT;
  List<String> subprotocols = List.of();
  Headers headers = Headers.EMPTY;
  @Nullable SSLContext tls;
  Threads.Mode mode = Threads.Mode.DEFAULT;
  int workers;
  @Nullable Executor executor;
  TimeSource time = new SystemTime(false);
  final Map<BackendOption<?>, Object> options = new HashMap<>();

  ConnectionBuilder() {}

  abstract B self();

  /**
   * Chooses the backend by name. With several names, the first that is there is taken, if neither
   * the system property nor the environment variable names another; {@code docs/errors.md} has the
   * whole order.
   */
  public B backend(String name, String... alternatives) {
    List<String> names = new ArrayList<>(List.of(alternatives));
    names.add(0, Objects.requireNonNull(name, "name"));
    backendNames = List.copyOf(names);
    return self();
  }

  /**
   * Sets the handler for all that happens; the functions given to {@code on…} are not used then.
   */
  public B handler(WebSocketHandler handler) {
    this.handler = Objects.requireNonNull(handler, "handler");
    return self();
  }

  /** Called as {@link WebSocketHandler#onOpen}. */
  public B onOpen(Opening function) {
    callbacks.open = Objects.requireNonNull(function);
    return self();
  }

  /** Called as {@link WebSocketHandler#onMessage}. */
  public B onMessage(Event<Message> function) {
    callbacks.message = Objects.requireNonNull(function);
    return self();
  }

  /** Called for each text message, with its text; a binary one is dropped if nothing takes it. */
  public B onText(Event<String> function) {
    callbacks.text = Objects.requireNonNull(function);
    return self();
  }

  /** Called for each binary message, with its read-only payload, yours to keep. */
  public B onBinary(Event<ByteBuffer> function) {
    callbacks.binary = Objects.requireNonNull(function);
    return self();
  }

  /** Called as {@link WebSocketHandler#onPing}. */
  public B onPing(Event<ByteBuffer> function) {
    callbacks.ping = Objects.requireNonNull(function);
    return self();
  }

  /** Called as {@link WebSocketHandler#onPong}. */
  public B onPong(Event<ByteBuffer> function) {
    callbacks.pong = Objects.requireNonNull(function);
    return self();
  }

  /**
   * Called as {@link WebSocketHandler#onError}. Without it, what a handler threw is logged as a
   * warning, and what the peer or the network did only at level DEBUG.
   */
  public B onError(Event<Throwable> function) {
    callbacks.error = Objects.requireNonNull(function);
    return self();
  }

  /** Called as {@link WebSocketHandler#onClose}. */
  public B onClose(Event<CloseReason> function) {
    callbacks.close = Objects.requireNonNull(function);
    return self();
  }

  /** Sets the bounds of each connection. Default {@link Limits#DEFAULT}. */
  public B limits(Limits limits) {
    this.limits = Objects.requireNonNull(limits, "limits");
    return self();
  }

  /** Sets the longest message taken from the peer, in bytes; see {@link Limits}. Default 1 MiB. */
  public B maxMessageSize(int bytes) {
    return limits(limits.withMaxMessageSize(bytes));
  }

  /** Sets how long each thing may take. Default {@link Timeouts#DEFAULT}. */
  public B timeouts(Timeouts timeouts) {
    this.timeouts = Objects.requireNonNull(timeouts, "timeouts");
    return self();
  }

  /**
   * Sets the subprotocols (RFC 6455 §1.9), in order of preference: a client offers them, a server
   * takes the first of its own that is offered, or none.
   *
   * @throws IllegalArgumentException if a name is no token, or is there twice
   */
  public B subprotocols(String... names) {
    for (String name : names) {
      if (!Headers.isToken(name)) {
        throw new IllegalArgumentException(
            "subprotocols: \"" + Log.printable(name) + "\" is not a token");
      }
    }
    if (List.of(names).stream().distinct().count() != names.length) {
      throw new IllegalArgumentException("subprotocols: a name is there twice");
    }
    subprotocols = List.of(names);
    return self();
  }

  /**
   * Adds a header to the opening handshake: at a server to its 101 response, at a client to its
   * request.
   *
   * @throws IllegalArgumentException if it is not allowed in HTTP, or belongs to the handshake
   */
  public B header(String name, String value) {
    Headers more = headers.with(name, value);
    OpeningHandshake.requireNotReserved(name);
    headers = more;
    return self();
  }

  /** Runs handlers on this many threads, made when they are needed. */
  public B workers(int threads) {
    if (threads <= 0) {
      throw new IllegalArgumentException("workers must be positive, not " + threads);
    }
    mode = Threads.Mode.WORKERS;
    workers = threads;
    return self();
  }

  /** Runs handlers on an executor of your own, which is never shut down by this library. */
  public B executor(Executor executor) {
    mode = Threads.Mode.OWN;
    this.executor = Objects.requireNonNull(executor, "executor");
    return self();
  }

  /**
   * Runs handlers, the verifier and the HTTP handler on the engine's I/O threads. They must not
   * block: one that does holds up all connections of its thread. Faster, since nothing is handed to
   * another thread.
   */
  public B inline() {
    mode = Threads.Mode.INLINE;
    return self();
  }

  /** Sets an option that only one engine has. See the backend's class of options. */
  public <T> B option(BackendOption<T> option, T value) {
    options.put(Objects.requireNonNull(option, "option"), option.type().cast(value));
    return self();
  }

  /** Takes the time for time-outs from elsewhere; for tests. */
  public B timeSource(TimeSource source) {
    time = Objects.requireNonNull(source, "source");
    return self();
  }

  WebSocketHandler effectiveHandler() {
    return handler != null ? handler : callbacks.copy();
  }

  Threads startThreads() {
    return Threads.start(mode, workers, executor);
  }
}
