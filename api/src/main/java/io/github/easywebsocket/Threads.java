package io.github.easywebsocket;

import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The threads that run handlers: chosen in the builder, made at start, ended at stop. */
final class Threads {

  /** How handlers are run. */
  enum Mode {
    /** On virtual threads where the JVM has them, else on workers. */
    DEFAULT,
    WORKERS,
    /** On an executor of the user's. */
    OWN,
    /** On the engine's threads. */
    INLINE
  }

  /** So many handlers may block at the same time before JDK 21. */
  static final int MOST_WORKERS = 256;

  private final @Nullable Executor executor;
  private final @Nullable ExecutorService ours;

  private Threads(@Nullable Executor executor, @Nullable ExecutorService ours) {
    this.executor = executor;
    this.ours = ours;
  }

  static Threads start(Mode mode, int workers, @Nullable Executor own) {
    return switch (mode) {
      case INLINE -> new Threads(null, null);
      case OWN -> new Threads(own, null);
      case WORKERS -> ours(new WorkerPool(workers, workers));
      case DEFAULT -> {
        ExecutorService virtual = virtualThreads();
        yield ours(virtual != null ? virtual : defaultWorkers());
      }
    };
  }

  private static Threads ours(ExecutorService service) {
    return new Threads(service, service);
  }

  /** Has it seen to from time to time that there are enough threads. */
  void watchedBy(Connections connections) {
    if (ours instanceof WorkerPool pool) {
      connections.watch(pool);
    }
  }

  /** Runs the handlers; null for inline. */
  @Nullable Executor executor() {
    return executor;
  }

  /** Lets what runs go on, and takes no more. */
  void shutdown() {
    if (ours != null) {
      ours.shutdown();
    }
  }

  /**
   * Waits for the threads to end, and interrupts those that have not after the time. True if
   * interrupted itself.
   */
  boolean awaitEnd(long nanos) {
    try {
      if (ours != null && !ours.awaitTermination(nanos, TimeUnit.NANOSECONDS)) {
        interrupt(ours);
      }
      return false;
    } catch (InterruptedException e) {
      interrupt(ours);
      return true;
    }
  }

  /** What still waits for a thread gets one: it may be all that is left to call onClose. */
  private static void interrupt(ExecutorService service) {
    List<Runnable> waiting = service.shutdownNow();
    if (!waiting.isEmpty()) {
      daemons("easy-websocket-left").newThread(() -> waiting.forEach(Runnable::run)).start();
    }
  }

  /** Enough for handlers that now and then wait for a disk or a database, and more if they do. */
  private static ExecutorService defaultWorkers() {
    int least = Math.max(16, 4 * Runtime.getRuntime().availableProcessors());
    return new WorkerPool(least, Math.max(least, MOST_WORKERS));
  }

  /**
   * An executor with a virtual thread for each task; null before JDK 21. All have one name, since a
   * number would cost each task a string and a counter, and a thread tells its identifier anyway.
   */
  private static @Nullable ExecutorService virtualThreads() {
    try {
      Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
      Class<?> type = Class.forName("java.lang.Thread$Builder");
      type.getMethod("name", String.class).invoke(builder, "easy-websocket-handler");
      return (ExecutorService)
          Executors.class
              .getMethod("newThreadPerTaskExecutor", ThreadFactory.class)
              .invoke(null, type.getMethod("factory").invoke(builder));
    } catch (NoSuchMethodException | ClassNotFoundException e) {
      return null;
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("virtual threads cannot be used; give workers(n)", e);
    }
  }

  static ThreadFactory daemons(String name) {
    return named(name, true);
  }

  static ThreadFactory named(String name, boolean daemon) {
    AtomicInteger count = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
      thread.setDaemon(daemon);
      return thread;
    };
  }
}
