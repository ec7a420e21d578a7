package io.github.easywebsocket.undertow;

import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.xnio.conduits.ConduitStreamSinkChannel;

/**
 * Ends a connection whose client does not read its answer, for which Undertow itself would wait for
 * ever. An answer that goes out at once costs no timer; others are looked at ten times in their
 * time. On the connection's I/O thread only.
 */
final class AnswerTimeout implements Runnable {

  private static final System.Logger LOGGER = System.getLogger("io.github.easywebsocket");

  private final HttpServerExchange request;
  private final ByteBuffer left;
  private final long nanos;
  private final BooleanSupplier isOut;
  private final CompletableFuture<Void> over = new CompletableFuture<>();
  private int remaining;
  private long progressed;

  /**
   * Makes one that does not count yet.
   *
   * @param left what is left of the answer's body; Undertow takes from it what it writes
   * @param isOut whether the answer is out, and the connection goes on
   */
  AnswerTimeout(HttpServerExchange request, ByteBuffer left, Duration time, BooleanSupplier isOut) {
    this.request = request;
    this.left = left;
    this.nanos = time.toNanos();
    this.isOut = isOut;
  }

  void begin() {
    progress();
    if (isWaiting()) {
      lookLater();
    } else {
      ended();
    }
  }

  /** Done when the answer is out, or never will be. */
  CompletionStage<?> over() {
    return over;
  }

  /** The answer is out; any thread. */
  void ended() {
    over.complete(null);
  }

  @Override
  public void run() {
    if (!isWaiting()) {
      ended();
      return;
    }
    if (left.remaining() != remaining) {
      progress();
    }
    if (System.nanoTime() - progressed < nanos) {
      writeOn();
      lookLater();
    } else {
      end();
    }
  }

  private boolean isWaiting() {
    return request.getConnection().isOpen() && !isOut.getAsBoolean();
  }

  private void progress() {
    remaining = left.remaining();
    progressed = System.nanoTime();
  }

  /**
   * The system tells of room once a third of its buffer is free, long after a slow reader has read.
   */
  private void writeOn() {
    if (request.getConnection() instanceof HttpServerConnection connection) {
      ConduitStreamSinkChannel sink = connection.getChannel().getSinkChannel();
      if (sink.isWriteResumed()) {
        sink.wakeupWrites();
      }
    }
  }

  private void lookLater() {
    try {
      long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos / 10));
      request.getIoThread().executeAfter(this, millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      end(); // the server stops
    }
  }

  /** Ends the connection. */
  void end() {
    try {
      request.getConnection().close();
    } catch (IOException | RejectedExecutionException e) { // the latter when the server has stopped
      LOGGER.log(Level.DEBUG, "closing a connection failed", e);
    }
    ended();
  }
}
