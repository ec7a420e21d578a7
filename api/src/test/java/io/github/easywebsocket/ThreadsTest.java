package io.github.easywebsocket;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
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
}
