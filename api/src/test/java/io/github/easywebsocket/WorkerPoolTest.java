package io.github.easywebsocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two workers, which become up to five when they block. */
class WorkerPoolTest {

  private final WorkerPool pool = new WorkerPool(2, 5);
  private final Semaphore begun = new Semaphore(0);
  private final CountDownLatch gate = new CountDownLatch(1);

  @AfterEach
  void end() throws InterruptedException {
    gate.countDown();
    pool.shutdown();
    assertTrue(pool.awaitTermination(10, TimeUnit.SECONDS));
  }

  private void blockOne() {
    pool.execute(
        () -> {
          begun.release();
          try {
            gate.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private void blockUntilThereAreFive(int tasks) throws InterruptedException {
    for (int i = 0; i < tasks; i++) {
      blockOne();
    }
    runs(2);
    pool.sweep(0);
    runs(2);
    pool.sweep(0);
    runs(1);
    pool.sweep(0);
  }

  private void runs(int tasks) throws InterruptedException {
    assertTrue(begun.tryAcquire(tasks, 10, TimeUnit.SECONDS), tasks + " more tasks run");
  }

  @Test
  void whenAllAreBlockedThereAreMoreUpToTheMost() throws Exception {
    blockUntilThereAreFive(6);
    assertEquals(5, pool.getPoolSize(), "threads");
    assertEquals(1, pool.getQueue().size(), "tasks that wait");
  }

  @Test
  void aQueueThatMovesNeedsNoMore() throws Exception {
    CountDownLatch first = new CountDownLatch(1);
    pool.execute(first::countDown);
    assertTrue(first.await(10, TimeUnit.SECONDS));
    while (pool.getCompletedTaskCount() == 0) {
      Thread.onSpinWait();
    }
    for (int i = 0; i < 3; i++) {
      blockOne();
    }
    runs(2);
    pool.sweep(0);
    assertEquals(2, pool.getPoolSize(), "threads");
    pool.sweep(0);
    runs(1);
  }

  @Test
  void whenTheyHaveNothingToDoThereAreFewerAgain() throws Exception {
    blockUntilThereAreFive(5);
    assertEquals(5, pool.getPoolSize(), "threads, while all are blocked");
    gate.countDown();
    while (pool.getActiveCount() > 0) {
      Thread.onSpinWait();
    }
    pool.sweep(0);
    assertEquals(2, pool.getMaximumPoolSize(), "threads that there may be");
  }
}
