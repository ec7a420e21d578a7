package io.github.easywebsocket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.WebSocketException.Kind;
import io.github.easywebsocket.spi.ClientSettings;
import io.github.easywebsocket.spi.Receiver;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connecting again: when, when not, what is told, and how it ends. */
@Timeout(30)
class ReconnectingClientTest {

  @RegisterExtension final Logged logged = new Logged();

  private final FakeBackend backend = new FakeBackend();
  private final ManualTime time = new ManualTime();
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final AtomicInteger attempts = new AtomicInteger();
  private final WebSocketClient.Builder connections =
      WebSocketClient.builder(URI.create("ws://localhost:1/chat?token=secret"))
          .backend(backend)
          .timeSource(time)
          .inline()
          .onOpen(connection -> seen.add("open"))
          .onText((connection, text) -> seen.add("text " + text))
          .onClose((connection, reason) -> seen.add("close " + reason));
  private final ReconnectingClient.Builder builder =
      connections
          .reconnecting()
          .random(BackoffTest.GREATEST)
          .onLost((client, gap) -> seen.add("lost " + text(gap)))
          .onRetry((client, gap) -> seen.add("retry " + text(gap)))
          .onRestored((client, gap) -> seen.add("restored " + text(gap)));
  private FakeTransport transport = new FakeTransport();

  ReconnectingClientTest() {
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

  private static String text(ReconnectingClient.Gap gap) {
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
  private void saw(String... expected) {
    assertEquals(List.of(expected), List.copyOf(seen));
    seen.clear();
  }

  /** The attempt under way succeeds. */
  private void open() {
    transport = new FakeTransport();
    transport.reportTo(backend.client());
    backend.client().open(transport, null);
    backend.connected.complete(null);
  }

  /** The attempt under way fails. */
  private void fail(Throwable failure) {
    backend.connected.completeExceptionally(failure);
  }

  private void fail() {
    fail(new ConnectException("nobody there"));
  }

  private void peerCloses(int code) {
    backend.client().closeReceived(code, "");
    backend.client().readComplete();
  }

  /** A client whose first connection is open. */
  private ReconnectingClient opened() throws IOException {
    ReconnectingClient client = builder.start();
    open();
    saw("open");
    return client;
  }

  private void passes(int seconds) {
    time.advance(Duration.ofSeconds(seconds));
  }

  /** Time passes, and the peer lives. */
  private void livesFor(int seconds) {
    for (int i = 0; i < seconds; i += 5) {
      passes(5);
      backend.client().readComplete();
    }
  }

  /** Asserts that the next attempt comes after just so many seconds. */
  private void triesAgainAfter(int seconds) {
    int before = attempts.get();
    time.advance(Duration.ofSeconds(seconds).minusNanos(1));
    assertEquals(before, attempts.get(), "too early");
    time.advance(Duration.ofNanos(1));
    assertEquals(before + 1, attempts.get(), "too late");
  }

  private static String outcome(ReconnectingClient client) {
    return Wiring.outcome(client.ended());
  }

  // ---- what it does

  @Test
  void itIsAClientLikeAnother() throws Exception {
    ReconnectingClient client = opened();
    backend.client().message(true, "hi".getBytes(UTF_8));
    backend.client().readComplete();
    saw("text hi");
    assertEquals("done", Wiring.outcome(client.send("yes")));
    assertSame(backend.client(), client.connection());
    CompletableFuture<Void> peer =
        transport.closeFrame.thenAcceptAsync(this::peerCloses); // as close() waits
    client.close();
    peer.join();
    saw("close 1000");
    transport.did("text yes", "close 1000", "disconnect");
    assertEquals("done", outcome(client));
    assertEquals(1, attempts.get());
  }

  @Test
  void itStartsBeforeTheServer() throws Exception {
    ReconnectingClient client = builder.start();
    fail();
    saw("retry null after 0 s and 1 attempts: nobody there, next in 1 s");
    triesAgainAfter(1);
    fail();
    saw("retry null after 1 s and 2 attempts: nobody there, next in 2 s");
    triesAgainAfter(2);
    open();
    saw("open");
    finish(client);
  }

  /** Closes it, and the peer answers. */
  private void finish(ReconnectingClient client) {
    CompletableFuture<Void> peer = transport.closeFrame.thenAcceptAsync(this::peerCloses);
    client.close();
    peer.join();
    saw("close 1000");
    transport.take();
    assertEquals("done", outcome(client));
  }

  @Test
  void anExecutorThatRejectsWhatItRunsMakesNoSecondAttempt() throws Exception {
    connections.executor(
        task -> {
          task.run();
          throw new RejectedExecutionException("after all");
        });
    ReconnectingClient client = builder.start();
    fail();
    saw("retry null after 0 s and 1 attempts: nobody there, next in 1 s");
    triesAgainAfter(1);
    client.close();
  }

  @Test
  void itIsBackAfterALoss() throws Exception {
    ReconnectingClient client = opened();
    transport.gone(null);
    saw("close 1006", "lost 1006 after 0 s and 0 attempts, next in 1 s");
    assertNull(client.connection());
    triesAgainAfter(1);
    fail();
    saw("retry 1006 after 1 s and 1 attempts: nobody there, next in 2 s");
    triesAgainAfter(2);
    open();
    saw("restored 1006 after 3 s and 2 attempts", "open");
    assertEquals(2, Objects.requireNonNull(client.connection()).id() - 1); // of three attempts
    finish(client);
  }

  @Test
  void aroundIsAroundTheConnectionsNotTheGap() throws Exception {
    connections.around(
        (connection, call) -> {
          seen.add("(");
          call.run();
          seen.add(")");
        });
    ReconnectingClient client = builder.start();
    open();
    saw("(", "open", ")");
    transport.gone(null);
    saw("(", "close 1006", ")", "lost 1006 after 0 s and 0 attempts, next in 1 s");
    triesAgainAfter(1);
    fail();
    saw("retry 1006 after 1 s and 1 attempts: nobody there, next in 2 s");
    triesAgainAfter(2);
    open();
    saw("(", "restored 1006 after 3 s and 2 attempts", "open", ")");
    peerCloses(CloseReason.NORMAL);
    saw("(", "close 1000", ")");
    transport.did("close 1000", "disconnect");
    assertEquals("done", outcome(client));
  }

  @Test
  void theDelaysBeginAnewAfterASteadyConnectionOnly() throws Exception {
    ReconnectingClient client = opened();
    transport.gone(null);
    triesAgainAfter(1);
    open();
    livesFor(25);
    transport.gone(null);
    triesAgainAfter(2);
    open();
    livesFor(30);
    transport.take(); // pings
    transport.gone(null);
    triesAgainAfter(1);
    open();
    seen.clear();
    finish(client);
  }

  @ParameterizedTest
  @ValueSource(ints = {1001, 1002, 1003, 1005, 1007, 1009, 1011, 1012, 1014, 3001, 4000, 4999})
  void aCloseWithAnotherThanAFinalCodeIsAGap(int code) throws Exception {
    ReconnectingClient client = opened();
    peerCloses(code);
    transport.did("close " + code, "disconnect");
    saw("close " + code, "lost " + code + " after 0 s and 0 attempts, next in 1 s");
    triesAgainAfter(1);
    client.close();
  }

  @Test
  void aCloseWith1000IsTheEnd() throws Exception {
    ReconnectingClient client = opened();
    peerCloses(1000);
    transport.did("close 1000", "disconnect");
    saw("close 1000");
    assertEquals("done", outcome(client));
  }

  @ParameterizedTest
  @ValueSource(ints = {1008, 1010, 3000, 3003})
  void aCloseWithAFinalCodeIsAFailure(int code) throws Exception {
    ReconnectingClient client = opened();
    peerCloses(code);
    transport.did("close " + code, "disconnect");
    saw("close " + code);
    assertEquals("CLOSED", outcome(client));
    logged.saw("closed for good: " + code);
  }

  @Test
  void finalCodesAreAnOption() throws Exception {
    builder.finalCodes(4000);
    ReconnectingClient client = opened();
    peerCloses(1000);
    transport.take();
    saw("close 1000", "lost 1000 after 0 s and 0 attempts, next in 1 s");
    passes(1);
    open();
    peerCloses(4000);
    transport.take();
    saw("restored 1000 after 1 s and 1 attempts", "open", "close 4000");
    assertEquals("CLOSED", outcome(client));
    logged.saw("4000");
    assertThrows(IllegalArgumentException.class, () -> builder.finalCodes(1000, 999));
    assertThrows(IllegalArgumentException.class, () -> builder.finalCodes(5000));
  }

  @Test
  void theApplicationThatClosesAConnectionHasTheSameSay() throws Exception {
    ReconnectingClient client = opened();
    Objects.requireNonNull(client.connection()).close(4000, "anew");
    peerCloses(4000);
    saw("close 4000 anew", "lost 4000 anew after 0 s and 0 attempts, next in 1 s");
    transport.did("close 4000 anew", "disconnect");
    passes(1);
    open();
    saw("restored 4000 anew after 1 s and 1 attempts", "open");
    Objects.requireNonNull(client.connection()).close();
    passes(6);
    transport.did("close 1000", "abort"); // the peer has not answered
    saw("close 1006");
    assertEquals("done", outcome(client));
  }

  private static WebSocketException refusal(int status, String... header) {
    Headers headers = header.length == 0 ? Headers.EMPTY : Headers.of(header[0], header[1]);
    return WebSocketException.refused(status, headers, "no", null);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 408, 425, 429, 500, 502, 503, 504})
  void aRefusalForTheMomentIsTriedAgain(int status) throws Exception {
    ReconnectingClient client = builder.start();
    fail(refusal(status));
    saw("retry null after 0 s and 1 attempts: no, next in 1 s");
    client.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {101, 200, 301, 400, 401, 403, 404, 407, 426, 501, 505})
  void aRefusalForGoodIsTheEnd(int status) throws Exception {
    ReconnectingClient client = builder.start();
    fail(refusal(status));
    assertEquals("HANDSHAKE", outcome(client));
    logged.saw("no");
  }

  @Test
  void aTimeOutIsTriedAgain() throws Exception {
    ReconnectingClient client = builder.start();
    fail(new WebSocketException(Kind.TIMEOUT, "slow"));
    saw("retry null after 0 s and 1 attempts: slow, next in 1 s");
    client.close();
  }

  @Test
  void aServerMaySayForHowLong() throws Exception {
    ReconnectingClient client = builder.start();
    fail(refusal(503, "Retry-After", "120"));
    saw("retry null after 0 s and 1 attempts: no, next in 121 s");
    triesAgainAfter(121);
    fail(refusal(429, "Retry-After", "999999999"));
    saw("retry null after 121 s and 2 attempts: no, next in 3602 s");
    triesAgainAfter(3602);
    fail(refusal(503, "Retry-After", "Fri, 31 Dec 1999 23:59:59 GMT"));
    saw("retry null after 3723 s and 3 attempts: no, next in 4 s");
    triesAgainAfter(4);
    open();
    peerCloses(1013);
    transport.take();
    saw("open", "close 1013", "lost 1013 after 0 s and 0 attempts, next in 30 s");
    client.close();
  }

  @Test
  void itGivesUpAfterTheAttemptsThatItHas() throws Exception {
    builder.backoff(Backoff.DEFAULT.withMaxRetries(2));
    ReconnectingClient client = builder.start();
    fail();
    triesAgainAfter(1);
    open();
    transport.gone(null);
    triesAgainAfter(2);
    seen.clear();
    fail();
    assertEquals("ConnectException", outcome(client));
    logged.saw("nobody there");
  }

  @Test
  void connectionsThatDoNotLastCountAsAttempts() throws Exception {
    builder.backoff(Backoff.DEFAULT.withMaxRetries(1));
    ReconnectingClient client = opened();
    transport.gone(null);
    passes(1);
    open();
    seen.clear();
    transport.gone(null);
    saw("close 1006");
    assertEquals("CLOSED", outcome(client));
    logged.saw("no connection lasts: 1006");
  }

  @Test
  void anEngineThatNeverAnswersIsGivenUp() throws Exception {
    ReconnectingClient client = builder.start();
    CompletableFuture<Void> first = backend.connected;
    Session late = backend.client();
    passes(21);
    assertTrue(first.isCancelled());
    saw(
        "retry null after 20 s and 1 attempts: no connection to localhost within PT10S, next in 1 s");
    FakeTransport unseen = new FakeTransport();
    unseen.reportTo(late);
    late.open(unseen, null);
    unseen.did("abort");
    client.close();
  }

  @Test
  void anEngineThatFailsThoughItHasOpenedIsAborted() throws Exception {
    ReconnectingClient client = builder.start();
    CompletableFuture<Void> first = backend.connected;
    transport.reportTo(backend.client());
    backend.client().open(transport, null);
    first.completeExceptionally(new IOException("after all"));
    transport.did("abort");
    saw("open", "close 1006", "lost 1006 after 0 s and 0 attempts, next in 1 s");
    client.close();
  }

  @Test
  void aConnectionThatIsOverBeforeTheEngineTellsThatItOpenedIsOneThatWasLost() throws Exception {
    backend.onConnect =
        () -> {
          transport = new FakeTransport();
          transport.reportTo(backend.client());
          backend.client().open(transport, null);
          transport.gone(null);
        };
    ReconnectingClient client = builder.start();
    transport.did("abort");
    saw("open", "close 1006", "lost 1006 after 0 s and 0 attempts, next in 1 s");
    client.close();
  }

  @Test
  void whatIsWrongFromTheStartIsThrown() {
    backend.onConnect =
        () -> {
          throw new IllegalArgumentException("a header that this engine cannot send");
        };
    assertThrows(IllegalArgumentException.class, builder::start);
    logged.saw("a header");
    backend.onConnect =
        () -> {
          throw new NoClassDefFoundError("org/example/Engine");
        };
    WebSocketException e = assertThrows(WebSocketException.class, builder::start);
    assertEquals(Kind.BACKEND, e.kind());
    logged.saw("EWS-104");
    assertThrows(
        WebSocketException.class,
        () -> WebSocketClient.builder(URI.create("ws://h")).backend("none").reconnecting().start());
  }

  @Test
  void aBuilderMakesManyClients() throws Exception {
    ReconnectingClient one = opened();
    ReconnectingClient other = builder.start();
    other.close();
    assertEquals("done", outcome(other));
    assertEquals("pending", outcome(one));
    Objects.requireNonNull(one.connection()).abort();
    transport.did("abort");
    saw("close 1006", "lost 1006 after 0 s and 0 attempts, next in 1 s");
    one.close();
  }

  // ---- sending

  @Test
  void aSendWithoutAConnectionFails() throws Exception {
    ReconnectingClient client = builder.start();
    assertEquals("CLOSED", Wiring.outcome(client.send("early")));
    open();
    transport.gone(null);
    assertEquals("CLOSED", Wiring.outcome(client.send(Message.text("lost"))));
    passes(1);
    open();
    transport.did();
    seen.clear();
    Objects.requireNonNull(client.connection()).close();
    assertEquals("CLOSED", Wiring.outcome(client.send("late")));
    peerCloses(1000);
    transport.did("close 1000", "disconnect");
    saw("close 1000");
  }

  @Test
  void whatOnRestoredAndOnOpenSendGoesFirst() throws Exception {
    ReconnectingClient[] client = new ReconnectingClient[1];
    builder.onRestored((again, gap) -> again.send("what have I missed"));
    connections.onOpen(
        connection -> {
          ReconnectingClient own = client[0];
          if (own != null) {
            String other =
                CompletableFuture.supplyAsync(() -> Wiring.outcome(own.send("too early"))).join();
            assertEquals("CLOSED", other);
            own.send("hello");
          }
        });
    client[0] = builder.start();
    open();
    transport.did("text hello");
    transport.gone(null);
    passes(1);
    open();
    transport.did("text what have I missed", "text hello");
    seen.clear();
    finish(client[0]);
  }

  // ---- callbacks that throw

  @Test
  void whatOnLostAndOnRetryThrowIsLogged() throws Exception {
    builder.onLost(
        (client, gap) -> {
          throw new IllegalStateException("lost is broken");
        });
    builder.onRetry(
        (client, gap) -> {
          throw new IllegalStateException("retry is broken");
        });
    ReconnectingClient client = opened();
    transport.gone(null);
    assertEquals("lost is broken", thrown(logged.saw("a callback threw")));
    triesAgainAfter(1);
    fail();
    assertEquals("retry is broken", thrown(logged.saw("a callback threw")));
    triesAgainAfter(2);
    saw("close 1006");
    client.close();
  }

  private static @Nullable String thrown(LogRecord line) {
    return line.getThrown().getMessage();
  }

  @Test
  void whatOnRestoredThrowsCostsTheConnection() throws Exception {
    builder.onRestored(
        (client, gap) -> {
          throw new IllegalStateException("restored is broken");
        });
    connections.onError((connection, error) -> seen.add("error " + error.getMessage()));
    ReconnectingClient client = opened();
    transport.gone(null);
    passes(1);
    seen.clear();
    open();
    transport.did("close 1011");
    assertNull(client.connection());
    peerCloses(1011);
    transport.did("disconnect");
    saw(
        "error restored is broken",
        "close 1011",
        "lost 1011 after 0 s and 0 attempts, next in 2 s");
    client.close();
  }

  // ---- the end

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

  @Test
  void itTellsNoSecret() throws Exception {
    ReconnectingClient client = builder.start();
    assertEquals("ReconnectingClient[ws://localhost:1]", client.toString());
    client.close();
  }

  @Test
  void forwardingForwardsAll() throws Exception {
    for (Method method : WebSocketHandler.class.getMethods()) {
      Method own =
          ForwardingHandler.class.getDeclaredMethod(method.getName(), method.getParameterTypes());
      assertNotNull(own);
      assertFalse(own.isSynthetic());
    }
  }
}
