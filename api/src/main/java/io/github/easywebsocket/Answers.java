package io.github.easywebsocket;

import io.github.easywebsocket.OpeningHandshake.Refusal;
import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * The answers of a server for which user code is asked, from then until they are written; and what
 * becomes of them when the server stops.
 */
final class Answers {

  /** What requests get that the server does not begin with any more. */
  static final Refusal STOPS = Refusal.of(503, "The server stops.");

  private final Set<Answer> underWay = ConcurrentHashMap.newKeySet();
  private final Set<Thread> userThreads = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping; // read after an answer was added, written before they are read

  // ---- under way

  /** User code is about to be asked; false if the server stops, and it must not be. */
  boolean begin(Answer answer) {
    underWay.add(answer);
    return !stopping;
  }

  /** The answer is written, or never will be; also told of answers that never began. */
  void end(Answer answer) {
    if (underWay.remove(answer) && stopping) {
      changed();
    }
  }

  private synchronized void changed() {
    notifyAll();
  }

  // ---- the threads of user code

  /** The calling thread runs user code from now on; tells whether it did not before. */
  boolean enter() {
    return userThreads.add(Thread.currentThread());
  }

  /**
   * User code has returned.
   *
   * @param outermost what {@link #enter} told
   */
  void leave(boolean outermost) {
    if (outermost) {
      userThreads.remove(Thread.currentThread());
    }
  }

  /** Whether the calling thread runs a verifier, the HTTP handler or the observer. */
  boolean onUserThread() {
    return userThreads.contains(Thread.currentThread());
  }

  // ---- the end

  /** From now on every request gets 503, and so do handshakes whose verifier has not answered. */
  void stop() {
    stopping = true;
    refuse(answer -> answer.handshake);
  }

  boolean areStopping() {
    return stopping;
  }

  /** Waits until all are written; false if some are not after the time. */
  synchronized boolean awaitNone(long nanos) throws InterruptedException {
    long deadline = System.nanoTime() + nanos;
    while (!underWay.isEmpty()) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }

  /** Has those answered with 503 that user code has not answered yet. */
  void refuseRest() {
    refuse(answer -> true);
  }

  private void refuse(Predicate<Answer> which) {
    for (Answer answer : underWay) {
      if (which.test(answer)) {
        try {
          answer.refuse(STOPS);
        } catch (RuntimeException | Error e) {
          Log.log(Level.ERROR, "the engine failed to answer a request", e);
        }
      }
    }
  }
}
