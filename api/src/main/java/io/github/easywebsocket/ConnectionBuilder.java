package io.github.easywebsocket;

import io.github.easywebsocket.spi.BackendOption;
import io.github.easywebsocket.spi.TimeSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What the builders of servers and clients have in common. Not safe from several threads. May be
 * used again: what was made before does not change.
 *
 * @param <B> the builder
 */
abstract class ConnectionBuilder<B extends ConnectionBuilder<B>> extends EndpointOptions<B> {

  List<String> backendNames = List.of();
  Timeouts timeouts = Timeouts.DEFAULT;
  @Nullable Tls tls;
  Threads.Mode mode = Threads.Mode.DEFAULT;
  int workers;
  @Nullable Executor executor;
  TimeSource time = new SystemTime(false);
  private @Nullable Observer observer;
  private @Nullable Around around;
  final Map<BackendOption<?>, Object> options = new HashMap<>();

  ConnectionBuilder() {}

  /**
   * Chooses the backend by name. A single name decides. Of several names, the first whose backend
   * is there is taken, unless the system property {@code easywebsocket.backend} (for clients {@code
   * easywebsocket.client.backend}) or the environment variable {@code EASY_WEBSOCKET_BACKEND} (for
   * clients {@code EASY_WEBSOCKET_CLIENT_BACKEND}) names another. Default: the backend that these
   * name, or the only one there is.
   */
  public B backend(String name, String... alternatives) {
    List<String> names = new ArrayList<>(List.of(alternatives));
    names.add(0, Objects.requireNonNull(name, "name"));
    backendNames = List.copyOf(names);
    return self();
  }

  /** Sets the time-outs. Default {@link Timeouts#DEFAULT}. */
  public B timeouts(Timeouts timeouts) {
    this.timeouts = Objects.requireNonNull(timeouts, "timeouts");
    return self();
  }

  /**
   * Runs handlers, the verifier and the HTTP handler on a pool of this many threads, made as they
   * are needed. Of this, {@link #executor} and {@link #inline()} the last call counts.
   *
   * <p>Default, without any of them: virtual threads on JDK 21 and later; before, four threads for
   * each processor but at least 16, and up to 256 while all of them block.
   */
  public B workers(int threads) {
    workers = Require.positive("workers", threads);
    mode = Threads.Mode.WORKERS;
    return self();
  }

  /**
   * Runs handlers, the verifier and the HTTP handler on an executor of your own, which this library
   * never shuts down. It must run each task or throw. If it throws, that costs the connection
   * (1011), or the request gets 503. If it silently drops a task, as {@code
   * ThreadPoolExecutor.DiscardPolicy} does, that connection gets no further callbacks, not even
   * {@code onClose}, and a stop waits for those until it times out.
   */
  public B executor(Executor executor) {
    mode = Threads.Mode.OWN;
    this.executor = Objects.requireNonNull(executor, "executor");
    return self();
  }

  /**
   * Runs handlers, the verifier and the HTTP handler on the engine's I/O threads. They must not
   * block: one that does holds up all connections of its thread. Faster, since nothing is handed to
   * another thread.
   *
   * <p>{@code onWritable}, {@code onError} and {@code onClose} may then also run on the library's
   * timer thread, or inside a call of {@code send}, {@code close} or {@code abort}, on the thread
   * that calls it: do not call these while you hold a lock that a handler takes, too.
   */
  public B inline() {
    mode = Threads.Mode.INLINE;
    return self();
  }

  /** Sets an option that only one engine has. The class of its backend has these as constants. */
  public <T> B option(BackendOption<T> option, T value) {
    options.put(Objects.requireNonNull(option, "option"), option.type().cast(value));
    return self();
  }

  /** Sets where time-outs take their time from; for tests. Default: the JVM's monotonic clock. */
  public B timeSource(TimeSource source) {
    time = Objects.requireNonNull(source, "source");
    return self();
  }

  /** Sets an observer, for metrics and the like. Default: none, and nothing is measured. */
  public B observer(Observer observer) {
    this.observer = new SafeObserver(Objects.requireNonNull(observer, "observer"));
    return self();
  }

  /**
   * Wraps every callback of every handler. Default: nothing does.
   *
   * @param around runs each callback, exactly once
   */
  public B around(Around around) {
    this.around = Objects.requireNonNull(around, "around");
    return self();
  }

  Hooks hooks() {
    return new Hooks(observer, around);
  }

  boolean isInline() {
    return mode == Threads.Mode.INLINE;
  }

  Threads startThreads() {
    return Threads.start(mode, workers, executor);
  }
}
