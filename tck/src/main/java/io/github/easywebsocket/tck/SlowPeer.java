package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.github.easywebsocket.Limits;
import io.github.easywebsocket.Limits.Overflow;
import io.github.easywebsocket.Timeouts;
import io.github.easywebsocket.WebSocketConnection;
import io.github.easywebsocket.WebSocketException;
import io.github.easywebsocket.WebSocketException.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** A connection whose peer reads only when the test says so, and what was sent to it. */
final class SlowPeer {

  /** The bound of the send queue. */
  static final int QUEUE = 200_000;

  /** The size of a message. */
  static final int SIZE = 20_000;

  /** More messages than the queue and the kernel's buffers hold. */
  static final int MANY = 2_000;

  /** Time-outs of those who never give up a peer that is silent. */
  static final Timeouts PATIENT = Timeouts.DEFAULT.withIdle(Duration.ZERO).withPing(Duration.ZERO);

  /** So many messages are much less than a third of what Linux takes at first. */
  private static final int SLOWLY = 10;

  private final Link link;
  private final List<CompletableFuture<Void>> taken = new ArrayList<>();
  private final List<CompletableFuture<Void>> refused = new ArrayList<>();

  private SlowPeer(Link link) {
    this.link = link;
  }

  static SlowPeer open(Trial trial, Overflow policy, Timeouts timeouts) throws Exception {
    Limits limits = limits(policy);
    return new SlowPeer(trial.open(setup -> setup.limits(limits).timeouts(timeouts).smallWindow()));
  }

  /** Makes the peer of a connection that has {@link #limits} a slow one. */
  static SlowPeer of(Link link) {
    return new SlowPeer(link);
  }

  static Limits limits(Overflow policy) {
    return Limits.DEFAULT.withSendQueueBytes(QUEUE).withOverflow(policy);
  }

  static SlowPeer open(Trial trial, Overflow policy) throws Exception {
    return open(trial, policy, Timeouts.DEFAULT);
  }

  Link link() {
    return link;
  }

  static String message(int number) {
    String text = "message " + number + " ";
    return text + "x".repeat(SIZE - text.length());
  }

  /** Sends until the queue is full and stays so: the buffers of the kernel are full, too. */
  SlowPeer fill() throws InterruptedException {
    for (int quiet = 0; quiet < 3; quiet++) {
      int before = taken.size();
      sendUntilRefused();
      if (taken.size() > before) {
        quiet = 0;
      }
      Patience.letHappen();
    }
    return this;
  }

  /**
   * Lets time pass until the system takes nothing more, even if that is tried, and the queue is
   * full again. Two seconds of the write time-out are over then.
   */
  SlowPeer awaitStuck(Trial trial) throws InterruptedException {
    WebSocketConnection connection = link.connection();
    while (true) {
      long before = connection.pendingBytes();
      trial.time().advance(Duration.ofSeconds(2));
      Patience.letHappen(); // what is tried is done on other threads
      if (!connection.isOpen() || connection.pendingBytes() == before) {
        return this;
      }
      fill();
    }
  }

  /** Lets the write time-out pass, and again in case that something was tried late. */
  void letTimeOut(Trial trial) throws InterruptedException {
    for (int i = 0; i < 2; i++) {
      awaitStuck(trial);
      trial.time().advance(Duration.ofSeconds(10));
    }
  }

  /**
   * Has the peer, while the queue is full, read so little that the system may not tell of room,
   * again and again after more than half of the write time-out, and in the end all.
   */
  void readSlowly(Trial trial) throws Exception {
    WebSocketConnection connection = link.connection();
    int read = 0;
    for (int i = 0; i < 3; i++) {
      fill().awaitStuck(trial);
      trial.time().advance(Duration.ofSeconds(4));
      long before = connection.pendingBytes();
      read(read, read + SLOWLY);
      read += SLOWLY;
      for (int second = 0; second < 3 && connection.pendingBytes() == before; second++) {
        Patience.letHappen();
        trial.time().advance(Duration.ofSeconds(1));
      }
      Patience.until(() -> connection.pendingBytes() < before, "some of what waits is written");
    }
    read(read, taken.size());
  }

  private void sendUntilRefused() {
    while (taken.size() < MANY) {
      CompletableFuture<Void> send =
          link.connection().send(message(taken.size())).toCompletableFuture();
      if (send.isCompletedExceptionally()) {
        refused.add(send);
        return;
      }
      taken.add(send);
    }
    throw new AssertionError("40 MB are taken for a peer that does not read");
  }

  /** The sends that did not fail at once, in their order. */
  List<CompletableFuture<Void>> taken() {
    return taken;
  }

  /** The last send that failed at once. */
  CompletableFuture<Void> refused() {
    return refused.get(refused.size() - 1);
  }

  /** Has the peer read messages that were taken. */
  void read(int from, int to) throws IOException {
    for (int i = from; i < to; i++) {
      link.peer().expectText(message(i));
    }
  }

  /** The kind that a send has failed with. */
  static Kind kindOf(CompletableFuture<?> send) throws InterruptedException {
    try {
      send.get();
    } catch (ExecutionException e) {
      return assertInstanceOf(WebSocketException.class, e.getCause()).kind();
    }
    throw new AssertionError("the send must fail");
  }
}
