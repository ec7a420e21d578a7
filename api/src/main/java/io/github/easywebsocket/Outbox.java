package io.github.easywebsocket;

import static java.util.Objects.requireNonNull;

import io.github.easywebsocket.Outcomes.Refused;
import io.github.easywebsocket.spi.Transport;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The sending side of one connection: order, writing and flushing, and exactly one completion for
 * each send. What has to wait does so in {@link SendQueue}, or in {@link Controls} if it goes
 * before messages; {@link Outcomes} tells who sent it.
 *
 * <p>The transport takes one call at a time, from the holder of the {@link Token}. A send that
 * finds it idle and an empty queue goes straight to the transport, and allocates nothing if the
 * transport takes it. All others queue, and the holder drains the queue before it lets go. Whoever
 * queues tries for the token afterwards, so that nothing is left behind.
 *
 * <p>A batch (the handlers of what one read gave) puts off the flush to its end, so that all it
 * sent leaves in one write. A batch of inline handlers also keeps the token to its end. What it
 * sends to other connections waits in their queues: see {@link Batch}.
 */
final class Outbox {

  private static final Throwable CUT_OFF =
      new IllegalStateException("a send was cut off, for want of stack or memory");

  private final Session session;
  private final Transport transport;
  private final Token token = new Token();
  private final Outcomes outcomes;
  private final SendQueue queue;
  private final Controls controls;

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

  // the thread that writes the close frame; others see a value that is not theirs
  private @Nullable Thread closing;

  // used by the thread of the batch only; others see a value that is not theirs
  private @Nullable Thread batch;
  private boolean held;

  /** The batch of another connection in whose list this is; others see one that is not theirs. */
  private @Nullable Batch putOffBy;

  Outbox(Session session, Transport transport, Limits limits, @Nullable Observer observer) {
    this.session = session;
    this.transport = transport;
    this.outcomes = new Outcomes(session, observer);
    this.queue = new SendQueue(this, outcomes, session, limits, observer);
    this.controls = new Controls(transport);
  }

  // ---- sending, any thread

  CompletionStage<Void> send(Message message) {
    return Outcomes.stage(send(message, true));
  }

  /** Sends, but fails the send rather than wait for room; false if it has failed at once. */
  boolean offer(Message message) {
    return session.isOpen() && !(send(message, false) instanceof Refused);
  }

  private CompletableFuture<Void> send(Message message, boolean mayWait) {
    if (!session.isOpen()) {
      return new Refused(outcomes.closed());
    }
    if (held && batch == Thread.currentThread()) {
      if (queue.isIdle()) {
        return sendInBatch(message);
      }
      release(); // what others have queued goes first, or what this thread has before the batch
    } else if (!session.onHandlerThread() && Batch.takesSend()) {
      return putOff(message, mayWait);
    }
    CompletableFuture<Void> sending = sendIfIdle(message);
    return sending != null ? sending : enqueue(message, mayWait);
  }

  /** Sends as the holder of the token; drains the queue, and lets go of it, if it is to. */
  private CompletableFuture<Void> handOver(Message message, boolean thenLetGo) {
    CompletableFuture<Void> result;
    boolean mine = true;
    boolean interrupted = Thread.interrupted(); // NIO would close the channel
    try {
      if (closeSent || ended) {
        result = new Refused(outcomes.closed());
      } else {
        unflushed = true;
        if (transport.send(message)) {
          result = outcomes.taken(message);
        } else {
          Sending sending = new Sending(message);
          mine = block(sending);
          result = sending;
        }
      }
    } catch (Throwable e) {
      broken(e);
      result = new Refused(Outcomes.failed(e));
    }
    if (mine && thenLetGo) {
      drainAndLetGo();
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
    if (token.block()) {
      if (!ended || !token.unblock()) {
        return false;
      }
      if (failure == null) {
        failure = outcomes.closed();
      }
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
      return message.brokenBy != null ? message.brokenBy : outcomes.closed();
    }
    if (held && batch == Thread.currentThread()) {
      release(); // else the parts would fill the queue
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
    endsWhileClosing();
    ended = true;
    queue.wake();
    if (!goOn(outcomes.closed())) {
      tryDrain();
    }
  }

  // ---- draining

  /** See {@link io.github.easywebsocket.spi.Receiver#sent}. */
  void sent(@Nullable Throwable cause) {
    if (cause != null) {
      failure = Outcomes.failed(cause);
      ended = true; // the transport is not called again, but to abort it
    }
    if (token.sentEarly()) {
      return;
    }
    goOn(null);
  }

  private void completeInFlight() {
    Sending sending = inFlight;
    if (sending != null) {
      outcomes.complete(sending, failure);
    }
    inFlight = null; // only now: who is cut off leaves it to the next holder
    failure = null;
  }

  /** Sends what waits, unless the holder of the token is about to. */
  void tryDrain() {
    if (hasWork()) {
      drainIfIdle();
    }
  }

  private boolean hasWork() {
    if (ended) {
      return inFlight != null || !queue.isIdle() || !controls.isEmpty();
    }
    return queue.hasNext() || controls.hasNext() || (closeFrame != null && !closeSent);
  }

  /** Sends what waits, and lets go of the token when nothing is left to do with it. */
  private void drainAndLetGo() {
    boolean interrupted = Thread.interrupted(); // NIO would close the channel
    do {
      if (!drain()) {
        break; // blocked: sent() goes on
      }
      if (unflushed && batch != Thread.currentThread()) {
        flush();
      }
      token.letGo();
    } while (hasWork() && token.take());
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
      outcomes.complete(next, Outcomes.failed(e));
      throw e;
    }
    if (taken) {
      outcomes.complete(next, null);
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
    endsWhileClosing();
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
    closing = Thread.currentThread();
    session.closeFrameLeaves();
    transport.close(frame.code(), frame.reason());
    flush();
    closing = null;
    if (!ended) {
      session.closeFrameSent();
    }
  }

  /** On the thread that writes the close frame, the end means that it did not leave. */
  private void endsWhileClosing() {
    if (closing == Thread.currentThread()) {
      session.closeFrameLost();
    }
  }

  private void failQueue() {
    controls.clear();
    if (inFlight != null) {
      failure = outcomes.closed();
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
    held = hold && token.take();
  }

  /** From here on each send of the batch leaves at once, and with it what was put off. */
  void lastOfBatch() {
    batch = null;
  }

  /** Sends what the batch has put off. */
  void endBatch() {
    batch = null;
    if (held) {
      release();
    } else if (unflushed) {
      drainIfIdle();
    }
  }

  /** Sends what a handler has put off that goes on for long; called now and then. */
  void flushOverdue() {
    if (unflushed || hasWork()) {
      drainIfIdle();
    }
  }

  // ---- what others may know

  /** Whether room may come while the calling thread waits: not if that thread is to make it. */
  boolean mayBlock() {
    return !outcomes.isCompleting() && session.mayBlock();
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
    return token.isBusy();
  }

  /** The number of the send that the transport is busy with; 0 for none. */
  int blockedSend() {
    return token.isBlocked() ? blockedSends : 0;
  }

  /** See {@link SendQueue#tellPeak}. */
  void tellPeak() {
    queue.tellPeak();
  }

  // ---- the token is let go of, also when the stack is used up

  // Whatever is sent is sent inside of one of these. A holder that is cut off must let go of the
  // token without a call, for which there may be no stack, either; the sweep then aborts the
  // connection. So the lines that write fields stand in each of them, and no method unites them.

  /** Sends if nothing goes before it; null if it has to queue. */
  private @Nullable CompletableFuture<Void> sendIfIdle(Message message) {
    boolean mine = false;
    boolean over = false;
    try {
      mine = queue.isIdle() && token.take();
      CompletableFuture<Void> sending = null;
      if (mine && !queue.isInMessage()) {
        sending = handOver(message, true);
      } else if (mine) {
        drainAndLetGo(); // another thread has just begun a message
      }
      over = true;
      return sending;
    } finally {
      if (mine && !over) {
        ended = true;
        broken = CUT_OFF;
        token.state = Token.IDLE;
      }
    }
  }

  /** Sends with the token that the batch holds, and goes on to hold. */
  private CompletableFuture<Void> sendInBatch(Message message) {
    boolean over = false;
    try {
      CompletableFuture<Void> sending = handOver(message, false);
      over = true;
      return sending;
    } finally {
      if (!over) {
        ended = true;
        broken = CUT_OFF;
        held = false;
        token.state = Token.IDLE;
      }
    }
  }

  /** Sends what waits, unless another holds the token. */
  private void drainIfIdle() {
    boolean mine = false;
    boolean over = false;
    try {
      mine = token.take();
      if (mine) {
        drainAndLetGo();
      }
      over = true;
    } finally {
      if (mine && !over) {
        ended = true;
        broken = CUT_OFF;
        token.state = Token.IDLE;
      }
    }
  }

  /**
   * Sends what waits if the transport was busy: with the token, which nobody held.
   *
   * @param gone why what the transport was busy with has failed; null if sent() tells
   */
  private boolean goOn(@Nullable Throwable gone) {
    boolean mine = false;
    boolean over = false;
    try {
      mine = token.unblock();
      if (mine) {
        if (gone != null) {
          failure = gone;
        }
        completeInFlight();
        drainAndLetGo();
      }
      over = true;
      return mine;
    } finally {
      if (mine && !over) {
        ended = true;
        broken = CUT_OFF;
        token.state = Token.IDLE;
      }
    }
  }

  /**
   * Sends what waits, with the token that the batch holds, and then not any more. Where there is no
   * stack to call this, the batch still holds it.
   */
  private void release() {
    boolean over = false;
    try {
      held = false;
      drainAndLetGo();
      over = true;
    } finally {
      if (!over) {
        ended = true;
        broken = CUT_OFF;
        token.state = Token.IDLE;
      }
    }
  }
}
