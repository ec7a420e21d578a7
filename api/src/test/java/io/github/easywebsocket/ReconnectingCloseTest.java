package io.github.easywebsocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.spi.ClientSettings;
import io.github.easywebsocket.spi.Receiver;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that connects again is closed, whatever it is doing. */
class ReconnectingCloseTest extends ReconnectingFixture {

  @Test
  void closeEndsTheWait() throws Exception {
    ReconnectingClient client = opened();
    transport.gone(null);
    seen.clear();
    client.close();
    assertEquals("done", outcome(client));
    assertTrue(time.isQuiet());
    passes(60);
    client.close();
    assertEquals(1, attempts.get());
  }

  @Test
  void closeEndsTheAttempt() throws Exception {
    ReconnectingClient client = builder.start();
    client.close();
    assertEquals("done", outcome(client));
    assertTrue(backend.connected.isCancelled());
    open();
    transport.did("abort");
  }

  @ParameterizedTest
  @ValueSource(strings = {"lost", "retry", "restored", "open", "close"})
  void closeInACallbackReturnsAtOnceAndIsTheEnd(String where) throws Exception {
    ReconnectingClient[] client = new ReconnectingClient[1];
    builder.onLost((own, gap) -> closeIf("lost", where, own));
    builder.onRetry((own, gap) -> closeIf("retry", where, own));
    builder.onRestored((own, gap) -> closeIf("restored", where, own));
    connections.onOpen(connection -> closeIf("open", where, client[0]));
    connections.onClose((connection, reason) -> closeIf("close", where, client[0]));
    client[0] = builder.start();
    open();
    int code = where.equals("open") ? 1000 : 1001;
    peerCloses(code);
    passes(1);
    fail();
    passes(2);
    if (where.equals("restored")) {
      open();
      peerCloses(1000);
    }
    transport.take();
    seen.clear();
    passes(100);
    assertEquals("done", outcome(client[0]));
  }

  private static void closeIf(String here, String where, @Nullable ReconnectingClient client) {
    if (here.equals(where)) {
      Objects.requireNonNull(client).close();
    }
  }

  @Test
  void aPeerThatDoesNotAnswerIsCutOffByCloseAsAnywhere() throws Exception {
    connections.timeouts(Timeouts.DEFAULT.withClose(Duration.ofMillis(20)));
    ReconnectingClient client = opened();
    client.close();
    transport.did("close 1000", "abort");
    saw("close 1006");
    assertEquals("done", outcome(client));
  }

  @Test
  void anInterruptedCloseAbortsAndKeepsTheFlag() throws Exception {
    ReconnectingClient client = opened();
    Thread.currentThread().interrupt();
    client.close();
    assertTrue(Thread.interrupted());
    transport.did("close 1000", "abort");
    saw("close 1006");
    assertEquals("done", outcome(client));
  }

  /** Whatever it is doing, close ends it; with real time, threads, and servers good and bad. */
  @Test
  void closeAtAnyMomentIsTheEnd() throws Exception {
    Duration tick = Duration.ofMillis(1);
    for (int i = 0; i < 100; i++) {
      CountDownLatch moment = new CountDownLatch(1 + i % 4);
      FakeBackend engine =
          new FakeBackend() {
            @Override
            public CompletionStage<Void> connect(ClientSettings settings, Receiver core) {
              moment.countDown();
              CompletableFuture<Void> connected = new CompletableFuture<>();
              int what = moment.getCount() == 0 ? 2 : ThreadLocalRandom.current().nextInt(2);
              CompletableFuture.runAsync(() -> answer(what, (Session) core, connected));
              return connected;
            }
          };
      AtomicInteger open = new AtomicInteger();
      ReconnectingClient client =
          WebSocketClient.builder(URI.create("ws://localhost:1/"))
              .backend(engine)
              .timeouts(Timeouts.DEFAULT.withClose(Duration.ofSeconds(1)))
              .onOpen(connection -> open.incrementAndGet())
              .onClose((connection, reason) -> open.decrementAndGet())
              .reconnecting()
              .backoff(new Backoff(tick, tick, tick, tick, 0))
              .start();
      if (i % 3 == 0) {
        moment.await();
      }
      client.close();
      assertEquals("done", outcome(client));
      assertEquals(0, open.get());
      assertNull(client.connection());
    }
  }

  /** Plays a server: one that refuses, one that hangs up, and one that stays. */
  private static void answer(int what, Session session, CompletableFuture<Void> connected) {
    if (what == 0) {
      connected.completeExceptionally(new ConnectException());
      return;
    }
    FakeTransport transport = new FakeTransport();
    transport.reportTo(session);
    session.open(transport, null);
    connected.complete(null);
    if (what == 1) {
      transport.gone(null);
    } else {
      transport.closeFrame.thenAcceptAsync(
          code -> {
            session.closeReceived(code, "");
            session.readComplete();
          });
    }
  }
}
