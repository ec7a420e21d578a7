package io.github.easywebsocket.tck;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/** What a test does beside its own thread. */
final class Background {

  private Background() {}

  /** Runs a task on a thread of its own. */
  static <T> CompletableFuture<T> call(Callable<T> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                result.complete(task.call());
              } catch (Throwable e) {
                result.completeExceptionally(e);
              }
            },
            "tck-background");
    thread.setDaemon(true);
    thread.start();
    return result;
  }

  /** A task that returns nothing. */
  @FunctionalInterface
  interface Task {
    /** Runs the task. */
    void run() throws Exception;
  }

  /** Runs a task on a thread of its own; true when it is done. */
  static CompletableFuture<Boolean> run(Task task) {
    return call(
        () -> {
          task.run();
          return true;
        });
  }
}
