package io.github.easywebsocket;

import io.github.easywebsocket.spi.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A clock that stands still until the test lets time pass; then what ticks runs on its thread. */
final class ManualTime implements TimeSource {

  private final List<Tick> ticks = new CopyOnWriteArrayList<>();
  private volatile long now =
      Long.MAX_VALUE - 1_000; // nanoTime may overflow; so does this, at once

  private record Tick(long period, Runnable task, long[] next) {}

  @Override
  public long nanoTime() {
    return now;
  }

  @Override
  public Ticking every(Duration period, Runnable task) {
    Tick tick = new Tick(period.toNanos(), task, new long[] {now + period.toNanos()});
    ticks.add(tick);
    return () -> ticks.remove(tick);
  }

  /** Lets time pass, and runs what is due on the way. */
  void advance(Duration duration) {
    long end = now + duration.toNanos();
    for (Tick tick : ticks) {
      while (ticks.contains(tick) && tick.next[0] - end <= 0) {
        now = tick.next[0];
        tick.next[0] += tick.period;
        tick.task.run();
      }
    }
    now = end;
  }

  /** Whether nothing ticks any more. */
  boolean isQuiet() {
    return ticks.isEmpty();
  }
}
