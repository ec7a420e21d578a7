package io.github.easywebsocket;

import io.github.easywebsocket.spi.TimeSource;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The JVM's monotonic clock, and a thread for each task. */
final class SystemTime implements TimeSource {

  private final boolean keepsAlive;

  /**
   * Makes a time source.
   *
   * @param keepsAlive whether the JVM stays alive while a task is run again and again
   */
  SystemTime(boolean keepsAlive) {
    this.keepsAlive = keepsAlive;
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public Ticking every(Duration period, Runnable task) {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(1, Threads.named("easy-websocket-timer", !keepsAlive));
    timer.scheduleWithFixedDelay(
        () -> guarded(task), period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
    return timer::shutdownNow;
  }

  /** An executor would not run a task again that has thrown. */
  private static void guarded(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      Log.log(Level.ERROR, "looking at the time-outs failed", e);
    }
  }
}
