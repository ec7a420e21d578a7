package io.github.easywebsocket.tck;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How long the suite waits for what must happen. It waits for events, so a long patience costs
 * nothing but when a test fails. {@code -Deasywebsocket.tck.patience=<seconds>} sets it.
 */
final class Patience {

  /** For one event. */
  static final Duration TIME =
      Duration.ofSeconds(Integer.getInteger("easywebsocket.tck.patience", 5));

  /** For one event of a test that must fail, since a variance covers it. */
  static final Duration TO_FAIL = Duration.ofMillis(500);

  /** For one test: several events, and work that takes long where the machine is busy. */
  static final Duration TEST = TIME.multipliedBy(4).plusSeconds(5);

  /** To be sure that something that must not happen does not: if it did, it would be at once. */
  static final Duration NEVER = Duration.ofMillis(200);

  private static final int TURNS = 20;

  private Patience() {}

  /** The value of a stage, which must be there in time. */
  static <T> T get(CompletionStage<T> stage, String what) throws Exception {
    return get(stage, what, Duration.ZERO);
  }

  /**
   * The value of a stage, which must be there in time.
   *
   * @param allowed how long it takes if all is in order
   */
  static <T> T get(CompletionStage<T> stage, String what, Duration allowed) throws Exception {
    Duration time = TIME.plus(allowed);
    try {
      return stage.toCompletableFuture().get(time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError(what + ": not completed within " + time.toSeconds() + " s");
    } catch (ExecutionException e) {
      throw new AssertionError(what + ": failed with " + e.getCause(), e.getCause());
    }
  }

  /** What a stage failed with, in time. */
  static Throwable failure(CompletionStage<?> stage, String what) throws Exception {
    try {
      Object value = stage.toCompletableFuture().get(TIME.toNanos(), TimeUnit.NANOSECONDS);
      throw new AssertionError(what + ": must fail, but completed with " + value);
    } catch (TimeoutException e) {
      throw new AssertionError(what + ": not completed within " + TIME.toSeconds() + " s");
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      return cause != null ? cause : e;
    }
  }

  /** Whether something that must not happen does. */
  static boolean happens(CompletionStage<?> stage) throws InterruptedException {
    try {
      stage.toCompletableFuture().get(NEVER.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new AssertionError("failed with " + e.getCause(), e.getCause());
    }
  }

  /**
   * Gives time to what no one can see: that of many changes of threads, which take long where the
   * machine is busy.
   */
  static void letHappen() throws InterruptedException {
    boolean opened = new CountDownLatch(1).await(NEVER.toNanos() / 2, TimeUnit.NANOSECONDS);
    if (opened) {
      throw new IllegalStateException("nobody opens this latch");
    }
    for (int turn = 0; turn < TURNS; turn++) {
      Background.run(() -> {}).join();
    }
  }

  /** Waits for what nobody tells of. */
  static void until(BooleanSupplier condition, String what) {
    if (!comes(condition)) {
      throw new AssertionError(what + ": not within " + TIME.toSeconds() + " s");
    }
  }

  /** Waits for what nobody tells of; whether it comes in time. */
  static boolean comes(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TIME.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      Thread.yield();
    }
    return true;
  }

  /** Waits until a latch is open. */
  static void await(CountDownLatch latch, String what) throws InterruptedException {
    if (!latch.await(TIME.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new AssertionError(what + ": not within " + TIME.toSeconds() + " s");
    }
  }

  /** Waits for a thread to end; false if it has not. */
  static boolean ended(Thread thread) throws InterruptedException {
    thread.join(TIME.toMillis());
    return !thread.isAlive();
  }

  /** Takes the next element of a queue, or null if none comes in time. */
  static <T> @Nullable T next(BlockingQueue<T> queue, Duration time) throws InterruptedException {
    return queue.poll(time.toNanos(), TimeUnit.NANOSECONDS);
  }
}
