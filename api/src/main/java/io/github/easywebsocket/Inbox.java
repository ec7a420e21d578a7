package io.github.easywebsocket;

import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The receiving side of one connection: runs the handlers one at a time and in order.
 *
 * <p>With an executor, the engine's thread gathers what one read gave and hands it over as one
 * batch; a connection is scheduled once however much waits. Inline, the engine's thread runs the
 * handlers itself, but while another thread runs one, and then that thread goes on with what the
 * engine's has gathered. What other threads post (a time-out, an abort) waits while a handler runs.
 *
 * <p>When more than {@link #HIGH} bytes wait, the transport is asked to pause, so a handler that
 * blocks stops the reading of its own connection and nothing else.
 *
 * <p>A thread whose stack is used up may be cut off wherever it posts or runs. Then fields alone
 * say so, since no method may be called, and the sweep goes on: {@link #goOn}.
 */
final class Inbox implements Runnable {

  private static final int HIGH = 256 << 10;
  private static final int LOW = 64 << 10;

  /**
   * Handlers of a batch that take less on average are quick, beside what they need for sends to
   * others. What they send waits no longer than this for the handlers that follow.
   */
  private static final long QUICK_NANOS = 5_000_000;

  /** Handlers that hold back for so long what they send, however many they are, have waited. */
  private static final long WAITED_NANOS = 100_000_000;

  /** See {@link #caution}. */
  private static final int LEAST_CAUTION = 16;

  private static final int MOST_CAUTION = 4096;

  /** Longer than a send to another connection takes that leaves in a write of its own. */
  private static final long SEND_NANOS = 20_000;

  /** What an event costs beside its bytes. */
  private static final int OVERHEAD = 64;

  private final Session session;
  private final @Nullable Executor executor; // null: inline

  // engine's thread only
  private ArrayDeque<Object> gathered = new ArrayDeque<>(2);
  private long gatheredCost;

  // guarded by this
  private ArrayDeque<Object> waiting = new ArrayDeque<>(2);
  private boolean running = true; // as if, until start: nothing comes before the first event
  private boolean scheduled; // run() is to be called, and the first that calls it is the runner
  private long backlog; // the cost of what waits or runs
  private boolean paused;

  private volatile boolean stalled; // what is scheduled was cut off

  // the thread that runs handlers; written by it only, others see a thread that is not theirs
  private @Nullable Thread runner;

  // inline: whether the runner is the engine's thread in a batch, and is inside of a handler
  private boolean inBatch;
  private boolean inHandler;
  private @Nullable Batch others; // the runner's

  // the runner's
  private ArrayDeque<Object> taken = new ArrayDeque<>(2);
  private boolean quick; // the handlers of the last batch
  private int cautious; // for so many runs nothing is put off

  /**
   * What {@link #cautious} becomes when handlers were not quick whose sends were put off: they may
   * have waited for the answer to what was held back meanwhile. Doubles each time, and sinks by one
   * when all went well.
   */
  private int caution = LEAST_CAUTION;

  Inbox(Session session, @Nullable Executor executor) {
    this.session = session;
    this.executor = executor;
  }

  /** Whether the calling thread is inside of a handler of this connection. */
  boolean onHandlerThread() {
    return runner == Thread.currentThread();
  }

  /** Runs the first event, and from now on what else comes. */
  void start(Object first) {
    synchronized (this) {
      waiting.addFirst(first);
      scheduled = true;
    }
    schedule();
  }

  // ---- what the engine reports, in its order

  /**
   * Adds an event of the wire: a {@link Message}, or a {@link Runnable} that calls a handler.
   *
   * @param bytes what it holds in memory
   */
  void add(Object event, int bytes) {
    if (executor == null && gathered.isEmpty() && beginInline()) {
      runInline(event);
    } else {
      gathered.add(event);
      gatheredCost += bytes + OVERHEAD;
    }
  }

  /** The end of a read: what was added is to run now. */
  void readComplete() {
    if (executor == null) {
      endInline();
    }
    if (!gathered.isEmpty()) {
      handOver();
    }
  }

  private void handOver() {
    boolean pause = false;
    boolean start;
    synchronized (this) {
      if (waiting.isEmpty()) {
        ArrayDeque<Object> empty = waiting;
        waiting = gathered;
        gathered = empty;
      } else {
        waiting.addAll(gathered);
        gathered.clear();
      }
      backlog += gatheredCost;
      gatheredCost = 0;
      if (backlog > HIGH && !paused) {
        paused = true;
        pause = true;
      }
      start = begin();
    }
    if (pause) {
      tellPaused();
    }
    if (start) {
      schedule();
    }
  }

  /** Once more if it has changed meanwhile: the other thread, which did, may have been first. */
  private void tellPaused() {
    boolean told;
    do {
      told = isPaused();
      session.handlersBehind(told);
    } while (told != isPaused());
  }

  /** Whether reading is paused since handlers are behind. */
  private synchronized boolean isPaused() {
    return paused;
  }

  /** Whether {@link #run()} is to be called. The caller holds the lock. */
  private boolean begin() {
    boolean first = !running;
    scheduled |= first;
    running = true;
    return first;
  }

  private void schedule() {
    if (executor == null) {
      run();
      return;
    }
    try {
      executor.execute(this);
    } catch (Throwable rejection) {
      session.rejected(rejection);
      run();
    }
  }

  // ---- what other threads report

  /** Adds an event that is not from the wire; it runs after what was handed over. */
  void post(Object event) {
    boolean start = false;
    boolean over = false;
    try {
      synchronized (this) {
        waiting.add(event);
        start = begin();
      }
      if (start) {
        schedule();
      }
      over = true;
    } finally {
      if (start && !over) { // cut off
        stalled = true;
      }
    }
  }

  // ---- the sweep

  /** Has what was cut off run. */
  void goOn() {
    if (stalled) {
      stalled = false;
      schedule();
    }
  }

  /** Whether no handler runs or is to. */
  synchronized boolean isIdle() {
    return !running;
  }

  // ---- running

  /** Runs all that waits, once for each time that it was scheduled. */
  @Override
  public void run() {
    boolean mine = false;
    boolean over = false;
    try {
      mine = claim();
      if (mine) {
        runAll();
      }
      over = true;
    } finally {
      if (mine && !over) { // cut off
        synchronized (this) {
          runner = null;
          scheduled = true;
          stalled = true;
        }
      }
    }
  }

  /** Takes what waits; false if an executor has run a task and rejected it all the same. */
  private synchronized boolean claim() {
    boolean mine = scheduled;
    if (mine) {
      if (taken.isEmpty()) { // else a run was cut off
        takeWaiting();
      }
      scheduled = false;
    }
    return mine;
  }

  /** Runs what is taken, and what comes meanwhile. */
  private void runAll() {
    boolean interrupted = Thread.interrupted(); // the caller's, when it is not the executor
    runner = Thread.currentThread();
    long cost;
    do {
      cost = runTaken();
      Thread.interrupted(); // a handler's
    } while (takeMore(cost));
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Runs a batch; returns its cost. What its handlers send waits for the last of them, so that it
   * leaves in one write; but only if handlers have been quick, and not for long, for one that takes
   * its time must not hold back what those before it have sent.
   */
  private long runTaken() {
    int events = taken.size();
    Batch batch = events > 1 ? Batch.ofThread() : null;
    Batch putOff = quick && cautious == 0 ? batch : null;
    boolean hasPutOff = putOff != null;
    long heldBack = 0;
    long start = System.nanoTime();
    if (batch != null) {
      batch.begin();
    }
    if (putOff != null) {
      session.beginBatch(false);
      putOff.open();
    }
    long cost = 0;
    for (Object event; (event = taken.poll()) != null; ) {
      if (putOff != null && taken.isEmpty()) {
        session.lastOfBatch();
        putOff.close();
      }
      cost += OVERHEAD + size(event);
      session.handle(event);
      if (putOff != null && (taken.isEmpty() || System.nanoTime() - start > QUICK_NANOS)) {
        session.endBatch();
        heldBack = System.nanoTime() - start;
        putOff.end();
        putOff = null;
      }
    }
    long sends = batch != null ? batch.sends() : 0;
    quick = System.nanoTime() - start < QUICK_NANOS * events + SEND_NANOS * sends;
    learn(hasPutOff, quick && heldBack < WAITED_NANOS);
    return cost;
  }

  private void learn(boolean hasPutOff, boolean wentWell) {
    if (!hasPutOff) {
      cautious = Math.max(0, cautious - 1);
    } else if (wentWell) {
      caution = Math.max(LEAST_CAUTION, caution - 1);
    } else {
      cautious = caution;
      caution = Math.min(MOST_CAUTION, 2 * caution);
    }
  }

  private static int size(Object event) {
    if (event instanceof Message message) {
      return message.size();
    }
    return event instanceof MessagePart part ? part.size() : 0;
  }

  /** The caller holds the lock. */
  private void takeWaiting() {
    ArrayDeque<Object> empty = taken;
    taken = waiting;
    waiting = empty;
  }

  /**
   * Accounts for a batch that has run, and takes what waits; false if nothing does, and then the
   * run is over.
   */
  private boolean takeMore(long cost) {
    boolean resume = false;
    boolean more;
    synchronized (this) {
      backlog = Math.max(0, backlog - cost);
      more = !waiting.isEmpty();
      if (more) {
        takeWaiting();
      } else {
        backlog = 0;
        runner = null;
        running = false;
      }
      if (paused && backlog < LOW) {
        paused = false;
        resume = true;
      }
    }
    if (resume) {
      tellPaused();
    }
    return more;
  }

  // ---- inline

  /** Makes the engine's thread the runner until the end of its read; false if there is another. */
  private boolean beginInline() {
    if (runner == Thread.currentThread()) {
      return inBatch && !inHandler;
    }
    synchronized (this) {
      if (running) {
        return false;
      }
      running = true;
    }
    runner = Thread.currentThread();
    inBatch = true;
    others = Batch.ofThread();
    session.beginBatch(true);
    return true;
  }

  private void runInline(Object event) {
    Batch putOff = Objects.requireNonNull(others);
    inHandler = true;
    putOff.open();
    session.handle(event);
    putOff.close();
    inHandler = false;
  }

  private void endInline() {
    if (runner != Thread.currentThread() || !inBatch || inHandler) {
      return;
    }
    inBatch = false;
    session.endBatch();
    Objects.requireNonNull(others).end();
    Thread.interrupted(); // a handler's
    if (takeMore(0)) {
      runAll();
    }
  }
}
