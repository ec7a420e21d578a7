package io.github.easywebsocket;

import io.github.easywebsocket.spi.TimeSource;
import io.github.easywebsocket.spi.TimeSource.Ticking;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** Runs a task once, after a while; whoever comes first, the task or {@link #cancel}, is it. */
final class Alarm {

  private final Runnable task;
  private final AtomicBoolean over = new AtomicBoolean();
  private final CompletableFuture<Ticking> ticking = new CompletableFuture<>();

  private Alarm(Runnable task) {
    this.task = task;
  }

  /** Sets an alarm; the task runs on a thread of the time source, and may block it. */
  static Alarm set(TimeSource time, Duration delay, Runnable task) {
    Alarm alarm = new Alarm(task);
    alarm.ticking.complete(time.every(delay, alarm::ring));
    return alarm;
  }

  private void ring() {
    if (over.compareAndSet(false, true)) {
      try {
        task.run();
      } finally {
        ticking.thenAccept(Ticking::close); // not before: it may interrupt this thread
      }
    }
  }

  /** Has the task not run; false if that is too late. */
  boolean cancel() {
    boolean first = over.compareAndSet(false, true);
    if (first) {
      ticking.thenAccept(Ticking::close);
    }
    return first;
  }
}
