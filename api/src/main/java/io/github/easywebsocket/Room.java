package io.github.easywebsocket;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The room of a send queue: how much of it is taken, and the threads that wait for more. Safe from
 * any thread; takes a lock only if a thread waits.
 */
final class Room {

  /** What a message costs in the queue beside its bytes. */
  private static final int OVERHEAD = 64;

  private static final VarHandle COST;
  private static final VarHandle MESSAGES;
  private static final VarHandle BEHIND;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      COST = lookup.findVarHandle(Room.class, "cost", long.class);
      MESSAGES = lookup.findVarHandle(Room.class, "messages", int.class);
      BEHIND = lookup.findVarHandle(Room.class, "behind", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Limits limits;
  private volatile long cost; // bytes and OVERHEAD of all that waits
  private volatile int messages;
  private volatile boolean behind; // it was more than half full, and has not emptied since
  private volatile @Nullable Waiters waiters; // made for the first thread that waits

  private static final class Waiters {
    final ReentrantLock lock = new ReentrantLock();
    final Condition freed = lock.newCondition();
  }

  Room(Limits limits) {
    this.limits = limits;
  }

  /** Takes room for a message if there is; any message has room if nothing waits. */
  boolean take(Message message) {
    long more = costOf(message);
    long before;
    do {
      before = cost;
      if (!isFor(before, more)) {
        return false;
      }
    } while (!COST.compareAndSet(this, before, before + more));
    int others = (int) MESSAGES.getAndAdd(this, 1);
    if (others < limits.sendQueueMessages()) {
      if (before + more > limits.sendQueueBytes() / 2 || others >= limits.sendQueueMessages() / 2) {
        behind = true;
      }
      return true;
    }
    free(message);
    wake(); // who saw no room because of this
    return false;
  }

  /** Gives the room of a message back; {@link #wake()} is to follow. */
  void free(Message message) {
    MESSAGES.getAndAdd(this, -1);
    COST.getAndAdd(this, -costOf(message));
  }

  private static long costOf(Message message) {
    return message.size() + (long) OVERHEAD;
  }

  /** Whether {@link #take} would take it now. */
  boolean isFor(Message message) {
    return isFor(cost, costOf(message));
  }

  private boolean isFor(long taken, long more) {
    return taken == 0
        || (taken + more <= limits.sendQueueBytes() && messages < limits.sendQueueMessages());
  }

  // ---- how full it is

  boolean isEmpty() {
    return cost == 0;
  }

  /** Whether it was more than half full, and has not emptied since. */
  boolean isBehind() {
    return behind;
  }

  /** It counts as full: a message did not fit. */
  void lacks() {
    behind = true;
  }

  /** True for the first who finds that it has emptied since it was more than half full. */
  boolean isNoMoreBehind() {
    return behind
        && cost <= limits.sendQueueBytes() / 4
        && messages <= limits.sendQueueMessages() / 4
        && BEHIND.compareAndSet(this, true, false);
  }

  // ---- waiting

  /** Waits until there may be room for a message, or waiting has no use any more. */
  void await(Message message, BooleanSupplier useful) throws InterruptedException {
    Waiters mine = waiters();
    mine.lock.lockInterruptibly();
    try {
      while (!isFor(message) && useful.getAsBoolean()) {
        mine.freed.await();
      }
    } finally {
      mine.lock.unlock();
    }
  }

  private synchronized Waiters waiters() {
    Waiters known = waiters;
    if (known == null) {
      known = new Waiters();
      waiters = known;
    }
    return known;
  }

  /** Wakes the threads that wait: room was freed, or what they wait for has changed. */
  void wake() {
    Waiters waiting = waiters;
    if (waiting == null) {
      return;
    }
    waiting.lock.lock();
    try {
      waiting.freed.signalAll();
    } finally {
      waiting.lock.unlock();
    }
  }

  /** What is taken, counted as {@link Limits#sendQueueBytes} counts. */
  long cost() {
    return cost;
  }

  /** The bytes of the messages that wait. */
  long bytes() {
    return Math.max(0, cost - (long) OVERHEAD * messages);
  }

  @Override
  public String toString() {
    return cost
        + " of "
        + limits.sendQueueBytes()
        + " bytes, "
        + messages
        + " of "
        + limits.sendQueueMessages()
        + " messages";
  }
}
