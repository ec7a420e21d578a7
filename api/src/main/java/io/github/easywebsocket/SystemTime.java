package io.github.easywebsocket;

import io.github.easywebsocket.spi.TimeSource;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The JVM's monotonic clock, and a daemon thread for each task. */
final class SystemTime implements TimeSource {

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public Ticking every(Duration period, Runnable task) {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(1, Threads.daemons("easy-websocket-timer"));
    timer.scheduleWithFixedDelay(task, period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
    return timer::shutdownNow;
  }
}
