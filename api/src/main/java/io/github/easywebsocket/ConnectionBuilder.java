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

  /** Sets how long each thing may take. Default {@link Timeouts#DEFAULT}. */
  public B timeouts(Timeouts timeouts) {
    this.timeouts = Objects.requireNonNull(timeouts, "timeouts");
    return self();
  }

  /** Runs handlers on this many threads, made when they are needed. */
  public B workers(int threads) {
    workers = Require.positive("workers", threads);
    mode = Threads.Mode.WORKERS;
    return self();
  }

  /**
   * Runs handlers on an executor of your own, which is never shut down by this library. It must run
   * each task or throw. If it throws, that costs the connection (1011), or is answered 503. A task
   * that it drops silently, as {@code ThreadPoolExecutor.DiscardPolicy} does, takes along all
   * further callbacks of its connection, {@code onClose} included, and a stop waits for those as
   * long as it may.
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
   * timer thread, and inside of a {@code send}, {@code close} or {@code abort} on the thread that
   * calls it: call these without a lock that a handler takes, too.
   */
  public B inline() {
    mode = Threads.Mode.INLINE;
    return self();
  }

  /** Sets an option that only one engine has; the class of its backend has them as constants. */
  public <T> B option(BackendOption<T> option, T value) {
    options.put(Objects.requireNonNull(option, "option"), option.type().cast(value));
    return self();
  }

  /** Takes the time for time-outs from elsewhere; for tests. */
  public B timeSource(TimeSource source) {
    time = Objects.requireNonNull(source, "source");
    return self();
  }

  /** Sets who looks on, for metrics and the like. Default: nobody, and nothing is measured. */
  public B observer(Observer observer) {
    this.observer = new SafeObserver(Objects.requireNonNull(observer, "observer"));
    return self();
  }

  /**
   * Puts something around every callback of every handler. Default: nothing.
   *
   * @param around calls each callback, exactly once
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
