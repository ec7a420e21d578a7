package io.github.easywebsocket.jdkclient;

import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends pings one after the other: the JDK refuses a ping while one is pending, which is the case
 * while the peer does not read.
 *
 * <p>Only the latest {@link #MOST} wait; an older one is dropped, as a peer that is behind may
 * itself answer only the latest (RFC 6455 §5.5.3). Safe from any thread; the fields are guarded by
 * {@code this}.
 */
final class PingQueue {

  private static final int MOST = 16;

  private final WebSocket webSocket;
  private final Consumer<Throwable> onFailure;
  private final ArrayDeque<ByteBuffer> waiting = new ArrayDeque<>(1);
  private boolean busy;
  private boolean stopped;

  PingQueue(WebSocket webSocket, Consumer<Throwable> onFailure) {
    this.webSocket = webSocket;
    this.onFailure = onFailure;
  }

  /** Sends a ping now or when those before are sent; the payload is copied. */
  void add(ByteBuffer payload) {
    ByteBuffer copy = ByteBuffer.allocate(payload.remaining()).put(payload.duplicate()).flip();
    synchronized (this) {
      if (stopped) {
        return;
      }
      if (waiting.size() == MOST) {
        waiting.poll();
      }
      waiting.add(copy);
      if (busy) {
        return;
      }
      busy = true;
    }
    sendNext();
  }

  /** Drops what waits: a close frame is the last to be sent. */
  synchronized void stop() {
    stopped = true;
    waiting.clear();
  }

  private void sendNext() {
    ByteBuffer next;
    synchronized (this) {
      next = waiting.poll();
      busy = next != null;
    }
    if (next != null) {
      webSocket.sendPing(next).whenComplete((sent, failure) -> done(failure));
    }
  }

  private void done(@Nullable Throwable failure) {
    if (failure == null) {
      sendNext();
    } else {
      stop();
      onFailure.accept(failure);
    }
  }
}
