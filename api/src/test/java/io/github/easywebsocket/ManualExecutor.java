package io.github.easywebsocket;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** Keeps tasks until the test runs them, so that it decides on every interleaving. */
final class ManualExecutor implements Executor {

  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  boolean rejects;

  /** Whether it takes what it rejects, as a broken one may. */
  boolean takesAll;

  @Override
  public synchronized void execute(Runnable task) {
    if (rejects && takesAll) {
      tasks.add(task);
    }
    if (rejects) {
      throw new RejectedExecutionException("full");
    }
    tasks.add(task);
  }

  /** Runs all tasks, and those that they add. */
  void runAll() {
    for (Runnable task; (task = next()) != null; ) {
      task.run();
    }
  }

  /** How many tasks wait. */
  synchronized int size() {
    return tasks.size();
  }

  private synchronized @Nullable Runnable next() {
    return tasks.poll();
  }
}
