package io.github.easywebsocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A client that connects again on a clock that the test turns, and an engine that the test plays.
 */
@Timeout(30)
abstract class ReconnectingFixture {

  @RegisterExtension final Logged logged = new Logged();

  final FakeBackend backend = new FakeBackend();
  final ManualTime time = new ManualTime();
  final List<String> seen = new CopyOnWriteArrayList<>();
  final AtomicInteger attempts = new AtomicInteger();
  final WebSocketClient.Builder connections =
      WebSocketClient.builder(URI.create("ws://localhost:1/chat?token=secret"))
          .backend(backend)
          .timeSource(time)
          .inline()
          .onOpen(connection -> seen.add("open"))
          .onText((connection, text) -> seen.add("text " + text))
          .onClose((connection, reason) -> seen.add("close " + reason));
  final ReconnectingClient.Builder builder =
      connections
          .reconnecting()
          .random(BackoffTest.GREATEST)
          .onLost((client, gap) -> seen.add("lost " + text(gap)))
          .onRetry((client, gap) -> seen.add("retry " + text(gap)))
          .onRestored((client, gap) -> seen.add("restored " + text(gap)));
  FakeTransport transport = new FakeTransport();

  ReconnectingFixture() {
    backend.onConnect =
        () -> {
          attempts.incrementAndGet();
          backend.connected = new CompletableFuture<>();
        };
  }

  @AfterEach
  void nothingElseHappenedAndNothingTicks() {
    saw();
    transport.verify();
    assertTrue(time.isQuiet());
  }

  static String text(ReconnectingClient.Gap gap) {
    IOException failure = gap.failure();
    return gap.reason()
        + " after "
        + gap.length().toSeconds()
        + " s and "
        + gap.attempts()
        + " attempts"
        + (failure == null ? "" : ": " + failure.getMessage())
        + (gap.delay().isZero() ? "" : ", next in " + gap.delay().toSeconds() + " s");
  }

  /** Asserts what was told since the last time, exactly. */
  void saw(String... expected) {
    assertEquals(List.of(expected), List.copyOf(seen));
    seen.clear();
  }

  /** The attempt under way succeeds. */
  void open() {
    transport = new FakeTransport();
    transport.reportTo(backend.client());
    backend.client().open(transport, null);
    backend.connected.complete(null);
  }

  /** The attempt under way fails. */
  void fail(Throwable failure) {
    backend.connected.completeExceptionally(failure);
  }

  void fail() {
    fail(new ConnectException("nobody there"));
  }

  void peerCloses(int code) {
    backend.client().closeReceived(code, "");
    backend.client().readComplete();
  }

  /** A client whose first connection is open. */
  ReconnectingClient opened() throws IOException {
    ReconnectingClient client = builder.start();
    open();
    saw("open");
    return client;
  }

  void passes(int seconds) {
    time.advance(Duration.ofSeconds(seconds));
  }

  /** Time passes, and the peer lives. */
  void livesFor(int seconds) {
    for (int i = 0; i < seconds; i += 5) {
      passes(5);
      backend.client().readComplete();
    }
  }

  /** Asserts that the next attempt comes after just so many seconds. */
  void triesAgainAfter(int seconds) {
    int before = attempts.get();
    time.advance(Duration.ofSeconds(seconds).minusNanos(1));
    assertEquals(before, attempts.get(), "too early");
    time.advance(Duration.ofNanos(1));
    assertEquals(before + 1, attempts.get(), "too late");
  }

  static String outcome(ReconnectingClient client) {
    return Wiring.outcome(client.ended());
  }

  /** Closes it, and the peer answers. */
  void finish(ReconnectingClient client) {
    CompletableFuture<Void> peer = transport.closeFrame.thenAcceptAsync(this::peerCloses);
    client.close();
    peer.join();
    saw("close 1000");
    transport.take();
    assertEquals("done", outcome(client));
  }
}
