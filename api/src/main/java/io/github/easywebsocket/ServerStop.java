package io.github.easywebsocket;

import io.github.easywebsocket.spi.ServerBackend;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** How a server stops: once, whoever asks first. */
final class ServerStop {

  /** How long handlers of aborted connections may take for their onClose. */
  private static final long AFTER_ABORT = TimeUnit.SECONDS.toNanos(1);

  /** How long a peer may take to end TCP after both close frames, before we end it. */
  private static final long LINGER = TimeUnit.MILLISECONDS.toNanos(200);

  /** How long the engine may take in all, at least; it has the time-out if that is longer. */
  private static final Duration FOR_ENGINE = Duration.ofSeconds(2);

  private final ServerBackend.Running running;
  private final Answers answers;
  private final Connections connections;
  private final Threads threads;
  private final Duration spread;
  private final Duration timeout;
  private final AtomicBoolean begun = new AtomicBoolean();
  private final CountDownLatch done = new CountDownLatch(1);
  private long forEngine; // what is left of its time, in ns; of the stopper only
  private volatile @Nullable Thread stopper;
  private volatile @Nullable Thread shutdownHook;

  /**
   * Stops nothing yet.
   *
   * @param spread the window over which connections are closed
   * @param timeout from the beginning until what is left is aborted
   */
  ServerStop(
      ServerBackend.Running running,
      Answers answers,
      Connections connections,
      Threads threads,
      Duration spread,
      Duration timeout) {
    this.running = running;
    this.answers = answers;
    this.connections = connections;
    this.threads = threads;
    this.spread = spread;
    this.timeout = timeout;
    this.forEngine = (timeout.compareTo(FOR_ENGINE) > 0 ? timeout : FOR_ENGINE).toNanos();
  }

  /** Has the JVM's shutdown stop the server, as long as it runs. */
  void onShutdown() {
    Thread hook = new Thread(null, () -> stop(() -> {}), "easy-websocket-shutdown", 0, false);
    hook.setContextClassLoader(null); // the JVM holds the hook, and would hold the class loader
    try {
      Runtime.getRuntime().addShutdownHook(hook);
    } catch (IllegalStateException e) { // the JVM shuts down already
      stop(() -> {});
      throw e;
    }
    shutdownHook = hook;
  }

  @Nullable Thread shutdownHook() {
    return shutdownHook;
  }

  private void forgetShutdown() {
    Thread hook = shutdownHook;
    if (hook != null) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        Log.log(Level.DEBUG, "the JVM shuts down");
      }
    }
  }

  /** Where the server is between start and stop, in a word. */
  String state() {
    return done.getCount() == 0 ? "stopped" : begun.get() ? "stopping" : "running";
  }

  boolean stop(Runnable cleanup) {
    boolean first = begun.compareAndSet(false, true);
    boolean mayWait = !onThreadThatMustNotWait();
    if (first && mayWait) {
      stopNow(cleanup);
    } else if (first) {
      Threads.daemons("easy-websocket-stop").newThread(() -> stopNow(cleanup)).start();
    } else if (mayWait) {
      awaitDone();
    }
    return first;
  }

  /**
   * Whether the caller is user code that was called by this server: to wait would be for itself.
   */
  private boolean onThreadThatMustNotWait() {
    return Thread.currentThread() == stopper // in the clean-up
        || answers.onUserThread()
        || connections.all().stream().anyMatch(session -> !session.mayAwaitEnd());
  }

  private void awaitDone() {
    try {
      done.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void stopNow(Runnable cleanup) {
    boolean interrupted = Thread.interrupted();
    stopper = Thread.currentThread();
    try {
      answers.stop();
      interrupted |= stopEngine(running::stopAccepting);
      long deadline = System.nanoTime() + timeout.toNanos();
      interrupted |= endConnections(deadline);
      interrupted |= endAnswers(interrupted ? System.nanoTime() : deadline);
      interrupted |= stopEngine(running::stop);
      connections.close();
      threads.shutdown();
      forgetShutdown();
      cleanup.run();
    } finally {
      interrupted |= threads.awaitEnd(AFTER_ABORT);
      stopper = null;
      done.countDown();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Has a thread of its own stop the engine, and does not wait for ever: an engine waits for its
   * threads, and an inline handler that does not return keeps one.
   */
  private boolean stopEngine(Runnable step) {
    Thread thread = Threads.daemons("easy-websocket-engine-stop").newThread(() -> guarded(step));
    thread.start();
    boolean interrupted = false;
    long begin = System.nanoTime();
    long left = forEngine;
    while (thread.isAlive() && left > 0) {
      try {
        thread.join(1 + TimeUnit.NANOSECONDS.toMillis(left));
      } catch (InterruptedException e) {
        interrupted = true; // what the engine holds is worth the wait
      }
      left = forEngine - (System.nanoTime() - begin);
    }
    forEngine = left;
    if (thread.isAlive()) {
      Log.log(
          Level.ERROR,
          "the engine does not stop, and what it holds may leak: does an inline handler block?");
    }
    return interrupted;
  }

  private static void guarded(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error e) {
      Log.log(Level.ERROR, "the engine failed to stop; what it holds may leak", e);
    }
  }

  /** Closes all, waits up to the deadline, and aborts the rest; true if interrupted. */
  private boolean endConnections(long deadline) {
    boolean interrupted = false;
    long now = connections.nanoTime();
    Farewell farewell = new Farewell(connections.stop(), now, spread.toNanos());
    connections.watch(farewell);
    farewell.sweep(now);
    try {
      if (!connections.awaitOpenings(deadline - System.nanoTime())) {
        Log.log(Level.WARNING, "an upgrade has neither succeeded nor failed");
      }
      // with those that have opened meanwhile, and closed at once
      await(ends(connections.stop()), deadline - System.nanoTime());
      connections.awaitNone(Math.min(LINGER, deadline - System.nanoTime()));
    } catch (InterruptedException e) {
      interrupted = true; // no more patience
    }
    connections.unwatch(farewell);
    farewell.closeRest();
    Collection<Session> left = connections.stop();
    CompletableFuture<?> ends = ends(left);
    left.forEach(Session::abort);
    try {
      await(ends, AFTER_ABORT);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    return interrupted;
  }

  /** Waits for answers up to the deadline, and refuses the rest; true if interrupted. */
  private boolean endAnswers(long deadline) {
    try {
      if (!answers.awaitNone(deadline - System.nanoTime())) {
        Log.log(
            Level.WARNING,
            "not every request was answered in time: what is left gets 503, or is cut off");
        answers.refuseRest();
        answers.awaitNone(LINGER);
      }
      return false;
    } catch (InterruptedException e) {
      return true;
    }
  }

  private static CompletableFuture<?> ends(Collection<Session> sessions) {
    return CompletableFuture.allOf(
        sessions.stream()
            .map(session -> session.closed().toCompletableFuture())
            .toArray(CompletableFuture<?>[]::new));
  }

  private static void await(CompletableFuture<?> ends, long nanos) throws InterruptedException {
    try {
      ends.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      Log.log(Level.DEBUG, "not all connections have ended in time");
    } catch (ExecutionException e) {
      throw new IllegalStateException("closed() never fails", e);
    }
  }
}
