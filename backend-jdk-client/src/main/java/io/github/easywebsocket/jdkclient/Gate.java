package io.github.easywebsocket.jdkclient;

import io.github.easywebsocket.spi.Receiver;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The only way to the receiver: sees to it that {@code closed} comes once, and last.
 *
 * <p>The JDK goes quiet after {@code abort} and after an error, and both may happen on one thread
 * while another is inside of the receiver. So whoever ends the connection says so here; {@code
 * closed} is called when no other call is under way, and what comes later is dropped.
 *
 * <p>Safe from any thread. The fields are guarded by {@code this}; the receiver is called without.
 */
final class Gate {

  private final Receiver receiver;
  private final List<Thread> inside = new ArrayList<>(2); // one entry for each call under way
  private boolean ended;
  private @Nullable Throwable failure;

  Gate(Receiver receiver) {
    this.receiver = receiver;
  }

  /** Calls the receiver, unless the connection has ended. */
  void call(Consumer<Receiver> event) {
    synchronized (this) {
      if (ended) {
        return;
      }
      inside.add(Thread.currentThread());
    }
    try {
      event.accept(receiver);
    } finally {
      leave();
    }
  }

  private void leave() {
    boolean last;
    synchronized (this) {
      inside.remove(Thread.currentThread());
      last = ended && inside.isEmpty();
    }
    if (last) {
      receiver.closed(failure);
    }
  }

  /** The connection has ended; only the first call counts. */
  void end(@Nullable Throwable cause) {
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
      failure = cause;
      if (!inside.isEmpty()) {
        return; // the last one out reports it
      }
    }
    receiver.closed(cause);
  }

  /** Whether the calling thread is inside of the receiver, that is, on loan from the engine. */
  synchronized boolean isInside() {
    return inside.contains(Thread.currentThread());
  }
}
