package io.github.easywebsocket;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.easywebsocket.spi.Receiver;
import io.github.easywebsocket.spi.Transport;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A transport to nowhere: it writes down what the core does with it, and the test plays the engine.
 * A call that the SPI forbids is a failure: two at a time, one while a send is under way, one
 * behind the close frame or the end, output by an interrupted thread.
 */
final class FakeTransport implements Transport {

  private final List<String> calls = new ArrayList<>(); // guarded by this
  private final List<String> breaches = new ArrayList<>(); // guarded by this
  private final AtomicBoolean inside = new AtomicBoolean();
  private @Nullable Receiver receiver;
  private volatile boolean busy;
  private volatile boolean closing; // the close frame is sent
  private volatile boolean reported; // that it is gone
  private volatile boolean gone; // or of no more use since a call has failed

  /** Whether a send is left under way, until {@link #sent()}. */
  boolean full;

  /** Whether abort and disconnect are only written down, and the test calls {@code closed}. */
  boolean endsLater;

  /** The name of the method that throws. */
  String throwsIn = "";

  /** What happens inside of each send. */
  Runnable duringSend = () -> {};

  /** What happens once the close frame is out. */
  Runnable duringClose = () -> {};

  /** What happens just before a ping goes out. */
  Runnable duringPing = () -> {};

  /** What happens just before a pause takes effect. */
  Runnable duringPause = () -> {};

  /** What happens when it is tried to write on, which is not written down. */
  Runnable duringWriteOn = () -> {};

  /** Completes with the code of the close frame. */
  final CompletableFuture<Integer> closeFrame = new CompletableFuture<>();

  boolean answersPings;
  boolean mayBlock = true;
  volatile long pendingBytes;

  void reportTo(Receiver core) {
    receiver = core;
  }

  private Receiver core() {
    return Objects.requireNonNull(receiver);
  }

  // ---- what a test does and asserts

  /** Asserts what the core did since the last time, exactly, flushes left out. */
  void did(String... expected) {
    assertEquals(List.of(expected), take().stream().filter(c -> !c.equals("flush")).toList());
  }

  /** Asserts what the core did since the last time, exactly, flushes included. */
  void didWithFlushes(String... expected) {
    assertEquals(List.of(expected), take());
  }

  /** What the core did since the last time. */
  synchronized List<String> take() {
    List<String> taken = List.copyOf(calls);
    calls.clear();
    return taken;
  }

  /** Asserts that nothing is left unasserted, and that no rule was broken. */
  void verify() {
    synchronized (this) {
      assertEquals(List.of(), breaches, "breaches of the SPI");
    }
    did();
  }

  /** The send under way is over. */
  void sent() {
    finished(null);
  }

  /** The send under way has failed. */
  void sendFailed(Throwable failure) {
    gone = true;
    finished(failure);
  }

  private void finished(@Nullable Throwable failure) {
    busy = false;
    core().sent(failure);
  }

  /** The connection is gone. */
  void gone(@Nullable Throwable failure) {
    gone = true;
    reported = true;
    core().closed(failure);
  }

  // ---- what the core calls

  @Override
  public boolean send(Message message) {
    boolean taken = !full;
    output(
        "send",
        message.isText() ? "text " + message.text() : "binary " + message.size(),
        () -> {
          busy = !taken;
          duringSend.run();
        });
    return taken;
  }

  @Override
  public boolean sendPart(Message part, boolean first, boolean last) {
    boolean taken = !full;
    output(
        "sendPart",
        (first ? part.isText() ? "text" : "binary" : "then")
            + (part.isText() ? " " + part.text() : " " + part.size())
            + (last ? " end" : " ..."),
        () -> {
          busy = !taken;
          duringSend.run();
        });
    return taken;
  }

  @Override
  public void ping(ByteBuffer payload) {
    duringPing.run();
    output("ping", "ping " + RecordingHandler.hex(payload));
  }

  @Override
  public void pong(ByteBuffer payload) {
    output("pong", "pong " + RecordingHandler.hex(payload));
  }

  @Override
  public void close(int code, String reason) {
    output("close", reason.isEmpty() ? "close " + code : "close " + code + " " + reason);
    closing = true;
    closeFrame.complete(code);
    duringClose.run();
  }

  @Override
  public void flush() {
    output("flush", "flush");
  }

  @Override
  public void writeOn() {
    duringWriteOn.run();
    maybeThrow("writeOn");
  }

  @Override
  public void disconnect() {
    write("disconnect");
    maybeThrow("disconnect");
    end();
  }

  @Override
  public void abort() {
    write("abort");
    maybeThrow("abort");
    end();
  }

  private void end() {
    if (!endsLater && !reported) {
      gone(null);
    }
  }

  @Override
  public void pause() {
    duringPause.run();
    write("pause");
    maybeThrow("pause");
  }

  @Override
  public void resume() {
    write("resume");
    maybeThrow("resume");
  }

  private void output(String method, String call) {
    output(method, call, () -> {});
  }

  private void output(String method, String call, Runnable during) {
    if (!inside.compareAndSet(false, true)) {
      breach(call + " while another call runs");
    }
    if (busy) {
      breach(call + " while a send is under way");
    }
    if (gone || (closing && !method.equals("flush"))) {
      breach(call + " after the end");
    }
    if (Thread.currentThread().isInterrupted()) {
      breach(call + " by an interrupted thread");
    }
    write(call);
    during.run();
    inside.set(false);
    maybeThrow(method);
  }

  private void maybeThrow(String method) {
    if (method.equals(throwsIn)) {
      gone = true;
      throw new IllegalStateException(method + " is broken");
    }
  }

  private synchronized void write(String call) {
    calls.add(call);
  }

  private synchronized void breach(String what) {
    breaches.add(what);
  }

  @Override
  public long pendingBytes() {
    return pendingBytes;
  }

  @Override
  public boolean answersPings() {
    return answersPings;
  }

  @Override
  public boolean mayBlock() {
    return mayBlock;
  }

  @Override
  public @Nullable InetSocketAddress remoteAddress() {
    return null;
  }
}
