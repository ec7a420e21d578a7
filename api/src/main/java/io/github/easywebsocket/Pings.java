package io.github.easywebsocket;

import static io.github.easywebsocket.WebSocketException.Kind.CLOSED;
import static io.github.easywebsocket.WebSocketException.Kind.QUEUE_FULL;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The pings of one connection that the application sent and the peer has not answered. Each carries
 * a number; a pong with it answers that ping and the ones before, which the peer was free to skip
 * (RFC 6455 §5.5.3).
 */
final class Pings {

  private static final int MAX_UNANSWERED = 32;

  private static final class Ping extends CompletableFuture<Duration> {
    final long number;
    final long sentAt;

    Ping(long number, long sentAt) {
      this.number = number;
      this.sentAt = sentAt;
    }
  }

  // guarded by this
  private final ArrayDeque<Ping> unanswered = new ArrayDeque<>(0);
  private long last;
  private boolean over;

  CompletionStage<Duration> send(Outbox outbox, long now) {
    Ping ping;
    synchronized (this) {
      if (over) {
        return CompletableFuture.failedStage(closed());
      }
      if (unanswered.size() >= MAX_UNANSWERED) {
        return CompletableFuture.failedStage(
            new WebSocketException(
                QUEUE_FULL, MAX_UNANSWERED + " pings are unanswered; await one of them"));
      }
      ping = new Ping(++last, now);
      unanswered.add(ping);
      outbox.addPing(ByteBuffer.allocate(Long.BYTES).putLong(ping.number).array());
    }
    outbox.tryDrain();
    return ping.minimalCompletionStage();
  }

  /** A pong came; if it answers none, it was not asked for. */
  void answered(byte[] payload, long now) {
    if (payload.length != Long.BYTES) {
      return;
    }
    long number = ByteBuffer.wrap(payload).getLong();
    List<Ping> done = new ArrayList<>(1);
    synchronized (this) {
      if (unanswered.stream().noneMatch(ping -> ping.number == number)) {
        return;
      }
      while (!unanswered.isEmpty() && unanswered.element().number <= number) {
        done.add(unanswered.remove());
      }
    }
    done.forEach(ping -> ping.complete(Duration.ofNanos(now - ping.sentAt)));
  }

  /** The connection is closed: fails those that are unanswered, and those to come. */
  void end() {
    List<Ping> failed;
    synchronized (this) {
      over = true;
      failed = List.copyOf(unanswered);
      unanswered.clear();
    }
    for (Ping ping : failed) {
      ping.completeExceptionally(closed());
    }
  }

  static WebSocketException closed() {
    return new WebSocketException(CLOSED, "the connection is closed");
  }
}
