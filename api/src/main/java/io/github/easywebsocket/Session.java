package io.github.easywebsocket;

import static io.github.easywebsocket.WebSocketException.Kind.INVALID_TEXT;
import static io.github.easywebsocket.WebSocketException.Kind.IO;
import static io.github.easywebsocket.WebSocketException.Kind.MESSAGE_TOO_BIG;
import static io.github.easywebsocket.WebSocketException.Kind.PROTOCOL;
import static java.util.Objects.requireNonNull;

import io.github.easywebsocket.spi.Receiver;
import io.github.easywebsocket.spi.Transport;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection: what the user holds, and what the backend reports to. Every rule of CONTRACT.md
 * about a connection is kept here and in its parts, once for all backends. This class joins them:
 *
 * <pre>{@code
 * backend ─▶ Receiver ─▶ Assembly, Streaming ─▶ Inbox ─▶ handle ─▶ HandlerCalls ─▶ the user's handler
 * user ─▶ WebSocketConnection ─▶ Outbox with its SendQueue ─▶ the backend's Transport
 * Lifecycle: how it ends   Liveness, Pings: whether the peer lives   Reading: whether to read
 * }</pre>
 *
 * <p>Events of the wire take effect in their order, so a peer's close frame is answered after the
 * messages before it were handled, and what was sent has gone out.
 *
 * <p>How it ends: whoever begins the end (see {@link Lifecycle}, true for the first only) has the
 * outbox send the close frame. The end is done when both frames are through, or when the transport
 * is gone; then {@code onError} and {@code onClose} are called behind all that waits in the inbox.
 * The connection leaves {@link Connections} when the transport is gone and {@code onClose} has
 * returned.
 *
 * <p>Threads: the engine's calls what is of {@link Receiver}, but {@code sent} and {@code closed},
 * which come on any; the inbox has one thread at a time call {@link #handle}; the time's calls
 * {@link #sweep}; users call from any. The parts keep their own state safe, and neither the
 * transport nor a handler is called under a lock.
 */
final class Session implements WebSocketConnection, Receiver, Connections.Waiting {

  private final Connections connections;
  private final Handshake handshake;
  private final Limits limits;
  private final long id;
  private final Inbox inbox;
  private final boolean inline;
  private final Lifecycle lifecycle = new Lifecycle();
  private final HandlerCalls calls;
  private final Pings pings = new Pings();
  private final Liveness liveness = new Liveness();
  private final Subscriptions subscriptions;
  private final Reading reading = new Reading(this);
  private final @Nullable Streaming streaming; // null if messages are delivered whole
  private final CompletableFuture<CloseReason> closed = new CompletableFuture<>();

  private @Nullable Transport transport; // set by open, before any handler or sender sees this
  private @Nullable Outbox outbox;
  private @Nullable String subprotocol;
  private @Nullable Assembly assembly; // of an engine that delivers parts to who wants the whole
  private volatile @Nullable Object attachment;
  private volatile boolean writableWaits; // onWritable is in the inbox

  Session(
      Connections connections,
      WebSocketHandler handler,
      Handshake handshake,
      Limits limits,
      long id) {
    this.connections = connections;
    this.calls = new HandlerCalls(this, connections.hooks().wrap(handler), lifecycle);
    this.handshake = handshake;
    this.limits = limits;
    this.id = id;
    this.inline = connections.executor() == null;
    requireDeliverable(handler, inline);
    this.inbox = Inbox.of(this, connections.executor());
    this.subscriptions = new Subscriptions(this, connections.topics());
    this.streaming =
        switch (handler.delivery()) {
          case MESSAGES -> null;
          case PARTS -> new Streaming(this, false);
          case STREAMS -> new Streaming(this, true);
        };
  }

  /** Refuses a handler that would block a thread that it must not block. */
  static void requireDeliverable(WebSocketHandler handler, boolean inline) {
    if (inline && handler.delivery() == WebSocketHandler.Delivery.STREAMS) {
      throw new IllegalArgumentException(
          "onStream blocks while it reads, which inline() does not allow; take onPart, or other"
              + " threads");
    }
  }

  // ---- Receiver: what the backend reports

  @Override
  public void open(Transport transport, @Nullable String subprotocol) {
    this.transport = transport;
    this.outbox = new Outbox(this, transport, limits, connections.hooks().observer());
    this.subprotocol = subprotocol;
    liveness.begin(connections.now());
    if (!lifecycle.open(() -> connections.opened(this))) {
      transport.abort();
      return;
    }
    boolean stays = !connections.isStopping();
    inbox.start((Runnable) calls::open);
    if (!stays) {
      close(CloseReason.GOING_AWAY, "");
    }
  }

  @Override
  public boolean takesParts() {
    return streaming != null;
  }

  @Override
  public void message(boolean text, byte[] payload) {
    if (streaming != null) {
      part(text, ByteBuffer.wrap(payload), true, true);
      return;
    }
    heard();
    inbox.add(Message.of(text, payload), payload.length);
  }

  @Override
  public void part(boolean text, ByteBuffer piece, boolean endOfFrame, boolean endOfMessage) {
    heard();
    if (streaming == null) {
      if (assembly == null) {
        assembly = new Assembly(this, limits);
      }
      assembly.add(text, piece, endOfFrame, endOfMessage);
    } else if (!lifecycle.dropsInput()) {
      streaming.add(text, piece, endOfMessage);
    }
  }

  @Override
  public void ping(ByteBuffer payload) {
    heard();
    byte[] bytes = copy(payload);
    inbox.add((Runnable) () -> calls.ping(bytes), bytes.length);
    if (!transport().answersPings()) {
      outbox().pong(bytes);
    }
  }

  @Override
  public void pong(ByteBuffer payload) {
    heard();
    byte[] bytes = copy(payload);
    pings.answered(bytes, connections.nanoTime());
    inbox.add((Runnable) () -> calls.pong(bytes), bytes.length);
  }

  @Override
  public void closeReceived(int code, String why) {
    liveness.heardAll();
    boolean answers = lifecycle.peerClosed(new CloseReason(code, why));
    streamBreaks();
    if (answers) {
      finishIfDone();
    } else {
      inbox.add((Runnable) this::handlePeerClose, 0);
    }
  }

  @Override
  public void failed(int code, String detail) {
    liveness.heardAll();
    WebSocketException.Kind kind =
        switch (code) {
          case CloseReason.INVALID_PAYLOAD -> INVALID_TEXT;
          case CloseReason.MESSAGE_TOO_BIG -> MESSAGE_TOO_BIG;
          default -> PROTOCOL;
        };
    WebSocketException failure = new WebSocketException(kind, detail);
    streamBreaks();
    inbox.add((Runnable) () -> handleFailure(code, failure), 0);
  }

  @Override
  public void readComplete() {
    heard();
    inbox.readComplete();
  }

  /** The peer lives: its handlers may run before the end of the read. */
  private void heard() {
    liveness.heard(connections.now());
  }

  @Override
  public void sent(@Nullable Throwable failure) {
    outbox().sent(failure);
    if (failure != null) {
      abortTransport(); // closed() tells whether it is a failure, or the peer's doing
    }
  }

  @Override
  public void closed(@Nullable Throwable failure) {
    WebSocketException error =
        failure == null ? null : new WebSocketException(IO, "the connection failed", failure);
    if (!lifecycle.gone(error)) {
      return;
    }
    if (failure != null) { // which onError is not told of if an end was under way
      Log.log(Level.DEBUG, () -> this + ": the connection failed", failure);
    }
    if (readyState() != ReadyState.CONNECTING) {
      transportGone();
    } else {
      connections.ended(this); // the upgrade failed: no handler has seen the connection
    }
  }

  // ---- events, one at a time, called by the inbox

  /** Handles an event of the inbox. Throws nothing, unless the stack is used up. */
  void handle(Object event) {
    try {
      dispatch(event);
    } catch (Throwable e) { // no handler's, which are caught; perhaps want of memory
      lifecycle.wentWrong(e);
      log("an event could not be handled", e);
      abortTransport();
    }
  }

  private void dispatch(Object event) {
    if (event instanceof Message message) {
      calls.message(message);
    } else if (event instanceof MessagePart part) {
      calls.part(part);
    } else if (event instanceof IncomingMessage message) {
      calls.stream(message);
    } else {
      ((Runnable) event).run();
    }
  }

  private void handleWritable() {
    writableWaits = false;
    if (isOpen()) {
      calls.writable();
    }
  }

  private void handlePeerClose() {
    CloseReason theirs = lifecycle.takePeerClose(closeDeadline());
    if (theirs != null) {
      streamBreaks();
      sendClose(new CloseReason(theirs.code(), ""), false);
    }
  }

  private void handleFailure(int code, WebSocketException failure) {
    if (!fail(code, failure) && !lifecycle.hasFailed()) {
      abortTransport(); // what should have been a close frame was none
    }
  }

  // ---- the end begins

  /** Until when an end that begins now is to be over. */
  private long closeDeadline() {
    return connections.nanoTime() + connections.timeouts().close().toNanos();
  }

  /**
   * Fails the connection: tells the peer the code, and the application the failure. False if it is
   * ending already.
   */
  private boolean fail(int code, Throwable failure) {
    CloseReason why = new CloseReason(code, "");
    boolean first = lifecycle.fail(why, closeDeadline(), failure);
    if (first) {
      streamBreaks();
      sendClose(why, true);
    }
    return first;
  }

  /** The send queue is full, and the connection is to end for that. */
  void overflowed(WebSocketException full) {
    fail(CloseReason.POLICY_VIOLATION, full);
  }

  /** A handler threw, on its thread. */
  void handlerThrew(Throwable thrown) {
    CloseReason why = new CloseReason(CloseReason.INTERNAL_ERROR, "");
    boolean first = lifecycle.close(why, closeDeadline());
    if (first) {
      streamBreaks();
    }
    calls.error(thrown);
    if (first) {
      sendClose(why, false);
    }
  }

  /** The executor does not take the handlers; the caller runs what waits. */
  void rejected(Throwable rejection) {
    Log.rejection(() -> this + ": the executor rejected a handler", rejection);
    fail(CloseReason.INTERNAL_ERROR, rejection);
  }

  private void sendClose(CloseReason frame, boolean ahead) {
    reading.closing();
    outbox().close(frame, ahead);
  }

  /** What reads a message that is arriving learns that the rest does not come. */
  private void streamBreaks() {
    if (streaming != null) {
      streaming.fail(
          new WebSocketException(
              WebSocketException.Kind.CLOSED, "the connection ended inside of the message"));
    }
  }

  // ---- the end goes on

  /** The close frame is about to be written; called by the outbox, as what follows. */
  void closeFrameLeaves() {
    lifecycle.closeFrameLeaves();
  }

  /** It could not be written. */
  void closeFrameLost() {
    lifecycle.closeFrameLost();
  }

  /** It has been written. */
  void closeFrameSent() {
    lifecycle.closeFrameSent();
    finishIfDone();
  }

  private void finishIfDone() {
    if (lifecycle.isDone() && reportEnd()) {
      use(Transport::disconnect);
    }
  }

  /** What follows from the end of the transport; may be repeated. */
  private void transportGone() {
    streamBreaks();
    outbox().end();
    reportEnd();
    if (lifecycle.transportOver()) {
      connections.ended(this);
    }
  }

  /** Has onError and onClose called, after what waits. True for the first call, the only one. */
  private boolean reportEnd() {
    boolean first = lifecycle.reportEnd();
    if (first) {
      inbox.post((Runnable) this::handleEnd);
    }
    return first;
  }

  private void handleEnd() {
    if (lifecycle.isOnCloseOver()) {
      return; // the sweep took an end for cut off that was just coming
    }
    CloseReason how = lifecycle.reason();
    try {
      letGo();
    } catch (Throwable e) {
      log("what belongs to the connection could not be ended", e);
    }
    calls.close(how);
    closed.complete(how);
    if (lifecycle.onCloseOver()) {
      connections.ended(this);
    }
  }

  private void letGo() {
    try {
      Throwable failure = lifecycle.error();
      if (failure != null) {
        calls.error(failure);
      }
    } finally {
      lifecycle.closed();
    }
    subscriptions.end();
    outbox().tellPeak();
    pings.end();
  }

  // ---- the transport, but for output

  /** Calls the transport, unless it is gone. */
  private void use(Consumer<Transport> call) {
    if (lifecycle.isGone()) {
      return;
    }
    try {
      call.accept(transport());
    } catch (Throwable e) {
      transportFailed(e);
    }
  }

  private void abortTransport() {
    try {
      transport().abort();
    } catch (Throwable e) {
      log("the transport cannot be aborted", e);
    }
  }

  /** The transport threw: the connection is of no more use. */
  void transportFailed(Throwable failure) {
    lifecycle.wentWrong(new WebSocketException(IO, "the transport failed", failure));
    abortTransport();
  }

  // ---- time-outs, looked at by the sweep

  @Override
  public void sweep(long now) {
    inbox.goOn();
    if (lifecycle.isOverdue(now, connections.timeouts().close())) {
      abortTransport();
    } else if (isOpen()) {
      sweepOpen(now, connections.timeouts());
      outbox().abortIfBroken();
      outbox().flushOverdue();
      outbox().tellPeak();
    } else if (lifecycle.isGone()) {
      sweepGone();
    }
  }

  private void sweepOpen(long now, Timeouts timeouts) {
    if (reading.isHeld()) {
      liveness.heard(now); // we do not listen
    }
    if (liveness.isSilent(now, timeouts.idle())) {
      fail(CloseReason.GOING_AWAY, Lifecycle.timeout("the silence of the peer", timeouts.idle()));
    } else if (liveness.wantsPing(now, timeouts.ping())) {
      outbox().ping(new byte[0]);
    }
    if (liveness.isStuck(now, timeouts.write(), outbox(), transport())) {
      lifecycle.wentWrong(Lifecycle.timeout("a send without progress", timeouts.write()));
      abort();
    } else if (liveness.wantsTry(now, timeouts.write())) {
      use(Transport::writeOn); // there may be room that nobody tells of yet
    }
  }

  /** Goes on with the end, in case it was cut off: by a thread that had no stack left for it. */
  private void sweepGone() {
    transportGone();
    if (inbox.isIdle() && !lifecycle.isOnCloseOver()) {
      inbox.post((Runnable) this::handleEnd);
    }
  }

  // ---- for the inbox, the outbox and its queue

  void beginBatch(boolean hold) {
    outbox().beginBatch(hold);
  }

  void lastOfBatch() {
    outbox().lastOfBatch();
  }

  void endBatch() {
    outbox().endBatch();
  }

  void handlersBehind(boolean behind) {
    reading.behind(behind);
  }

  /** The send queue has emptied. Told once, however often that happens before the handler runs. */
  void writable() {
    if (!writableWaits) {
      writableWaits = true;
      inbox.post((Runnable) this::handleWritable);
    }
  }

  /**
   * Whether a sender may wait on the calling thread. Not in a sweep, which runs inline handlers and
   * what depends on sends: only a sweep would end the wait for a peer that does not read.
   */
  boolean mayBlock() {
    return !(inline && inbox.onHandlerThread()) && !connections.inSweep() && transport().mayBlock();
  }

  /** Whether the calling thread runs a handler of this connection. */
  boolean onHandlerThread() {
    return inbox.onHandlerThread();
  }

  // ---- for messages in parts, and the reading

  /** A part of a message, or a message that is streamed, is there for the handler. */
  void deliver(Object event, int bytes) {
    inbox.add(event, bytes);
  }

  void streamWaits(int cost) {
    reading.streamed(cost);
  }

  void streamTaken(int cost) {
    reading.streamed(-cost);
  }

  void pauseTransport() {
    use(Transport::pause);
  }

  void resumeTransport() {
    use(Transport::resume);
  }

  // ---- for clients and servers, whose connection it is

  /**
   * Nobody waits for the connection to open any more: if it does, no handler sees it. False if it
   * has opened, or is gone already.
   */
  boolean forget() {
    return lifecycle.forget();
  }

  /** See {@link Lifecycle#firstClose}. */
  CloseReason firstClose() {
    return lifecycle.firstClose();
  }

  /**
   * Whether the calling thread may wait for the end: not if it runs a handler of this connection,
   * what depends on one of its sends, or the engine, for then the end waits for that thread.
   */
  boolean mayAwaitEnd() {
    return !inbox.onHandlerThread() && outbox().mayBlock();
  }

  // ---- WebSocketConnection: what the user calls

  @Override
  public CompletionStage<Void> send(Message message) {
    return outbox().send(requireNonNull(message, "message"));
  }

  @Override
  public CompletionStage<Void> send(CharSequence text) {
    Message message;
    try {
      message = Message.text(text);
    } catch (IllegalArgumentException e) {
      return CompletableFuture.failedStage(e);
    }
    return send(message);
  }

  @Override
  public CompletionStage<Void> send(ByteBuffer bytes) {
    return send(Message.binary(bytes));
  }

  @Override
  public CompletionStage<Void> send(byte[] bytes) {
    return send(Message.binary(bytes));
  }

  /** Sends without waiting; false if the send has failed. */
  boolean offer(Message message) {
    return outbox().offer(message);
  }

  @Override
  public boolean subscribe(String topic) {
    return subscriptions.add(topic);
  }

  @Override
  public boolean unsubscribe(String topic) {
    return subscriptions.remove(topic);
  }

  @Override
  public Set<String> topics() {
    return subscriptions.names();
  }

  @Override
  public int publish(String topic, Message message) {
    return subscriptions.publish(topic, message);
  }

  @Override
  public OutgoingMessage startText() {
    return new OutgoingMessage(outbox(), limits, true);
  }

  @Override
  public OutgoingMessage startBinary() {
    return new OutgoingMessage(outbox(), limits, false);
  }

  @Override
  public boolean isWritable() {
    return isOpen() && outbox().isWritable();
  }

  @Override
  public void pauseReading() {
    reading.pause(true);
  }

  @Override
  public void resumeReading() {
    reading.pause(false);
  }

  @Override
  public CompletionStage<Duration> ping() {
    if (!isOpen()) {
      return CompletableFuture.failedStage(Pings.closed());
    }
    return pings.send(outbox(), connections.nanoTime());
  }

  @Override
  public void close(int code, String why) {
    CloseReason wanted = CloseReason.toSend(code, why);
    if (lifecycle.close(wanted, closeDeadline())) {
      streamBreaks();
      sendClose(wanted, false);
    }
  }

  @Override
  public void abort() {
    if (lifecycle.close(new CloseReason(CloseReason.ABNORMAL, ""), closeDeadline())) {
      streamBreaks();
    }
    abortTransport();
  }

  @Override
  public CompletionStage<CloseReason> closed() {
    return closed.minimalCompletionStage();
  }

  @Override
  public ReadyState readyState() {
    return lifecycle.state();
  }

  @Override
  public long pendingBytes() {
    return outbox().pendingBytes();
  }

  @Override
  public long id() {
    return id;
  }

  @Override
  public Handshake handshake() {
    return handshake;
  }

  @Override
  public @Nullable String subprotocol() {
    return subprotocol;
  }

  @Override
  public @Nullable InetSocketAddress remoteAddress() {
    InetSocketAddress client = handshake.remoteAddress(); // which a proxy may have told
    return client != null ? client : transport().remoteAddress();
  }

  @Override
  public @Nullable Object attachment() {
    return attachment;
  }

  @Override
  public void attach(@Nullable Object object) {
    attachment = object;
  }

  @Override
  public <T> @Nullable T unwrap(Class<T> type) {
    return type.isInstance(transport) ? type.cast(transport) : transport().unwrap(type);
  }

  /** The number, path and state; nothing that may be a secret. */
  @Override
  public String toString() {
    return "WebSocketConnection["
        + id
        + " "
        + Log.printable(handshake.path())
        + " "
        + readyState()
        + "]";
  }

  // ---- small things

  private Transport transport() {
    return requireNonNull(transport);
  }

  private Outbox outbox() {
    return requireNonNull(outbox);
  }

  private static byte[] copy(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  void log(String what, Throwable thrown) {
    Log.log(Level.WARNING, () -> this + ": " + what, thrown);
  }
}
