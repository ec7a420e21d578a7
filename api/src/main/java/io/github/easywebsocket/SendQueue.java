package io.github.easywebsocket;

import static io.github.easywebsocket.WebSocketException.Kind.QUEUE_FULL;
import static java.util.Objects.requireNonNull;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be sent on one connection, its bounds, and what happens at them ({@link
 * Limits.Overflow}).
 *
 * <p>Messages go in the order in which they were added. From the first part of a message to its
 * last, its parts go and all else waits; they have room of their own, for what all others wait for
 * must not wait for them.
 *
 * <p>Any thread adds; only the holder of the outbox's token takes.
 */
final class SendQueue {

  private static final String FULL = "the send queue of the connection is full";

  private static final VarHandle PEAK;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      PEAK = lookup.findVarHandle(SendQueue.class, "peak", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Outbox outbox;
  private final Outcomes outcomes;
  private final Session session;
  private final Limits limits;
  private final @Nullable Observer observer;

  private final ConcurrentLinkedQueue<Sending> messages = new ConcurrentLinkedQueue<>();
  private final Room room;
  private volatile long peak; // of what waited, since the observer was told

  /** The message of which parts are on the wire and the last is not; others wait. */
  private volatile @Nullable OutgoingMessage underWay;

  SendQueue(
      Outbox outbox,
      Outcomes outcomes,
      Session session,
      Limits limits,
      @Nullable Observer observer) {
    this.outbox = outbox;
    this.outcomes = outcomes;
    this.session = session;
    this.limits = limits;
    this.observer = observer;
    this.room = new Room(limits);
  }

  // ---- adding, any thread

  /** Adds if there is room. */
  boolean tryAdd(Sending sending) {
    boolean fits = tryReserve(sending);
    if (fits) {
      put(sending);
    }
    return fits;
  }

  /**
   * Adds, by the policy if there is no room.
   *
   * @param mayWait whether the policy may be to wait
   * @return null, or why it is refused, and then nothing has happened
   */
  @Nullable WebSocketException add(Sending sending, boolean mayWait) {
    WebSocketException refusal = reserve(sending, mayWait);
    if (refusal == null) {
      put(sending);
    } else if (refusal.kind() == QUEUE_FULL && sending.of == null) {
      observeDropped(sending.message);
    }
    return refusal;
  }

  private void put(Sending sending) {
    OutgoingMessage message = sending.of;
    if (message == null) {
      messages.add(sending);
      return;
    }
    (sending.first ? messages : message.parts).add(sending);
    WebSocketException cause = message.brokenBy;
    if (cause != null) {
      failParts(message, cause);
    }
  }

  /** Takes room, by the policy if there is none; null, or why there is none. */
  private @Nullable WebSocketException reserve(Sending sending, boolean mayWait) {
    if (tryReserve(sending)) {
      return null;
    }
    outbox.tryDrain(); // what waits for the end of a batch makes room
    while (!tryReserve(sending)) {
      WebSocketException refusal = makeRoom(sending, mayWait);
      if (refusal != null) {
        Room full = roomFor(sending);
        full.lacks();
        if (full.isEmpty()) {
          tellIfWritable(); // nobody else does any more
        }
        return refusal;
      }
    }
    return null;
  }

  private @Nullable WebSocketException makeRoom(Sending sending, boolean mayWait) {
    return switch (limits.overflow()) {
      case BLOCK -> mayWait && outbox.mayBlock() ? waitForRoom(sending) : full(FULL);
      case FAIL -> full(FULL);
      case DROP_OLDEST -> roomFor(sending) == room && makeRoomOfOldest(sending) ? null : full(FULL);
      case CLOSE -> closeBecauseFull();
    };
  }

  private @Nullable WebSocketException waitForRoom(Sending sending) {
    Room full = roomFor(sending);
    try {
      full.await(sending.message, () -> session.isOpen() && roomFor(sending) == full);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return full("interrupted while waiting for room in the send queue");
    }
    return session.isOpen() ? null : outcomes.closed();
  }

  /** Drops the oldest that waits, if any does; false if that can make no room. */
  private boolean makeRoomOfOldest(Sending sending) {
    if (dropOldest() || room.isFor(sending.message)) {
      return true;
    }
    if (underWay != null) {
      return false; // its parts have taken the room
    }
    Thread.yield(); // what has taken the room is just being put in, or taken out
    return true;
  }

  /** Fails the oldest message that waits; false if there is none. */
  private boolean dropOldest() {
    Sending oldest = messages.poll();
    if (oldest == null) {
      return false;
    }
    free(oldest);
    observeDropped(oldest.message);
    WebSocketException dropped = full("dropped for a newer message from the send queue");
    oldest.completeExceptionally(dropped);
    if (oldest.of != null) {
      failParts(oldest.of, dropped);
    }
    return true;
  }

  private WebSocketException closeBecauseFull() {
    WebSocketException full = full(FULL);
    session.overflowed(full);
    return full;
  }

  private WebSocketException full(String what) {
    return new WebSocketException(
        QUEUE_FULL,
        what
            + " ("
            + room
            + "): the peer reads too slowly; await earlier sends or raise"
            + " Limits.sendQueueBytes or sendQueueMessages");
  }

  // ---- the room

  private boolean tryReserve(Sending sending) {
    Room place = roomFor(sending);
    if (!place.take(sending.message)) {
      return false;
    }
    sending.room = place;
    if (observer != null) {
      raisePeak(place.cost());
    }
    return true;
  }

  private Room roomFor(Sending sending) {
    OutgoingMessage message = underWay;
    return message != null && message == sending.of ? message.room : room;
  }

  /** The room of what goes next. */
  private Room current() {
    OutgoingMessage message = underWay;
    return message == null ? room : message.room;
  }

  private static void free(Sending sending) {
    requireNonNull(sending.room).free(sending.message);
  }

  /** Wakes the threads that wait for room: some was freed, or the connection closes. */
  void wake() {
    room.wake();
    OutgoingMessage message = underWay;
    if (message != null) {
      message.room.wake();
    }
  }

  /** What waits, counted as {@link Limits#sendQueueBytes} counts. */
  private long cost() {
    OutgoingMessage message = underWay;
    return room.cost() + (message == null ? 0 : message.room.cost());
  }

  /** The bytes of what waits. */
  long bytes() {
    OutgoingMessage message = underWay;
    return room.bytes() + (message == null ? 0 : message.room.bytes());
  }

  // ---- taking, the holder of the token; looking, any thread

  /** Whether nothing goes before a message that is sent now. */
  boolean isIdle() {
    return underWay == null && messages.isEmpty();
  }

  /** Whether a message is under way, of which parts are still to come. */
  boolean isInMessage() {
    return underWay != null;
  }

  /** Whether there is something to be sent next. */
  boolean hasNext() {
    OutgoingMessage message = underWay;
    return message == null ? !messages.isEmpty() : !message.parts.isEmpty();
  }

  /** Takes what is to be sent next; null for nothing. */
  @Nullable Sending poll() {
    OutgoingMessage message = underWay;
    Sending next = message == null ? messages.poll() : message.parts.poll();
    if (next != null) {
      free(next);
      if (next.of != null) {
        turnTo(next.last ? null : next.of);
      }
      wake();
    }
    return next;
  }

  /** A message begins to leave, or has left: who waits for one room is now told of the other. */
  private void turnTo(@Nullable OutgoingMessage message) {
    boolean behind = current().isBehind();
    underWay = message;
    if (behind) {
      current().lacks();
    }
  }

  /** Fails all that waits. */
  void fail() {
    for (Sending next; (next = messages.poll()) != null; ) {
      free(next);
      outcomes.complete(next, outcomes.closed());
      if (next.of != null) {
        failParts(next.of, outcomes.closed());
      }
    }
    OutgoingMessage message = underWay;
    if (message != null) {
      underWay = null;
      failParts(message, outcomes.closed());
      message.room.wake();
    }
    wake();
  }

  /** Those that come later see that the message is broken. Any thread. */
  private static void failParts(OutgoingMessage message, WebSocketException cause) {
    message.brokenBy = cause;
    for (Sending next; (next = message.parts.poll()) != null; ) {
      free(next);
      next.completeExceptionally(cause);
    }
  }

  // ---- how full it is

  /**
   * Whether it is less than half full, or has been emptied since it was not. While a message is
   * under way, that is said of the room for its parts: all others wait for them.
   */
  boolean isWritable() {
    return !current().isBehind();
  }

  /** When it has emptied since it was half full. */
  void tellIfWritable() {
    boolean emptied = room.isNoMoreBehind();
    if (current().isNoMoreBehind() || emptied) {
      session.writable();
    }
  }

  private void raisePeak(long queued) {
    long most;
    do {
      most = peak;
    } while (queued > most && !PEAK.compareAndSet(this, most, queued));
  }

  /** Tells the observer how full it has been; called now and then. */
  void tellPeak() {
    if (observer != null) {
      long most = (long) PEAK.getAndSet(this, cost());
      if (most > 0) {
        observer.queued(session, most);
      }
    }
  }

  private void observeDropped(Message message) {
    if (observer != null) {
      observer.dropped(session, message.isText(), message.size());
    }
  }
}
