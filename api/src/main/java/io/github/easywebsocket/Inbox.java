package io.github.easywebsocket;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The receiving side of one connection: runs the handlers one at a time and in order, in one of two
 * ways: {@link ExecutorInbox} and {@link InlineInbox}. What other threads post (a time-out, an
 * abort) waits while a handler runs.
 *
 * <p>When more than {@link #HIGH} bytes wait, the transport is asked to pause, so a handler that
 * blocks stops the reading of its own connection and nothing else.
 *
 * <p>A thread whose stack is used up may be cut off wherever it posts or runs. Then fields alone
 * say so, since no method may be called, and the sweep goes on: {@link #goOn}.
 */
abstract sealed class Inbox implements Runnable permits ExecutorInbox, InlineInbox {

  private static final int HIGH = 256 << 10;
  private static final int LOW = 64 << 10;

  /** What an event costs beside its bytes. */
  private static final int OVERHEAD = 64;

  final Session session;

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

  // the runner's
  private ArrayDeque<Object> taken = new ArrayDeque<>(2);
  private final Pace pace = new Pace();

  Inbox(Session session) {
    this.session = session;
  }

  /**
   * A new one.
   *
   * @param executor null for inline
   */
  static Inbox of(Session session, @Nullable Executor executor) {
    return executor == null ? new InlineInbox(session) : new ExecutorInbox(session, executor);
  }

  /** Whether the calling thread is inside of a handler of this connection. */
  final boolean onHandlerThread() {
    return runner == Thread.currentThread();
  }

  /** Runs the first event, and from now on what else comes. */
  final void start(Object first) {
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
  abstract void add(Object event, int bytes);

  /** The end of a read: what was added is to run now. */
  abstract void readComplete();

  /** Keeps an event until the next call of {@link #handOver}. */
  final void gather(Object event, int bytes) {
    gathered.add(event);
    gatheredCost += bytes + OVERHEAD;
  }

  final boolean hasGathered() {
    return !gathered.isEmpty();
  }

  /** Has run what was gathered, if anything was. */
  final void handOver() {
    if (gathered.isEmpty()) {
      return;
    }
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

  /** Has {@link #run()} called. */
  abstract void schedule();

  // ---- what other threads report

  /** Adds an event that is not from the wire; it runs after what was handed over. */
  final void post(Object event) {
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
  final void goOn() {
    if (stalled) {
      stalled = false;
      schedule();
    }
  }

  /** Whether no handler runs or is to. */
  final synchronized boolean isIdle() {
    return !running;
  }

  // ---- running

  /** Runs all that waits, once for each time that it was scheduled. */
  @Override
  public final void run() {
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

  /** Runs a batch; returns its cost. What its handlers send leaves together, if it may wait. */
  private long runTaken() {
    int events = taken.size();
    Batch batch = events > 1 ? Batch.ofThread() : null;
    Batch putOff = pace.begin(events) ? batch : null;
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
      if (putOff != null && (taken.isEmpty() || pace.isLate())) {
        session.endBatch();
        pace.sends();
        putOff.end();
        putOff = null;
      }
    }
    pace.end(batch != null ? batch.sends() : 0);
    return cost;
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

  // ---- a run by the engine's thread, until the end of its read

  /** Makes the calling thread the runner; false if there is one. */
  final boolean beginRun() {
    synchronized (this) {
      if (running) {
        return false;
      }
      running = true;
    }
    runner = Thread.currentThread();
    return true;
  }

  /** Runs what has come meanwhile, and then is the runner no more. */
  final void endRun() {
    Thread.interrupted(); // a handler's
    if (takeMore(0)) {
      runAll();
    }
  }
}
