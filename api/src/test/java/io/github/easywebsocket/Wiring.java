package io.github.easywebsocket;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A session with a handler on one side and a transport on the other, both of them the test's. */
final class Wiring {

  /** Where handlers run. */
  enum Mode {
    INLINE,
    EXECUTOR
  }

  final ManualTime time = new ManualTime();
  final RecordingHandler handler = new RecordingHandler();
  final FakeTransport transport = new FakeTransport();
  final ManualExecutor executor = new ManualExecutor();
  final Connections connections;
  final Session session;

  Wiring(Mode mode) {
    this(mode, Limits.DEFAULT);
  }

  Wiring(Mode mode, Limits limits) {
    this(mode, limits, (Topics) null);
  }

  Wiring(Mode mode, Limits limits, @Nullable Topics topics) {
    this(mode, limits, topics, Hooks.NONE, WebSocketHandler.Delivery.MESSAGES);
  }

  Wiring(Mode mode, Limits limits, WebSocketHandler.Delivery delivery) {
    this(mode, limits, null, Hooks.NONE, delivery);
  }

  Wiring(Mode mode, Limits limits, @Nullable Topics topics, Hooks hooks) {
    this(mode, limits, topics, hooks, WebSocketHandler.Delivery.MESSAGES);
  }

  Wiring(
      Mode mode,
      Limits limits,
      @Nullable Topics topics,
      Hooks hooks,
      WebSocketHandler.Delivery delivery) {
    handler.delivery = delivery;
    connections =
        new Connections(
            Timeouts.DEFAULT, mode == Mode.INLINE ? null : executor, time, topics, hooks);
    connections.reserve(1);
    Handshake handshake = new Handshake("/ws", Map.of(), "", Headers.EMPTY, null, null);
    session = new Session(connections, handler, handshake, limits, 1);
    transport.reportTo(session);
  }

  /** Opens the connection; the handler has seen it. */
  Wiring open() {
    session.open(transport, null);
    run();
    handler.saw("open");
    return this;
  }

  /** Runs the handlers that wait; inline, they have run. */
  void run() {
    executor.runAll();
  }

  /** One read of the engine gave all this; the handlers have not run, but inline. */
  void read(Runnable... events) {
    for (Runnable event : events) {
      event.run();
    }
    session.readComplete();
  }

  /** Text messages of the peer, in one read; the handlers have run. */
  void text(String... texts) {
    for (String text : texts) {
      session.message(true, text.getBytes(UTF_8));
    }
    session.readComplete();
    run();
  }

  /** The peer's close frame; the handlers have run. */
  void peerCloses(int code, String reason) {
    session.closeReceived(code, reason);
    session.readComplete();
    run();
  }

  /** The transport is gone; the handlers have run. */
  void gone(@Nullable Throwable failure) {
    transport.gone(failure);
    run();
  }

  /** Time passes; the handlers have run. */
  void advance(Duration duration) {
    time.advance(duration);
    run();
  }

  /** Asserts that nothing happened which the test has not asserted. */
  void verify() {
    run();
    handler.verify();
    transport.verify();
  }

  static ByteBuffer bytes(String hex) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  /** How a stage stands: "pending", "done", the kind of its failure, or the failure's name. */
  static String outcome(CompletionStage<?> stage) {
    CompletableFuture<?> future = stage.toCompletableFuture();
    if (!future.isDone()) {
      return "pending";
    }
    try {
      future.join();
      return "done";
    } catch (CompletionException e) {
      Throwable cause = e.getCause();
      return cause instanceof WebSocketException known
          ? known.kind().name()
          : String.valueOf(cause == null ? e : cause.getClass().getSimpleName());
    }
  }
}
