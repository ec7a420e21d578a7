package io.github.easywebsocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.spi.TimeSource;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SystemTimeTest {

  @RegisterExtension final Logged logged = new Logged();

  @Test
  void aTaskThatHasThrownIsRunAgain() throws InterruptedException {
    CountDownLatch runs = new CountDownLatch(2);
    Queue<String> names = new ConcurrentLinkedQueue<>();
    TimeSource.Ticking ticking =
        new SystemTime(false)
            .every(
                Duration.ofMillis(1),
                () -> {
                  names.add(Thread.currentThread().getName());
                  runs.countDown();
                  if (runs.getCount() == 1) {
                    throw new IllegalStateException("planted");
                  }
                });
    try {
      assertTrue(runs.await(10, TimeUnit.SECONDS));
      assertEquals("easy-websocket-timer-1", names.peek());
    } finally {
      ticking.close();
    }
    logged.saw("looking at the time-outs failed");
  }
}
