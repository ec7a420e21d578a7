package io.github.easywebsocket;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The threads that run handlers. */
class ThreadsTest {

  @ParameterizedTest
  @EnumSource(names = {"DEFAULT", "WORKERS"})
  void everyThreadOfOursSaysWhoseItIs(Threads.Mode mode) {
    Threads threads = Threads.start(mode, 1, null);
    CompletableFuture<String> name = new CompletableFuture<>();
    Objects.requireNonNull(threads.executor())
        .execute(() -> name.complete(Thread.currentThread().getName()));
    assertTrue(name.join().startsWith("easy-websocket-"), name::join);
    threads.shutdown();
    threads.awaitEnd(Long.MAX_VALUE);
  }

  /** Among it is the onClose of a connection whose handler was still to come (rule 1.3). */
  @Test
  void whatWaitsForAThreadWhenTheTimeIsOverIsRunAllTheSame() throws Exception {
    Threads threads = Threads.start(Threads.Mode.WORKERS, 1, null);
    Executor executor = Objects.requireNonNull(threads.executor());
    CountDownLatch blocked = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    CompletableFuture<String> ran = new CompletableFuture<>();
    executor.execute(
        () -> {
          blocked.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            interrupted.countDown();
          }
        });
    executor.execute(() -> ran.complete(Thread.currentThread().getName()));
    blocked.await();
    threads.shutdown();
    threads.awaitEnd(0);
    interrupted.await();
    String name = ran.get(10, TimeUnit.SECONDS);
    assertTrue(name.startsWith("easy-websocket-"), name);
  }
}
