package io.github.easywebsocket;

import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * The messages that one connection receives, published to one subscriber, and its subscription.
 * While a message waits that nobody has requested, reading is paused.
 *
 * <p>Safe from any thread. Whoever has something to signal does it, unless another thread is at it,
 * which then goes on; neither the subscriber nor the connection is called under the lock.
 */
final class IncomingFlow implements Flow.Publisher<Message>, Flow.Subscription {

  private final WebSocketConnection connection;

  // guarded by this
  private final ArrayDeque<Message> waiting = new ArrayDeque<>(1);
  private Flow.@Nullable Subscriber<? super Message> subscriber;
  private boolean taken; // there is a subscriber, or was
  private boolean subscribed; // and it has been told
  private boolean signalling; // a thread is
  private long demand;
  private boolean ended; // what follows that which waits is onError or onComplete
  private @Nullable Throwable failure;
  private boolean over; // the subscriber wants or gets no more

  private volatile boolean paused;

  IncomingFlow(WebSocketConnection connection) {
    this.connection = connection;
  }

  // ---- from the connection

  /** A message came. */
  void add(Message message) {
    synchronized (this) {
      if (over || ended) {
        return;
      }
      waiting.add(message);
    }
    signal();
    if (isBehind()) {
      pace();
    }
  }

  /** Something went wrong; the end follows. */
  synchronized void fail(Throwable error) {
    if (failure == null) {
      failure = error;
    }
  }

  /** The connection is over. */
  void end(CloseReason reason) {
    boolean whole = reason.code() == CloseReason.NORMAL || reason.code() == CloseReason.NO_STATUS;
    synchronized (this) {
      ended = true;
      if (failure == null && !whole) {
        failure =
            new WebSocketException(
                WebSocketException.Kind.CLOSED, "the connection was closed: " + reason);
      }
    }
    signal();
  }

  // ---- from the subscriber

  @Override
  public void subscribe(Flow.Subscriber<? super Message> subscriber) {
    Objects.requireNonNull(subscriber, "subscriber");
    boolean first;
    synchronized (this) {
      first = !taken;
      if (first) {
        taken = true;
        this.subscriber = subscriber;
      }
    }
    if (first) {
      signal();
    } else {
      refuse(subscriber);
    }
  }

  private static void refuse(Flow.Subscriber<? super Message> second) {
    second.onSubscribe(
        new Flow.Subscription() {
          @Override
          public void request(long n) {}

          @Override
          public void cancel() {}
        });
    second.onError(
        new IllegalStateException("the messages of a connection have a subscriber already"));
  }

  @Override
  public void request(long n) {
    synchronized (this) {
      if (n > 0) {
        demand = demand + n < 0 ? Long.MAX_VALUE : demand + n;
      } else if (!over) {
        waiting.clear();
        ended = true;
        failure = new IllegalArgumentException("request(" + n + ") is not positive");
      }
    }
    signal();
  }

  @Override
  public void cancel() {
    stop();
    if (paused) {
      pace();
    }
  }

  private synchronized void stop() {
    over = true;
    subscriber = null;
    waiting.clear();
  }

  // ---- to the subscriber

  /** Signals all that there is to signal, unless another thread is at it. */
  private void signal() {
    synchronized (this) {
      if (signalling) {
        return;
      }
      signalling = true;
    }
    try {
      for (Runnable next; (next = next()) != null; ) {
        next.run();
      }
    } catch (Throwable e) {
      threw(e);
    }
    if (paused && !isBehind()) {
      pace();
    }
  }

  /** What is to be signalled next; null if there is nothing, and then this thread is done. */
  private synchronized @Nullable Runnable next() {
    Flow.Subscriber<? super Message> to = subscriber;
    if (to != null && !subscribed) {
      subscribed = true;
      return () -> to.onSubscribe(this);
    }
    if (to != null && demand > 0 && !waiting.isEmpty()) {
      Message message = waiting.remove();
      demand -= demand == Long.MAX_VALUE ? 0 : 1;
      return () -> to.onNext(message);
    }
    if (to != null && ended && waiting.isEmpty()) {
      Throwable error = failure;
      stop();
      return error == null ? to::onComplete : () -> to.onError(error);
    }
    signalling = false;
    return null;
  }

  private void threw(Throwable thrown) {
    synchronized (this) {
      stop();
      signalling = false;
    }
    Log.log(Level.WARNING, connection + ": a subscriber threw", thrown);
    connection.close(CloseReason.INTERNAL_ERROR, "");
  }

  // ---- to the connection

  /** Whether messages wait for requests. */
  private synchronized boolean isBehind() {
    return !waiting.isEmpty();
  }

  /**
   * Pauses or resumes reading; once more if that has changed meanwhile: the other thread, which
   * changed it, may have been first.
   */
  private void pace() {
    boolean told;
    do {
      told = isBehind();
      paused = told;
      if (told) {
        connection.pauseReading();
      } else {
        connection.resumeReading();
      }
    } while (told != isBehind());
  }
}
