package io.github.easywebsocket;

import static io.github.easywebsocket.WebSocketException.Kind.CLOSED;
import static java.util.Objects.requireNonNull;

import io.github.easywebsocket.spi.Transport;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The sending side of one connection: order, writing and flushing, and exactly one completion for
 * each send. What has to wait does so in {@link SendQueue}, or in {@link Controls} if it goes
 * before messages.
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
 *
 * <p>A holder that is cut off since the stack is used up must let go of the token without a call,
 * for which there may be no stack, either. So a few lines that write fields stand in each method
 * which takes the token or begins to use it, and no method unites them; the sweep then aborts the
 * connection.
 */
final class Outbox {

  private static final int IDLE = 0;
  private static final int BUSY = 1;
  private static final int BLOCKED = 2;
  private static final int SENT = 3;

  private static final CompletionStage<Void> DONE = CompletableFuture.completedStage(null);

  /** A send that the transport has taken at once; not for users, who could complete it. */
  private static final CompletableFuture<Void> TAKEN = CompletableFuture.completedFuture(null);

  private static final Throwable CUT_OFF =
      new IllegalStateException("a send was cut off, for want of stack or memory");

  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Outbox.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Session session;
  private final Transport transport;
  private final @Nullable Observer observer;
  private final SendQueue queue;
  private final Controls controls;

  private volatile int state = IDLE;
  private volatile @Nullable CloseReason closeFrame; // to be sent, or sent
  private volatile boolean closeAhead; // before what is in the queue, which is failed
  private volatile boolean ended; // the transport is gone, or not to be called any more
  private volatile @Nullable Throwable broken; // what it threw, if it is still to be aborted

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
    this.observer = observer;
    this.queue = new SendQueue(this, session, limits, observer);
    this.controls = new Controls(transport);
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
      if (queue.isIdle()) {
        return sendNow(message, false);
      }
      held = false; // what others have queued goes first, or what this thread has before the batch
      release();
    } else if (!session.onHandlerThread() && Batch.takesSend()) {
      return putOff(message, mayWait);
    }
    CompletableFuture<Void> sending = sendIfIdle(message);
    return sending != null ? sending : enqueue(message, mayWait);
  }

  /** Null if it has to queue. */
  private @Nullable CompletableFuture<Void> sendIfIdle(Message message) {
    boolean mine = false;
    boolean over = false;
    try {
      mine = queue.isIdle() && STATE.compareAndSet(this, IDLE, BUSY);
      CompletableFuture<Void> sending = null;
      if (mine && !queue.isInMessage()) {
        sending = sendNow(message, true);
      } else if (mine) {
        release(); // another thread has just begun a message
      }
      over = true;
      return sending;
    } finally {
      if (mine && !over) { // as in sendNow, which the stack may not even have let begin
        ended = true;
        broken = CUT_OFF;
        state = IDLE;
      }
    }
  }

  /** Sends as the holder of the token. */
  private CompletableFuture<Void> sendNow(Message message, boolean thenRelease) {
    boolean over = false;
    try {
      CompletableFuture<Void> result = handOver(message, thenRelease);
      over = true;
      return result;
    } finally {
      if (!over) { // without a call: the stack may be used up
        ended = true;
        broken = CUT_OFF;
        held = false;
        state = IDLE;
      }
    }
  }

  private CompletableFuture<Void> handOver(Message message, boolean thenRelease) {
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
    WebSocketException refusal = queue.add(sending, mayWait);
    if (refusal != null) {
      return new Refused(refusal);
    }
    tryDrain();
    return sending;
  }

  /** Sends a part of a message; null, or why it is refused, and then nothing has happened. */
  @Nullable WebSocketException sendPart(Sending part) {
    OutgoingMessage message = requireNonNull(part.of);
    if (!session.isOpen() || message.brokenBy != null) {
      return message.brokenBy != null ? message.brokenBy : closed();
    }
    if (held && batch == Thread.currentThread()) {
      held = false; // else the parts would fill the queue
      release();
    }
    WebSocketException refusal = queue.add(part, true);
    if (refusal == null) {
      tryDrain();
    }
    return refusal;
  }

  /** Queues a message that is sent at the end of a batch of another connection. */
  private CompletableFuture<Void> putOff(Message message, boolean mayWait) {
    Sending sending = new Sending(message);
    if (!queue.tryAdd(sending)) {
      return enqueue(message, mayWait); // there may be room once the queue is sent
    }
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

  // ---- control frames, any thread

  void ping(byte[] payload) {
    controls.addPing(payload);
    tryDrain();
  }

  /** Queues a ping; {@link #tryDrain()} is to follow. */
  void addPing(byte[] payload) {
    controls.addPing(payload);
  }

  /** Answers a ping. */
  void pong(byte[] payload) {
    controls.setPong(payload);
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
    queue.wake();
    tryDrain();
  }

  /** The transport is gone: fails what is queued or under way. */
  void end() {
    ended = true;
    queue.wake();
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

  /** Completes a send; meanwhile this thread must not wait for others to be sent. */
  void complete(Sending sending, @Nullable Throwable cause) {
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
    if (hasWork()) {
      releaseIfIdle();
    }
  }

  private void releaseIfIdle() {
    boolean mine = false;
    boolean over = false;
    try {
      mine = STATE.compareAndSet(this, IDLE, BUSY);
      if (mine) {
        release();
      }
      over = true;
    } finally {
      if (mine && !over) { // as in sendNow
        ended = true;
        broken = CUT_OFF;
        state = IDLE;
      }
    }
  }

  private boolean hasWork() {
    if (ended) {
      return inFlight != null || !queue.isIdle() || !controls.isEmpty();
    }
    return queue.hasNext() || controls.hasNext() || (closeFrame != null && !closeSent);
  }

  /** Lets go of the token when nothing is left to do with it. */
  private void release() {
    boolean over = false;
    try {
      drainAndFlush();
      over = true;
    } finally {
      if (!over) { // as in sendNow
        ended = true;
        broken = CUT_OFF;
        state = IDLE;
      }
    }
  }

  private void drainAndFlush() {
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
    queue.tellIfWritable();
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
        if (controls.send()) {
          unflushed = true;
        }
        CloseReason frame = closeFrame;
        if (frame != null && (closeAhead || !queue.hasNext())) {
          sendClose(frame);
          continue;
        }
        Sending next = queue.poll();
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

  /**
   * The transport threw: it is not called again, but to abort it. Not here if the stack is used up,
   * which happens to who sends again and again when a send is done; the end must not fail, too.
   */
  private void broken(Throwable cause) {
    ended = true;
    broken = cause;
    if (!(cause instanceof StackOverflowError)) {
      abortIfBroken();
    }
  }

  /** Has the transport aborted if that has to be made up for. */
  void abortIfBroken() {
    Throwable cause = broken;
    if (cause != null) {
      broken = null;
      session.transportFailed(cause);
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
    controls.clear();
    if (inFlight != null) {
      failure = closed();
      completeInFlight();
    }
    queue.fail();
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
    } else if (unflushed) {
      releaseIfIdle();
    }
  }

  /** Sends what a handler has put off that goes on for long; called now and then. */
  void flushOverdue() {
    if (unflushed || hasWork()) {
      releaseIfIdle();
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

  /** See {@link SendQueue#tellPeak}. */
  void tellPeak() {
    queue.tellPeak();
  }

  // ---- what others may know

  /** Whether room may come while the calling thread waits: not if that thread is to make it. */
  boolean mayBlock() {
    return completing != Thread.currentThread() && session.mayBlock();
  }

  /** See {@link SendQueue#isWritable}. */
  boolean isWritable() {
    return queue.isWritable();
  }

  long pendingBytes() {
    return queue.bytes() + transport.pendingBytes();
  }

  /** Whether a thread is calling the transport right now. */
  boolean isSending() {
    return state == BUSY;
  }

  /** The number of the send that the transport is busy with; 0 for none. */
  int blockedSend() {
    return state == BLOCKED ? blockedSends : 0;
  }

  /** Why a send fails that the connection no longer takes. */
  WebSocketException closed() {
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
