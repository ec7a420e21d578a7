package io.github.easywebsocket;

import static io.github.easywebsocket.WebSocketException.Kind.CLOSED;
import static io.github.easywebsocket.WebSocketException.Kind.QUEUE_FULL;
import static java.util.Objects.requireNonNull;

import io.github.easywebsocket.spi.Transport;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The sending side of one connection: order, the bounded queue, and exactly one completion for each
 * send.
 *
 * <p>The transport takes one call at a time. Who may call it holds the token {@code state}:
 *
 * <pre>{@code
 *          send, drain                 transport.send returned false
 * IDLE  ─────────────────▶  BUSY  ──────────────────────────────────▶  BLOCKED
 *   ▲                        │ ▲                                          │
 *   └── nothing left ────────┘ └────────────── sent() ────────────────────┘
 *
 * BUSY ── sent() before send has returned ──▶ SENT ── send returns ──▶ BUSY
 * }</pre>
 *
 * <p>A send that finds IDLE and an empty queue goes straight to the transport, and allocates
 * nothing if the transport takes it. All others queue, and the holder of the token drains the queue
 * before it lets go. Whoever queues tries for the token afterwards, so that nothing is left behind.
 *
 * <p>A batch (the handlers of what one read gave) puts off the flush to its end, so that all it
 * sent leaves in one write. A batch of inline handlers also keeps the token to its end. What it
 * sends to other connections waits in their queues: see {@link Batch}.
 */
final class Outbox {

  private static final int IDLE = 0;
  private static final int BUSY = 1;
  private static final int BLOCKED = 2;
  private static final int SENT = 3;

  private static final String FULL = "the send queue of the connection is full";

  private static final CompletionStage<Void> DONE = CompletableFuture.completedStage(null);

  /** A send that the transport has taken at once; not for users, who could complete it. */
  private static final CompletableFuture<Void> TAKEN = CompletableFuture.completedFuture(null);

  private static final VarHandle STATE;
  private static final VarHandle PONG;
  private static final VarHandle PEAK;
  private static final VarHandle BEHIND;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      STATE = lookup.findVarHandle(Outbox.class, "state", int.class);
      PONG = lookup.findVarHandle(Outbox.class, "pong", byte[].class);
      PEAK = lookup.findVarHandle(Outbox.class, "peak", long.class);
      BEHIND = lookup.findVarHandle(Outbox.class, "behind", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Session session;
  private final Transport transport;
  private final Limits limits;
  private final @Nullable Observer observer;

  private volatile int state = IDLE;
  private final ConcurrentLinkedQueue<Sending> queue = new ConcurrentLinkedQueue<>();
  private final Room room;
  private final ConcurrentLinkedQueue<byte[]> pings = new ConcurrentLinkedQueue<>();
  private volatile byte @Nullable [] pong; // the latest unanswered ping's payload
  private volatile long peak; // of what waited, since the observer was told
  private volatile @Nullable CloseReason closeFrame; // to be sent, or sent
  private volatile boolean closeAhead; // before what is in the queue, which is failed
  private volatile boolean ended; // the transport is gone
  private volatile boolean behind; // more than half of the queue was full, and not yet empty again

  /** The message of which parts are on the wire and the last is not; others wait. */
  private volatile @Nullable OutgoingMessage underWay;

  // used by the holder of the token only
  private @Nullable Sending inFlight;
  private @Nullable Throwable failure; // of the send that sent() told of
  private boolean unflushed;
  private boolean closeSent;
  private int blockedSends; // how many there were
  private @Nullable Thread completing; // runs what depends on a send; others see one not theirs

  // used by the thread of the batch only; others see a value that is not theirs
  private @Nullable Thread batch;
  private boolean held;

  /** The batch of another connection in whose list this is; others see one that is not theirs. */
  private @Nullable Batch putOffBy;

  Outbox(Session session, Transport transport, Limits limits, @Nullable Observer observer) {
    this.session = session;
    this.transport = transport;
    this.limits = limits;
    this.observer = observer;
    this.room = new Room(limits);
  }

  /** A message, or a part of one, that has to wait; its completion. */
  static final class Sending extends CompletableFuture<Void> {
    final Message message;
    final @Nullable OutgoingMessage of; // null if it is a whole message
    final boolean first;
    final boolean last;
    @Nullable Room room; // in which it has its place

    Sending(Message message) {
      this(message, null, true, true);
    }

    Sending(Message message, @Nullable OutgoingMessage of, boolean first, boolean last) {
      this.message = message;
      this.of = of;
      this.first = first;
      this.last = last;
    }
  }

  /** A send that has failed at once. */
  private static final class Refused extends CompletableFuture<Void> {
    final Throwable why;

    Refused(Throwable why) {
      this.why = why;
    }
  }

  // ---- sending, any thread

  CompletionStage<Void> send(Message message) {
    CompletableFuture<Void> sending = send(message, true);
    if (sending instanceof Refused refused) {
      return CompletableFuture.failedStage(refused.why);
    }
    return sending == TAKEN ? DONE : sending.minimalCompletionStage();
  }

  /** Sends, but fails the send rather than wait for room; false if it has failed at once. */
  boolean offer(Message message) {
    return session.isOpen() && !(send(message, false) instanceof Refused);
  }

  private CompletableFuture<Void> send(Message message, boolean mayWait) {
    if (!session.isOpen()) {
      return new Refused(closed());
    }
    if (held && batch == Thread.currentThread()) {
      if (isNext()) {
        return sendNow(message, false);
      }
      held = false; // what others have queued goes first, or what this thread has before the batch
      release();
    } else if (!session.onHandlerThread() && Batch.ofThread().isOpen()) {
      return putOff(message, mayWait);
    }
    if (isNext() && STATE.compareAndSet(this, IDLE, BUSY)) {
      if (underWay == null) {
        return sendNow(message, true);
      }
      release(); // another thread has just begun a message
    }
    return enqueue(message, mayWait);
  }

  /** Whether nothing goes before a message that is sent now. */
  private boolean isNext() {
    return underWay == null && queue.isEmpty();
  }

  /** Sends a part of a message; null, or why it is refused, and then nothing has happened. */
  @Nullable WebSocketException sendPart(Sending part) {
    OutgoingMessage message = requireNonNull(part.of);
    if (!session.isOpen() || message.brokenBy != null) {
      return message.brokenBy != null ? message.brokenBy : closed();
    }
    WebSocketException refusal = reserve(part, true);
    if (refusal != null) {
      return refusal;
    }
    (part.first ? queue : message.parts).add(part);
    WebSocketException cause = message.brokenBy;
    if (cause != null) {
      failParts(message, cause);
    }
    tryDrain();
    return null;
  }

  /** Sends as the holder of the token. */
  private CompletableFuture<Void> sendNow(Message message, boolean thenRelease) {
    CompletableFuture<Void> result;
    boolean mine = true;
    boolean interrupted = Thread.interrupted(); // NIO would close the channel
    try {
      if (closeSent || ended) {
        result = new Refused(closed());
      } else {
        unflushed = true;
        if (transport.send(message)) {
          observeSent(message);
          result = TAKEN;
        } else {
          Sending sending = new Sending(message);
          mine = block(sending);
          result = sending;
        }
      }
    } catch (Throwable e) {
      broken(e);
      result = new Refused(ioFailure(e));
    }
    if (mine && thenRelease) {
      release();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return result;
  }

  /**
   * The transport is busy with a message: gives the token up to sent(). False if it is given up,
   * true if the message is done meanwhile and the token still ours.
   */
  private boolean block(Sending sending) {
    boolean holding = held && batch == Thread.currentThread();
    inFlight = sending;
    blockedSends++;
    if (holding) {
      held = false;
    }
    if (STATE.compareAndSet(this, BUSY, BLOCKED)) {
      if (!ended || !STATE.compareAndSet(this, BLOCKED, BUSY)) {
        return false;
      }
      if (failure == null) {
        failure = closed();
      }
    } else {
      state = BUSY;
    }
    if (holding) {
      held = true;
    }
    completeInFlight();
    return true;
  }

  private CompletableFuture<Void> enqueue(Message message, boolean mayWait) {
    Sending sending = new Sending(message);
    WebSocketException refusal = reserve(sending, mayWait);
    if (refusal != null) {
      if (refusal.kind() == QUEUE_FULL) {
        observeDropped(message);
      }
      return new Refused(refusal);
    }
    queue.add(sending);
    tryDrain();
    return sending;
  }

  /** Queues a message that is sent at the end of a batch of another connection. */
  private CompletableFuture<Void> putOff(Message message, boolean mayWait) {
    Sending sending = new Sending(message);
    if (!tryReserve(sending)) {
      return enqueue(message, mayWait); // there may be room once the queue is sent
    }
    queue.add(sending);
    Batch others = Batch.ofThread();
    if (putOffBy != others) {
      putOffBy = others;
      others.add(this);
    }
    return sending;
  }

  /** The end of the batch that has put sends off. */
  void sendPutOff() {
    putOffBy = null;
    tryDrain();
  }

  // ---- the bound of the queue

  /** Takes room in the queue, by the policy if it is full; null, or why there is none. */
  private @Nullable WebSocketException reserve(Sending sending, boolean mayWait) {
    if (tryReserve(sending)) {
      return null;
    }
    tryDrain(); // what waits for the end of a batch makes room
    while (!tryReserve(sending)) {
      WebSocketException refusal = makeRoom(sending, mayWait);
      if (refusal != null) {
        behind = true;
        tellIfWritable();
        return refusal;
      }
    }
    return null;
  }

  private @Nullable WebSocketException makeRoom(Sending sending, boolean mayWait) {
    return switch (limits.overflow()) {
      case BLOCK -> mayWait && mayBlock() ? waitForRoom(sending) : full(FULL);
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
    return session.isOpen() ? null : closed();
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
    Sending oldest = queue.poll();
    if (oldest == null) {
      return false;
    }
    unqueued(oldest);
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

  /** Whether room may come while the calling thread waits: not if that thread is to make it. */
  boolean mayBlock() {
    return completing != Thread.currentThread() && session.mayBlock();
  }

  private boolean tryReserve(Sending sending) {
    Room place = roomFor(sending);
    if (!place.take(sending.message)) {
      return false;
    }
    sending.room = place;
    if (observer != null) {
      raisePeak(place.cost());
    }
    if (place.cost() > limits.sendQueueBytes() / 2) {
      behind = true;
    }
    return true;
  }

  /**
   * The room for a message or a part. The rest of the message under way has room of its own: for it
   * all others wait, so it must not wait for them.
   */
  private Room roomFor(Sending sending) {
    OutgoingMessage message = underWay;
    return message != null && message == sending.of ? message.room : room;
  }

  private void unqueued(Sending sending) {
    requireNonNull(sending.room).free(sending.message);
  }

  /** What waits, counted as {@link Limits#sendQueueBytes} counts. */
  private long waitingCost() {
    OutgoingMessage message = underWay;
    return room.cost() + (message == null ? 0 : message.room.cost());
  }

  /** Wakes the threads that wait for room: some was freed, or the connection closes. */
  private void wakeWaiting() {
    room.wake();
    OutgoingMessage message = underWay;
    if (message != null) {
      message.room.wake();
    }
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

  /** Whether the queue is less than half full, or has been emptied since it was not. */
  boolean isWritable() {
    return !behind;
  }

  /** When the queue has emptied since it was half full. */
  private void tellIfWritable() {
    if (behind
        && waitingCost() <= limits.sendQueueBytes() / 4
        && BEHIND.compareAndSet(this, true, false)) {
      session.writable();
    }
  }

  // ---- control frames, any thread

  void ping(byte[] payload) {
    addPing(payload);
    tryDrain();
  }

  /** Queues a ping; {@link #tryDrain()} is to follow. */
  void addPing(byte[] payload) {
    pings.add(payload);
  }

  /** Answers a ping; only the latest unanswered one is kept, RFC 6455 §5.5.3. */
  void pong(byte[] payload) {
    pong = payload;
    tryDrain();
  }

  /**
   * Sends the close frame, once.
   *
   * @param ahead before what is in the queue, which is failed; else after it
   */
  void close(CloseReason frame, boolean ahead) {
    closeAhead = ahead;
    closeFrame = frame;
    wakeWaiting();
    tryDrain();
  }

  /** The transport is gone: fails what is queued or under way. */
  void end() {
    ended = true;
    wakeWaiting();
    if (STATE.compareAndSet(this, BLOCKED, BUSY)) {
      failure = closed();
      completeInFlight();
      release();
    } else {
      tryDrain();
    }
  }

  // ---- the token

  /** See {@link io.github.easywebsocket.spi.Receiver#sent}. */
  void sent(@Nullable Throwable cause) {
    if (cause != null) {
      failure = ioFailure(cause);
      ended = true; // the transport is not called again, but to abort it
    }
    if (STATE.compareAndSet(this, BUSY, SENT)) {
      return; // send has not returned yet, and sees it then
    }
    if (STATE.compareAndSet(this, BLOCKED, BUSY)) {
      completeInFlight();
      release();
    }
  }

  private void completeInFlight() {
    Sending sending = inFlight;
    Throwable cause = failure;
    inFlight = null;
    failure = null;
    if (sending != null) {
      complete(sending, cause);
    }
  }

  private void complete(Sending sending, @Nullable Throwable cause) {
    completing = Thread.currentThread();
    if (cause == null) {
      observeSent(sending);
      sending.complete(null);
    } else {
      sending.completeExceptionally(cause);
    }
    completing = null;
  }

  /** Sends what waits, unless the holder of the token is about to. */
  void tryDrain() {
    if (hasWork() && STATE.compareAndSet(this, IDLE, BUSY)) {
      release();
    }
  }

  private boolean hasWork() {
    return (ended ? underWay != null || !queue.isEmpty() : hasNext())
        || pong != null
        || !pings.isEmpty()
        || (closeFrame != null && !closeSent && !ended);
  }

  private boolean hasNext() {
    OutgoingMessage message = underWay;
    return message == null ? !queue.isEmpty() : !message.parts.isEmpty();
  }

  private @Nullable Sending next() {
    OutgoingMessage message = underWay;
    return message == null ? queue.poll() : message.parts.poll();
  }

  /** Lets go of the token when nothing is left to do with it. */
  private void release() {
    boolean interrupted = Thread.interrupted(); // NIO would close the channel
    do {
      if (!drain()) {
        break; // blocked: sent() goes on
      }
      if (unflushed && batch != Thread.currentThread()) {
        flush();
      }
      state = IDLE;
    } while (hasWork() && STATE.compareAndSet(this, IDLE, BUSY));
    tellIfWritable();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Sends all that waits; false if the transport is busy and the token given up. */
  private boolean drain() {
    try {
      while (true) {
        if (closeSent || ended) {
          failQueue();
          return true;
        }
        sendControls();
        CloseReason frame = closeFrame;
        if (frame != null && (closeAhead || !hasNext())) {
          sendClose(frame);
          continue;
        }
        Sending next = next();
        if (next == null) {
          return true;
        }
        if (!sendQueued(next)) {
          return false;
        }
      }
    } catch (Throwable e) {
      broken(e);
      return true;
    }
  }

  private boolean sendQueued(Sending next) {
    unqueued(next);
    if (next.of != null) {
      underWay = next.last ? null : next.of;
    }
    wakeWaiting();
    unflushed = true;
    boolean taken;
    try {
      taken = send(next);
    } catch (Throwable e) {
      complete(next, ioFailure(e));
      throw e;
    }
    if (taken) {
      complete(next, null);
      return true;
    }
    return block(next);
  }

  private boolean send(Sending next) {
    return next.first && next.last
        ? transport.send(next.message)
        : transport.sendPart(next.message, next.first, next.last);
  }

  /** The transport threw: it is not called again, but to abort it. */
  private void broken(Throwable cause) {
    ended = true;
    session.transportFailed(cause);
  }

  private void sendControls() {
    byte[] answer = (byte[]) PONG.getAndSet(this, (byte[]) null);
    if (answer != null) {
      unflushed = true;
      transport.pong(ByteBuffer.wrap(answer));
    }
    for (byte[] ping; (ping = pings.poll()) != null; ) {
      unflushed = true;
      transport.ping(ByteBuffer.wrap(ping));
    }
  }

  private void sendClose(CloseReason frame) {
    closeSent = true;
    transport.close(frame.code(), frame.reason());
    flush();
    if (!ended) {
      session.closeFrameSent();
    }
  }

  private void failQueue() {
    pong = null;
    pings.clear();
    failAll(queue);
    OutgoingMessage message = underWay;
    if (message != null) {
      underWay = null;
      failParts(message, closed());
    }
    wakeWaiting();
  }

  private void failAll(Queue<Sending> waiting) {
    for (Sending next; (next = waiting.poll()) != null; ) {
      unqueued(next);
      complete(next, closed());
      if (next.of != null) {
        failParts(next.of, closed());
      }
    }
  }

  /** Those that come later see that the message is broken. Any thread. */
  private void failParts(OutgoingMessage message, WebSocketException cause) {
    message.brokenBy = cause;
    for (Sending next; (next = message.parts.poll()) != null; ) {
      unqueued(next);
      next.completeExceptionally(cause);
    }
  }

  private void flush() {
    unflushed = false;
    if (ended) {
      return;
    }
    try {
      transport.flush();
    } catch (Throwable e) {
      broken(e);
    }
  }

  // ---- batches

  /** Puts off flushes on this thread; with {@code hold}, keeps the token until the end. */
  void beginBatch(boolean hold) {
    batch = Thread.currentThread();
    held = hold && STATE.compareAndSet(this, IDLE, BUSY);
  }

  /** From here on each send of the batch leaves at once, and with it what was put off. */
  void lastOfBatch() {
    batch = null;
  }

  /** Sends what the batch has put off. */
  void endBatch() {
    batch = null;
    if (held) {
      held = false;
      release();
    } else if (unflushed && STATE.compareAndSet(this, IDLE, BUSY)) {
      release();
    }
  }

  /** Sends what a handler has put off that goes on for long; called now and then. */
  void flushOverdue() {
    if ((unflushed || hasWork()) && STATE.compareAndSet(this, IDLE, BUSY)) {
      release();
    }
  }

  // ---- the observer

  /** A message in parts counts when its last part is sent. */
  private void observeSent(Sending sending) {
    OutgoingMessage message = sending.of;
    if (message == null) {
      observeSent(sending.message);
    } else {
      message.sent += sending.message.size();
      if (observer != null && sending.last) {
        observer.sent(session, message.isText(), message.sent);
      }
    }
  }

  private void observeSent(Message message) {
    if (observer != null) {
      observer.sent(session, message.isText(), message.size());
    }
  }

  private void observeDropped(Message message) {
    if (observer != null) {
      observer.dropped(session, message.isText(), message.size());
    }
  }

  private void raisePeak(long queued) {
    long most;
    do {
      most = peak;
    } while (queued > most && !PEAK.compareAndSet(this, most, queued));
  }

  /** Tells the observer how full the queue has been; called now and then. */
  void tellPeak() {
    if (observer != null) {
      long most = (long) PEAK.getAndSet(this, waitingCost());
      if (most > 0) {
        observer.queued(session, most);
      }
    }
  }

  // ---- what others may know

  long pendingBytes() {
    OutgoingMessage message = underWay;
    long parts = message == null ? 0 : message.room.bytes();
    return room.bytes() + parts + transport.pendingBytes();
  }

  /** Whether a thread is calling the transport right now. */
  boolean isSending() {
    return state == BUSY;
  }

  /** The number of the send that the transport is busy with; 0 for none. */
  int blockedSend() {
    return state == BLOCKED ? blockedSends : 0;
  }

  private WebSocketException closed() {
    return new WebSocketException(
        CLOSED,
        "not sent: the connection is "
            + (session.isOpen()
                ? "failing"
                : session.readyState().name().toLowerCase(Locale.ROOT)));
  }

  private static WebSocketException ioFailure(Throwable cause) {
    return cause instanceof WebSocketException e
        ? e
        : new WebSocketException(CLOSED, "not sent: the connection failed", cause);
  }
}
