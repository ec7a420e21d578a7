package io.github.easywebsocket.jdkclient;

import io.github.easywebsocket.Message;
import io.github.easywebsocket.spi.Receiver;
import io.github.easywebsocket.spi.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Sends on a {@link WebSocket}, asks it for input, and knows when it has ended.
 *
 * <p>The JDK closes TCP by itself once both close frames are through, and says so to nobody. An
 * orderly end is therefore the sum of three: the input has ended, our close frame is written, and
 * the core has asked to disconnect. Any other end is reported at once.
 *
 * <p>Threads: what the JDK completes, it completes on the sender's thread or on the thread of its
 * HttpClient.
 */
final class JdkTransport implements Transport {

  private static final int NO_STATUS = 1005;
  private static final int NORMAL = 1000;
  private static final int POLICY_VIOLATION = 1008;

  private static final IntSupplier NOTHING = () -> 0;

  private final WebSocket webSocket;
  private final Gate gate;
  private final EngineThread thread;
  private final Executor executor;
  private final PingQueue pings;

  private volatile IntSupplier pending = NOTHING;
  private volatile boolean blocked; // the engine's thread is to go on writing

  // of the input; the JDK delivers as many events as were requested, one at a time
  private final AtomicBoolean unrequested = new AtomicBoolean();
  private volatile boolean paused;
  private volatile boolean discarding;
  private volatile boolean over;

  // of an orderly end
  private final AtomicInteger unfinished = new AtomicInteger(3); // see finished()
  private final AtomicBoolean disconnecting = new AtomicBoolean();
  private final CompletableFuture<Void> answer = new CompletableFuture<>();
  private volatile int peersCode;
  private volatile boolean violated;
  private volatile boolean closing;

  JdkTransport(WebSocket webSocket, Gate gate, EngineThread thread, Executor executor) {
    this.webSocket = webSocket;
    this.gate = gate;
    this.thread = thread;
    this.executor = executor;
    this.pings = new PingQueue(webSocket, this::outputFailed);
  }

  // ---- output

  @Override
  public boolean send(Message message) {
    return send(message, true);
  }

  @Override
  public boolean sendPart(Message part, boolean first, boolean last) {
    return send(part, last);
  }

  private boolean send(Message message, boolean last) {
    CompletableFuture<WebSocket> sending;
    if (message.isText()) {
      TextUnderWay text = new TextUnderWay(message.text());
      pending = text::remaining;
      sending = webSocket.sendText(text, last);
    } else {
      ByteBuffer payload = message.payload();
      pending = payload::remaining; // the JDK's encoder advances its position
      sending = webSocket.sendBinary(payload, last);
    }
    if (sending.isDone() && !sending.isCompletedExceptionally()) {
      pending = NOTHING;
      return true;
    }
    letEngineWrite();
    sending.whenComplete((sent, failure) -> sendDone(failure));
    return false;
  }

  private void letEngineWrite() {
    blocked = true;
    thread.changed();
  }

  private void sendDone(@Nullable Throwable failure) {
    pending = NOTHING;
    blocked = false;
    if (failure == null || violated) {
      gate.call(receiver -> receiver.sent(failure));
    } else {
      outputFailed(failure);
    }
  }

  @Override
  public void ping(ByteBuffer payload) {
    pings.add(payload);
  }

  @Override
  public void pong(ByteBuffer payload) {
    throw new UnsupportedOperationException("the JDK answers pings");
  }

  @Override
  public boolean answersPings() {
    return true;
  }

  /** Does nothing: the JDK writes at once. */
  @Override
  public void flush() {}

  /**
   * What is left of the message under way, characters if it is text. The JDK holds up to 32 KiB
   * more, of which it does not tell.
   */
  @Override
  public long pendingBytes() {
    return pending.getAsInt();
  }

  /**
   * False inside of a call to the receiver: that is the thread which reads and which completes
   * blocked sends, and to block it would be to wait for oneself.
   */
  @Override
  public boolean mayBlock() {
    return !gate.isInside();
  }

  // ---- input

  @Override
  public void pause() {
    paused = true;
  }

  /** Requests, if the engine's thread does not, on the executor: the JDK may deliver there. */
  @Override
  public void resume() {
    paused = false;
    thread.changed();
    if (!unrequested.get()) {
      return;
    }
    try {
      executor.execute(this::requestInput);
    } catch (RejectedExecutionException e) {
      requestInput();
    }
  }

  /**
   * Reports one event of the input; it is a read of its own, as the JDK does not tell its reads.
   */
  void report(Consumer<Receiver> event) {
    if (!discarding) {
      gate.call(
          receiver -> {
            event.accept(receiver);
            receiver.readComplete();
          });
    }
  }

  /**
   * What was requested has been taken; the next is requested. While the core has paused, the
   * engine's thread stays here: a request of its own, from inside of a call of the JDK, is one that
   * loses nothing, see {@link EngineThread}. Only to write or to end does it leave without.
   */
  void inputTaken() {
    thread.holdWhile(() -> paused && !blocked && !over);
    if (!paused) {
      webSocket.request(1);
      return;
    }
    unrequested.set(true);
    requestInput();
  }

  private void requestInput() {
    if (!paused && unrequested.compareAndSet(true, false)) {
      webSocket.request(1);
    }
  }

  // ---- the end

  /**
   * Sends a close frame. The JDK refuses some codes to clients, but sends any code by itself in
   * answer to the same; other than in that case, 1008 stands for them.
   */
  @Override
  public void close(int code, String reason) {
    pings.stop();
    closing = true;
    if (maySend(code)) {
      send(code, reason);
    } else if (code == peersCode && code != NO_STATUS) {
      answer.complete(null);
      finished();
    } else {
      send(code == NO_STATUS ? NORMAL : POLICY_VIOLATION, reason);
    }
  }

  private void send(int code, String reason) {
    // a lone surrogate becomes "?" here; the JDK would refuse to send the frame
    String encodable = new String(reason.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    CompletableFuture<WebSocket> sending = webSocket.sendClose(code, encodable);
    if (!sending.isDone()) {
      letEngineWrite();
    }
    sending.whenComplete(
        (sent, failure) -> {
          if (failure == null || webSocket.isInputClosed()) {
            finished(); // a failure then means that TCP has ended
          } else {
            outputFailed(failure);
          }
        });
  }

  /** Whether the JDK lets a client send the code. */
  private static boolean maySend(int code) {
    return switch (code) {
      case NORMAL, 1001, POLICY_VIOLATION, 1011 -> true;
      default -> code >= 3000 && code <= 4999;
    };
  }

  /**
   * The peer's close frame came.
   *
   * @return what the JDK waits for before it answers by itself, with the same code
   */
  CompletionStage<Void> closeReceived(int code, String reason) {
    peersCode = code;
    report(receiver -> receiver.closeReceived(code, reason));
    finished();
    return answer;
  }

  /** The peer broke a rule; see {@link #closeReceived} for what is returned. */
  CompletionStage<Void> failed(int code, String detail) {
    violated = true;
    report(receiver -> receiver.failed(code, detail));
    finished();
    return answer;
  }

  @Override
  public void disconnect() {
    if (!disconnecting.compareAndSet(false, true)) {
      return;
    }
    if (!closing) {
      abort(); // the JDK cannot end its output but by a close frame
      return;
    }
    // input is dropped from now on, but read until the peer ends it: to close TCP on unread data
    // would be a reset, which can destroy what the peer has yet to read, our close frame
    discarding = true;
    finished();
    resume();
  }

  /** One of the three parts of an orderly end is done: the input, the output, disconnect(). */
  private void finished() {
    if (unfinished.decrementAndGet() == 0) {
      end(null);
    }
  }

  @Override
  public void abort() {
    webSocket.abort();
    end(null);
  }

  /** The JDK could not write, and does not always say so to the listener. */
  private void outputFailed(Throwable failure) {
    if (!violated) { // else the JDK has closed TCP, and the end takes its orderly way
      webSocket.abort();
      gone(failure);
    }
  }

  /** The connection is gone other than in order: null for the end of TCP. */
  void gone(@Nullable Throwable failure) {
    end(failure == null || isReset(failure) ? null : failure);
  }

  private void end(@Nullable Throwable failure) {
    over = true;
    thread.changed();
    gate.end(failure);
  }

  /** Whether the peer, or its operating system, cut the connection: only the message tells. */
  private static boolean isReset(Throwable failure) {
    if (failure instanceof InternalError || failure instanceof ClosedChannelException) {
      return true; // of the JDK, when TCP ends while it delivers something or writes
    }
    if (!(failure instanceof IOException) || failure instanceof SSLException) {
      return false;
    }
    String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
    return message.contains("reset")
        || message.contains("broken pipe")
        || message.contains("aborted") // Windows
        || message.contains("closed"); // Windows; and the JDK itself, in consequence of the others
  }

  // ---- what else is known

  /** Null: the JDK does not tell. */
  @Override
  public @Nullable InetSocketAddress remoteAddress() {
    return null;
  }

  @Override
  public <T> @Nullable T unwrap(Class<T> type) {
    return type == WebSocket.class ? type.cast(webSocket) : null;
  }
}
