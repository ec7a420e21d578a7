package io.github.easywebsocket.jdkclient;

import java.net.CookieHandler;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The one thread of a connection's HttpClient, and the executor that keeps its tasks on it.
 *
 * <p>The JDK answers a violation with a close frame only if this thread finds it in what it reads,
 * and after it has begun to write. If the output has not begun, or another thread has just asked
 * for input and is still in the JDK's code, the JDK closes TCP before it has sent the frame. So the
 * first input is asked for on this thread, as soon as it has begun the output, and this thread is
 * held for as long as another one could otherwise be asking: while the JDK opens the connection,
 * which it does on a thread of the common pool, and while the core has paused.
 *
 * <p>How it knows: the JDK shows the answer of the server to its cookie handler, then opens the
 * connection, and the next task for this thread begins the output. A JDK that takes other steps
 * costs {@link #LONGEST} at most.
 *
 * <p>Safe from any thread; the fields are guarded by {@code this}.
 */
final class EngineThread implements Executor {

  /** In milliseconds. */
  private static final long LONGEST = 500;

  private final Thread connecting = Thread.currentThread();
  private @Nullable Thread thread; // the first that runs a task other than the one connecting
  private int depth; // of tasks inside of tasks, on the thread
  private boolean answered;
  private boolean opened;
  private @Nullable Runnable begin; // asks for the first input, once

  // ---- while the connection opens

  /** Runs a task at once, on the thread that hands it over. */
  @Override
  public void execute(Runnable task) {
    boolean behindTheAnswer = enter();
    try {
      task.run();
    } finally {
      if (leave() && behindTheAnswer) {
        beginInput();
      }
    }
  }

  private synchronized boolean enter() {
    Thread current = Thread.currentThread();
    if (thread == null && current != connecting) {
      thread = current;
    }
    if (current == thread) {
      depth++;
    }
    return answered;
  }

  /** True on this thread, outside of all tasks, when the connection is open or has failed. */
  private synchronized boolean leave() {
    if (Thread.currentThread() != thread || --depth > 0 || !answered) {
      return false;
    }
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LONGEST);
    try {
      for (long left; !opened && (left = deadline - System.nanoTime()) > 0; ) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return true;
  }

  /** What the JDK shows the answer of the server to, on its way; there are no cookies. */
  CookieHandler answerHandler() {
    return new CookieHandler() {
      @Override
      public Map<String, List<String>> get(URI uri, Map<String, List<String>> headers) {
        return Map.of();
      }

      @Override
      public void put(URI uri, Map<String, List<String>> headers) {
        if (headers.containsKey("Sec-WebSocket-Accept")) {
          answered();
        }
      }
    };
  }

  private synchronized void answered() {
    answered = true;
  }

  /** What asks for the first input, to be called on this thread when the JDK has begun to write. */
  synchronized void onBegin(Runnable task) {
    begin = task;
  }

  /** The JDK has opened the connection and left its own code, or the attempt has failed. */
  synchronized void opened() {
    opened = true;
    notifyAll();
    if (begin != null) {
      CompletableFuture.delayedExecutor(LONGEST, TimeUnit.MILLISECONDS).execute(this::beginInput);
    }
  }

  private void beginInput() {
    Runnable task;
    synchronized (this) {
      task = begin;
      begin = null;
    }
    if (task != null) {
      task.run();
    }
  }

  // ---- while the core has paused

  /** Does not return to this thread while the condition holds; to others it does at once. */
  synchronized void holdWhile(BooleanSupplier condition) {
    if (Thread.currentThread() != thread) {
      return;
    }
    try {
      while (condition.getAsBoolean()) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Has the condition of {@link #holdWhile} looked at again. */
  synchronized void changed() {
    notifyAll();
  }
}
