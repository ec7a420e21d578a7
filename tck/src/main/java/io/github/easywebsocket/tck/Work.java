package io.github.easywebsocket.tck;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Work of many steps on a thread of its own, to see whether somebody holds it up. As long as steps
 * are done it is slow at most, which is no failure and no hold-up, however busy the machine is.
 */
final class Work {

  /** One of the steps. */
  @FunctionalInterface
  interface Step {
    /**
     * Runs the step.
     *
     * @param number from 0
     */
    void run(int number) throws Exception;
  }

  /** So often nothing may have been done, looked at after other threads have had their turns. */
  private static final int QUIET_LOOKS = 5;

  private final AtomicInteger done = new AtomicInteger();
  private final CompletableFuture<Boolean> end;

  private Work(int steps, Step step) {
    end =
        Background.run(
            () -> {
              for (int i = 0; i < steps; i++) {
                step.run(i);
                done.incrementAndGet();
              }
            });
  }

  /** Begins. */
  static Work of(int steps, Step step) {
    return new Work(steps, step);
  }

  /** Waits until it stands still, and fails if it has come to its end instead. */
  void expectHeldUp(String otherwise) throws InterruptedException {
    if (comesToItsEnd()) {
      throw new AssertionError(otherwise);
    }
  }

  /** Waits until it has come to its end, or stands still. */
  boolean comesToItsEnd() throws InterruptedException {
    int before = -1;
    for (int quiet = 0; quiet < QUIET_LOOKS; quiet++) {
      int now = done.get();
      if (now > before) {
        before = now;
        quiet = 0;
      }
      if (Patience.happens(end)) {
        return true;
      }
      Patience.letHappen();
    }
    return false;
  }

  /** Waits for its end; each step must be done in time. */
  void expectDone(String what) throws Exception {
    while (true) {
      int before = done.get();
      try {
        end.get(Patience.TIME.toNanos(), TimeUnit.NANOSECONDS);
        return;
      } catch (TimeoutException e) {
        if (done.get() == before) {
          throw new AssertionError(
              what
                  + ": stands still after "
                  + before
                  + " steps for "
                  + Patience.TIME.toSeconds()
                  + " s");
        }
      } catch (ExecutionException e) {
        throw new AssertionError(what + ": failed with " + e.getCause(), e.getCause());
      }
    }
  }
}
