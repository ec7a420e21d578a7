package io.github.easywebsocket.tck;

import io.github.easywebsocket.spi.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Time that passes only when a test says so: {@link #advance} runs on the caller's thread all that
 * is due, in its order.
 */
final class ManualTime implements TimeSource {

  private final List<Task> tasks = new CopyOnWriteArrayList<>();
  private volatile long now;

  private static final class Task implements Ticking {
    final long period;
    final Runnable action;
    final List<Task> owner;
    long due;

    Task(long period, Runnable action, List<Task> owner, long due) {
      this.period = period;
      this.action = action;
      this.owner = owner;
      this.due = due;
    }

    @Override
    public void close() {
      owner.remove(this);
    }
  }

  @Override
  public long nanoTime() {
    return now;
  }

  @Override
  public Ticking every(Duration period, Runnable action) {
    Task task = new Task(period.toNanos(), action, tasks, now + period.toNanos());
    tasks.add(task);
    return task;
  }

  /** Lets time pass. */
  void advance(Duration time) {
    long end = now + time.toNanos();
    for (Task next = nextDue(end); next != null; next = nextDue(end)) {
      now = Math.max(now, next.due);
      next.due += next.period;
      next.action.run();
    }
    now = end;
  }

  private @Nullable Task nextDue(long end) {
    Task next = null;
    for (Task task : tasks) {
      if (task.due <= end && (next == null || task.due < next.due)) {
        next = task;
      }
    }
    return next;
  }
}
