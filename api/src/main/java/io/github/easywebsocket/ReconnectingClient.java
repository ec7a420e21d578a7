package io.github.easywebsocket;

import static io.github.easywebsocket.WebSocketException.Kind.CLOSED;

import io.github.easywebsocket.spi.TimeSource;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A client that reconnects by itself whenever it loses its connection, after a {@link Backoff}, and
 * tells the application about each gap.
 *
 * <pre>{@code
 * try (var client = WebSocketClient.builder(URI.create("wss://example.com/feed"))
 *     .onOpen(connection -> connection.send("subscribe"))
 *     .onText((connection, text) -> System.out.println(text))
 *     .reconnecting()
 *     .onLost((client, gap) -> System.out.println("lost: " + gap.reason()))
 *     .onRestored((client, gap) -> System.out.println("back after " + gap.length()))
 *     .start()) {
 *   …
 * }
 * }</pre>
 *
 * <p>The handler sees one connection after the other, each with its own {@code onOpen} and {@code
 * onClose}. None of its calls overlaps with another one or with {@code onLost}, {@code onRetry} and
 * {@code onRestored}:
 *
 * <pre>{@code onRetry* onOpen … onClose (onLost onRetry* onRestored onOpen … onClose)*}</pre>
 *
 * <p>What was received is delivered once and in order. What could not be sent is never sent again
 * by itself: without a connection a send fails, and whether the last messages before a loss have
 * arrived cannot be known here. To make up for a gap, ask the server in {@code onOpen} or {@code
 * onRestored}: what is sent there goes out before anything else.
 *
 * <p>The client ends for good
 *
 * <ul>
 *   <li>by {@link #close()};
 *   <li>when a connection is closed, from either end, with one of the {@linkplain
 *       Builder#finalCodes final codes};
 *   <li>when the server refuses the handshake with a status other than 408, 425, 429, 500, 502, 503
 *       or 504;
 *   <li>when something is wrong that another attempt cannot mend, such as an option;
 *   <li>when {@link Backoff#maxRetries()} is reached.
 * </ul>
 *
 * <p>After anything else it tries again: a server that is not there or does not answer, headers
 * that could not be had, an end without a close frame, 1001, 1011, 1012, and so on. After close
 * code 1013 the next delay is a long one, and a {@code Retry-After} in seconds, up to an hour, is
 * added to the delay.
 *
 * <p>Safe from any thread. Each attempt resolves the host's name anew. The only thread of its own
 * is one that waits for a delay to pass, for as long as that takes; like every client, it does not
 * keep the JVM alive.
 */
public final class ReconnectingClient implements AutoCloseable {

  /**
   * A time without a connection, as far as it has gone.
   *
   * @param reason how the connection before it ended; null if there has been none yet
   * @param attempts how many attempts to connect were made in it
   * @param failure what the last attempt failed with; null if there was none, or it has succeeded
   * @param length the time since the connection ended, or since the client was started
   * @param delay the time until the next attempt, counted from the end of the callback; zero if the
   *     connection is back
   */
  public record Gap(
      @Nullable CloseReason reason,
      int attempts,
      @Nullable IOException failure,
      Duration length,
      Duration delay) {}

  /** A callback that is given a gap. */
  @FunctionalInterface
  public interface GapEvent {
    /** Called as the method of {@link Builder} says to which it was given. */
    void on(ReconnectingClient client, Gap gap) throws Exception;
  }

  private final Connector connector;
  private final WebSocketHandler handler;
  private final TimeSource time;
  private final Set<Integer> finalCodes;
  private final GapEvent lost;
  private final GapEvent retry;
  private final GapEvent restored;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  // Guarded by this. There is always one that goes on: an alarm, a session, or a thread that runs
  // the steps below. Who takes the alarm or the session away is the thread from then on.
  private @Nullable Alarm alarm;
  private @Nullable Session session;
  private @Nullable CompletableFuture<Void> connecting;
  private boolean closing;

  private final Retries retries; // of the one that goes on

  private volatile @Nullable Session ready; // its onOpen has returned
  private volatile @Nullable Thread teller; // is inside of a GapEvent, or asks for the next request

  private ReconnectingClient(Builder builder, Connector connector) {
    this.connector = connector;
    this.handler = builder.connection.effectiveHandler();
    this.time = builder.connection.time;
    this.finalCodes = builder.finalCodes;
    this.lost = builder.lost;
    this.retry = builder.retry;
    this.restored = builder.restored;
    this.retries =
        new Retries(
            builder.backoff,
            time,
            builder.random != null ? builder.random : new SplittableRandom());
  }

  // ---- what the user calls

  /**
   * The current connection, once its {@code onOpen} has returned; null while there is none. Inside
   * the handler and {@code onRestored}, it is the one that they are called for.
   */
  public @Nullable WebSocketConnection connection() {
    Session usable = ready;
    if (usable == null) {
      synchronized (this) {
        usable = session;
      }
      if (usable == null || !usable.onHandlerThread()) {
        return null;
      }
    }
    return usable.isOpen() ? usable : null;
  }

  /** Sends a text message; as {@link #send(Message)}. */
  public CompletionStage<Void> send(CharSequence text) {
    return send(connection -> connection.send(text));
  }

  /** Sends a binary message; as {@link #send(Message)}. */
  public CompletionStage<Void> send(ByteBuffer bytes) {
    return send(connection -> connection.send(bytes));
  }

  /** Sends a binary message; as {@link #send(Message)}. */
  public CompletionStage<Void> send(byte[] bytes) {
    return send(connection -> connection.send(bytes));
  }

  /**
   * Sends a message on the current connection.
   *
   * @return as {@link WebSocketConnection#send(Message)}; fails with kind {@code CLOSED} if there
   *     is no connection, or if its {@code onOpen} has not returned yet. Completion means that the
   *     transport has the message, not that the server has it
   */
  public CompletionStage<Void> send(Message message) {
    Objects.requireNonNull(message, "message");
    return send(connection -> connection.send(message));
  }

  private CompletionStage<Void> send(Function<WebSocketConnection, CompletionStage<Void>> send) {
    WebSocketConnection there = connection();
    return there != null
        ? send.apply(there)
        : CompletableFuture.failedStage(new WebSocketException(CLOSED, "there is no connection"));
  }

  /**
   * The end of the client.
   *
   * @return completes when no callback will be called any more: normally after {@link #close()} and
   *     after close code 1000; otherwise it fails with what ended the client, which is also logged
   *     as a warning
   */
  public CompletionStage<Void> ended() {
    return ended.minimalCompletionStage();
  }

  /**
   * Ends the client, whatever it is doing: closes the connection with code 1000, or ends the
   * attempt or the wait. Waits until all callbacks have returned, but not much longer than the
   * close time-out; does not wait when a callback of this client calls it.
   */
  @Override
  public void close() {
    Session last = endWhatGoesOn();
    if (isCallback(last)) {
      return;
    }
    try {
      ended.get(2 * connector.timeouts().close().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      abort(last);
    } catch (InterruptedException e) {
      abort(last);
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      return; // it had ended before
    }
  }

  /** Whoever goes on is told to stop; returns the session, if that is what goes on. */
  private @Nullable Session endWhatGoesOn() {
    Alarm waiting;
    Session last;
    CompletableFuture<Void> attempt;
    synchronized (this) {
      closing = true;
      waiting = alarm;
      last = session;
      attempt = connecting;
    }
    if (waiting != null && waiting.cancel()) {
      end(null);
    } else if (last != null && connector.forget(last)) {
      if (take(last)) {
        end(null);
      }
      if (attempt != null) {
        attempt.cancel(true);
      }
    } else if (last != null) {
      last.close();
    }
    return last;
  }

  private boolean isCallback(@Nullable Session last) {
    return teller == Thread.currentThread()
        || (last != null && last.readyState() != ReadyState.CONNECTING && !last.mayAwaitEnd());
  }

  private static void abort(@Nullable Session last) {
    if (last != null && last.readyState() != ReadyState.CONNECTING) {
      last.abort();
    }
  }

  /** Where it connects to; nothing that may be a secret. */
  @Override
  public String toString() {
    return "ReconnectingClient[" + connector + "]";
  }

  // ---- the steps

  private CompletableFuture<Void> connect() {
    retries.tries();
    Connector.Request request;
    try {
      request = request();
    } catch (WebSocketException e) {
      onHandlerThread(() -> failed(e));
      return CompletableFuture.failedFuture(e);
    }
    if (isClosing()) {
      end(null);
      return CompletableFuture.failedFuture(new CancellationException());
    }
    Session next = connector.session(new Opening(), request);
    next.closed().whenComplete((how, none) -> over(next, how));
    synchronized (this) {
      session = next;
    }
    CompletableFuture<Void> attempt = connector.connect(next, request);
    attempt.whenComplete((done, failure) -> attempted(next, failure));
    boolean goesOn;
    boolean stop;
    synchronized (this) {
      goesOn = session == next;
      stop = closing;
      if (goesOn) {
        connecting = attempt;
      }
    }
    if (!goesOn) {
      attempt.cancel(true); // it was closed before there was something to cancel, or is over
    } else if (stop) {
      endWhatGoesOn();
    }
    return attempt;
  }

  /** Asks for the request of the next attempt. */
  private Connector.Request request() throws WebSocketException {
    teller = Thread.currentThread();
    try {
      return connector.request();
    } finally {
      teller = null;
    }
  }

  /** Told of the connection that opens, before its handler is. */
  private final class Opening extends ForwardingHandler {
    Opening() {
      super(handler);
    }

    @Override
    public void onOpen(WebSocketConnection connection) throws Exception {
      if (retries.opens()) {
        tell(restored, retries.gap(null, Duration.ZERO));
      }
      handler.onOpen(connection);
      ready = (Session) connection;
    }
  }

  private void attempted(Session next, @Nullable Throwable failure) {
    if (failure != null && connector.giveUp(next) && take(next)) {
      onHandlerThread(() -> failed(failure));
    }
  }

  private void failed(Throwable failure) {
    if (failure instanceof IOException e && Retries.mayPass(e)) {
      pause(retry, e, retries.delayAfter(e));
    } else {
      end(failure);
    }
  }

  private void over(Session last, CloseReason how) {
    if (!take(last)) {
      return;
    }
    ready = null;
    CloseReason first = last.firstClose();
    if (!finalCodes.contains(first.code())) {
      guarded(() -> lost(how));
    } else if (first.code() == CloseReason.NORMAL) {
      end(null);
    } else {
      end(new WebSocketException(CLOSED, "the connection was closed for good: " + first));
    }
  }

  private void lost(CloseReason how) {
    retries.loses(how);
    pause(lost, null, retries.delayAfter(how));
  }

  private void pause(GapEvent event, @Nullable IOException failure, Duration delay) {
    if (retries.areUsedUp()) {
      end(failure != null ? failure : retries.noneLasts());
      return;
    }
    retries.waits();
    try {
      tell(event, retries.gap(failure, delay));
    } catch (Throwable e) {
      Log.log(Level.WARNING, this + ": a callback threw", e);
    }
    Alarm next = Alarm.set(time, delay, () -> onHandlerThread(this::wake));
    boolean stop;
    synchronized (this) {
      alarm = next;
      stop = closing;
    }
    if (stop && next.cancel()) {
      end(null);
    }
  }

  private void wake() {
    if (isClosing()) {
      end(null);
    } else {
      connect();
    }
  }

  private void end(@Nullable Throwable failure) {
    connector.release();
    if (failure == null || isClosing()) {
      ended.complete(null);
    } else {
      Log.log(Level.WARNING, () -> this + " ends: " + Log.printable(failure.toString()));
      ended.completeExceptionally(failure);
    }
  }

  // ---- small things

  private synchronized boolean isClosing() {
    return closing;
  }

  /** True for the one that goes on where this session ends. */
  private synchronized boolean take(Session whose) {
    boolean first = session == whose;
    if (first) {
      session = null;
      connecting = null;
    }
    return first;
  }

  private void tell(GapEvent event, Gap gap) throws Exception {
    teller = Thread.currentThread();
    try {
      event.on(this, gap);
    } finally {
      teller = null;
    }
  }

  private void onHandlerThread(Runnable step) {
    Executor executor = connector.executor();
    if (executor == null) {
      guarded(step);
      return;
    }
    AtomicBoolean begun = new AtomicBoolean(); // it may run what it rejects
    Runnable once =
        () -> {
          if (begun.compareAndSet(false, true)) {
            guarded(step);
          }
        };
    try {
      executor.execute(once);
    } catch (Throwable rejection) {
      once.run();
    }
  }

  /** Runs a step; a bug or want of memory ends the client instead of leaving it where it is. */
  private void guarded(Runnable step) {
    try {
      step.run();
    } catch (Throwable e) {
      end(e);
    }
  }

  /**
   * Describes a reconnecting client; every option has a default. Not safe from several threads. May
   * be used again: each start makes a client of its own.
   */
  public static final class Builder {

    private final WebSocketClient.Builder connection;
    private Backoff backoff = Backoff.DEFAULT;
    private Set<Integer> finalCodes =
        Set.of(
            CloseReason.NORMAL,
            CloseReason.POLICY_VIOLATION,
            CloseReason.MANDATORY_EXTENSION,
            CloseReason.UNAUTHORIZED,
            CloseReason.FORBIDDEN);
    private GapEvent lost = (client, gap) -> {};
    private GapEvent retry = (client, gap) -> {};
    private GapEvent restored = (client, gap) -> {};
    private @Nullable RandomGenerator random;

    Builder(WebSocketClient.Builder connection) {
      this.connection = connection;
    }

    /** Sets how long the client waits between attempts. Default {@link Backoff#DEFAULT}. */
    public Builder backoff(Backoff backoff) {
      this.backoff = Objects.requireNonNull(backoff, "backoff");
      return this;
    }

    /**
     * Sets the close codes that end the client, whichever end closes. Default: 1000 (done), 1008
     * (policy), 1010 (a missing extension), 3000 and 3003 (unauthorized and forbidden). Codes of
     * applications, from 4000 on, are not among them.
     *
     * @throws IllegalArgumentException if there is no such code
     */
    public Builder finalCodes(int... codes) {
      for (int code : codes) {
        if (code < 1000 || code > 4999) {
          throw new IllegalArgumentException("finalCodes: there is no close code " + code);
        }
      }
      finalCodes = Arrays.stream(codes).boxed().collect(Collectors.toUnmodifiableSet());
      return this;
    }

    /**
     * Called when a gap begins: a connection has ended, its {@code onClose} has returned, and there
     * will be another attempt. Runs on a thread for handlers, without {@link Around}. What it
     * throws is logged.
     */
    public Builder onLost(GapEvent function) {
      lost = Objects.requireNonNull(function);
      return this;
    }

    /**
     * Called when an attempt to connect has failed and there will be another one, also before the
     * first connection. Runs on a thread for handlers, without {@link Around}; if it blocks, the
     * next attempt waits. What it throws is logged.
     */
    public Builder onRetry(GapEvent function) {
      retry = Objects.requireNonNull(function);
      return this;
    }

    /**
     * Called when a gap is over, just before the {@code onOpen} of the new connection and as a part
     * of it, so what it throws costs that connection. Not called for the first connection.
     */
    public Builder onRestored(GapEvent function) {
      restored = Objects.requireNonNull(function);
      return this;
    }

    /** Draws the delays from here. */
    Builder random(RandomGenerator source) {
      random = source;
      return this;
    }

    /**
     * Starts the client. Returns at once, or, with {@link WebSocketClient.Builder#headers(
     * java.util.concurrent.Callable)}, once those have been supplied; it does not wait for a
     * connection. If the server is not there yet, the client keeps trying.
     *
     * @throws WebSocketException of kind {@code BACKEND} if no backend can be chosen
     * @throws IllegalArgumentException if an option is found to be wrong at once
     */
    public ReconnectingClient start() throws WebSocketException {
      ReconnectingClient client = new ReconnectingClient(this, connection.connector());
      CompletableFuture<Void> first = client.connect();
      if (first.isCompletedExceptionally()) {
        throwIfWrong(first.handle((opened, failure) -> failure).join());
      }
      return client;
    }

    private static void throwIfWrong(Throwable failure) throws WebSocketException {
      if (failure instanceof WebSocketException e && e.kind() == WebSocketException.Kind.BACKEND) {
        throw e;
      }
      if (failure instanceof RuntimeException e && !(e instanceof CancellationException)) {
        throw e; // an attempt is cancelled when its connection is over before the engine is done
      }
    }
  }
}
