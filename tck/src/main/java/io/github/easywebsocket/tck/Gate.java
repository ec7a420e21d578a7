package io.github.easywebsocket.tck;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Holds a handler up until the test opens it, or ends. */
final class Gate {

  private final CountDownLatch entered = new CountDownLatch(1);
  private final CountDownLatch open = new CountDownLatch(1);

  /** Called by the handler: waits until the gate is open. */
  void pass() throws InterruptedException {
    entered.countDown();
    if (!open.await(Patience.TEST.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new AssertionError("the test has not opened the gate that holds a handler");
    }
  }

  /** Called by the test: waits until a handler is held up. */
  void awaitEntered() throws InterruptedException {
    Patience.await(entered, "a handler that comes to the gate");
  }

  void open() {
    open.countDown();
  }
}
