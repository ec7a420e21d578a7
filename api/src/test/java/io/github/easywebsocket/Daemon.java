package io.github.easywebsocket;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** Threads of tests, which what is broken may hang. */
final class Daemon {

  private Daemon() {}

  static Thread start(Runnable task) {
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** Returns when the thread waits for something. */
  static void awaitWaiting(Thread thread) {
    while (thread.getState() != Thread.State.WAITING) {
      assertTrue(thread.isAlive(), "it did not wait");
      Thread.onSpinWait();
    }
  }
}
