package io.github.easywebsocket.tck;

import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs a test on a thread of its own: one that hangs fails with a dump of all threads. */
final class Watchdog {

  private Watchdog() {}

  /** Runs a test; one that hangs is left alone. */
  static void run(String test, Judge.Body body, Runnable abandon) throws Throwable {
    FutureTask<Void> task =
        new FutureTask<>(
            () -> {
              try {
                body.run();
              } catch (Exception | Error e) {
                throw e;
              } catch (Throwable e) {
                throw new AssertionError(e);
              }
              return null;
            });
    Thread thread = new Thread(task, "tck " + test);
    thread.setDaemon(true);
    thread.start();
    try {
      task.get(Patience.TEST.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw cause != null ? cause : e;
    } catch (TimeoutException e) {
      String threads = dump();
      thread.interrupt();
      abandon.run();
      throw new AssertionError(
          "the test hangs: it has not ended within " + Patience.TEST.toSeconds() + " s" + threads);
    }
  }

  private static String dump() {
    StringBuilder dump = new StringBuilder();
    Map<Thread, StackTraceElement[]> stacks = Thread.getAllStackTraces();
    stacks.forEach(
        (thread, stack) -> {
          dump.append(String.format("%n  \"%s\" %s", thread.getName(), thread.getState()));
          for (StackTraceElement frame : stack) {
            dump.append(String.format("%n      at %s", frame));
          }
        });
    return dump.toString();
  }
}
