package io.github.easywebsocket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server's stop: whom it waits for, and that it never waits for itself. */
@Timeout(30)
class ServerStopTest {

  @RegisterExtension final Logged logged = new Logged();

  private final FakeBackend backend = new FakeBackend();
  private final FakeTransport transport = new FakeTransport();
  private final RecordingHandler handler = new RecordingHandler();
  private final ExecutorService others = Executors.newCachedThreadPool();
  private final CountDownLatch entered = new CountDownLatch(1);
  private final CountDownLatch release = new CountDownLatch(1);
  private @Nullable WebSocketServer started;

  private WebSocketServer.Builder builder() {
    return WebSocketServer.builder().backend(backend).workers(2).handler(handler);
  }

  private WebSocketServer start(WebSocketServer.Builder builder) throws IOException {
    started = builder.start();
    return started;
  }

  @AfterEach
  void everyThreadEnds() throws InterruptedException {
    release.countDown();
    if (started != null) {
      started.stop();
    }
    others.shutdown();
    assertTrue(others.awaitTermination(10, TimeUnit.SECONDS));
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (ours() > 0) {
      assertTrue(System.nanoTime() - deadline < 0, () -> Thread.getAllStackTraces().toString());
      Thread.onSpinWait(); // a worker that was interrupted ends soon
    }
    handler.verify();
  }

  private static long ours() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("easy-websocket"))
        .count();
  }

  /** The peer answers our close frame, on a thread of the engine. */
  private void peerAnswers(Session session) {
    transport.closeFrame.thenAcceptAsync(
        code -> {
          session.closeReceived(code, "");
          session.readComplete();
        },
        others);
  }

  private void block(WebSocketConnection connection) throws InterruptedException {
    entered.countDown();
    release.await();
  }

  private static void text(Session session) {
    session.message(true, new byte[] {'a'});
    session.readComplete();
  }

  // ---- what it does

  @Test
  void itSends1001AndReturnsWhenEachOnCloseHas() throws IOException {
    WebSocketServer server = start(builder());
    peerAnswers(backend.open(transport));
    assertTrue(server.stop(() -> backend.done.add("cleanup")));
    transport.did("close 1001", "disconnect");
    handler.saw("open", "close 1001");
    assertEquals(List.of("stopAccepting", "stop", "cleanup"), backend.done);
  }

  // ---- requests

  @Test
  void itWaitsForTheHttpHandlersAnswerAndUntilThatIsWritten() throws Exception {
    CountDownLatch engineStopped = new CountDownLatch(1);
    backend.onStop = engineStopped::countDown;
    WebSocketServer server = start(builder().http(this::answerLate));
    FakeExchange exchange = FakeExchange.plain("GET", "/");
    exchange.written = new CompletableFuture<>();
    backend.accept(exchange);
    entered.await();
    Future<Boolean> stopping = others.submit(() -> server.stop());
    backend.stoppedAccepting.await();
    assertFalse(engineStopped.await(100, TimeUnit.MILLISECONDS), "before it is answered");
    release.countDown();
    while (exchange.status == 0) {
      Thread.onSpinWait();
    }
    assertFalse(engineStopped.await(100, TimeUnit.MILLISECONDS), "before it is written");
    exchange.written.complete(null);
    assertTrue(stopping.get());
    assertEquals(200, exchange.status);
    assertEquals("close", exchange.responseHeader("Connection"));
  }

  private HttpHandler.Response answerLate(HttpHandler.Request request) {
    entered.countDown();
    try {
      release.await();
    } catch (InterruptedException e) {
      return HttpHandler.Response.of(500);
    }
    return HttpHandler.Response.of(200);
  }

  @Test
  void pastTheTimeOutRequestsGet503AndWhatTheHandlerAnswersThenGoesNowhere() throws Exception {
    WebSocketServer server =
        start(builder().stopTimeout(Duration.ofMillis(50)).http(this::answerLate));
    FakeExchange exchange = FakeExchange.plain("GET", "/");
    backend.accept(exchange);
    entered.await();
    assertTrue(server.stop());
    assertEquals(503, exchange.status);
    logged.saw("not every request was answered in time");
  }

  @Test
  void anHttpHandlerThatStopsTheServerDoesNotWaitForItself() throws Exception {
    FakeExchange exchange = FakeExchange.plain("GET", "/stop");
    CountDownLatch stopped = new CountDownLatch(1);
    start(
        builder()
            .http(
                request -> {
                  assertTrue(Objects.requireNonNull(started).stop(stopped::countDown));
                  return HttpHandler.Response.of(200);
                }));
    backend.accept(exchange);
    stopped.await();
    assertEquals(200, exchange.status);
  }

  // ---- once

  @Test
  void whoStopsASecondTimeIsToldSoAndCleansNothing() throws IOException {
    WebSocketServer server = start(builder());
    assertTrue(server.stop());
    assertFalse(server.stop(() -> backend.done.add("cleanup")));
    server.close();
    assertEquals(List.of("stopAccepting", "stop"), backend.done);
  }

  @Test
  void ofConcurrentStopsOneStopsAndAllWait() throws Exception {
    WebSocketServer server = start(builder());
    handler.in("close", this::block);
    Session session = backend.open(transport);
    peerAnswers(session);
    List<Future<Boolean>> stops = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      stops.add(others.submit(() -> server.stop(() -> backend.done.add("cleanup"))));
    }
    entered.await();
    assertTrue(stops.stream().noneMatch(Future::isDone));
    release.countDown();
    int stopped = 0;
    for (Future<Boolean> stop : stops) {
      stopped += stop.get() ? 1 : 0;
    }
    assertEquals(1, stopped);
    assertEquals(List.of("stopAccepting", "stop", "cleanup"), backend.done);
    handler.saw("open", "close 1001");
  }

  @Test
  void aPeerThatDoesNotAnswerIsAbortedAfterTheCloseTimeOut() throws IOException {
    WebSocketServer server =
        start(
            builder()
                .timeSource(new ManualTime()) // the sweep, which would abort it too, sleeps
                .timeouts(Timeouts.DEFAULT.withClose(Duration.ofMillis(50))));
    backend.open(transport);
    server.stop();
    transport.did("close 1001", "abort");
    handler.saw("open", "close 1006");
  }

  @Test
  void itSpreads1001OverTheWindow() throws Exception {
    ManualTime time = new ManualTime();
    WebSocketServer server =
        start(
            builder()
                .handler(new WebSocketHandler() {})
                .timeSource(time)
                .timeouts(Timeouts.DEFAULT.withClose(Duration.ofSeconds(20)))
                .stopSpread(Duration.ofSeconds(10)));
    List<FakeTransport> transports = new ArrayList<>();
    List<Session> sessions = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      transports.add(new FakeTransport());
      sessions.add(backend.open(transports.get(i)));
    }
    Future<Boolean> stopping = others.submit(() -> server.stop());
    CompletableFuture.anyOf(
            transports.stream().map(each -> each.closeFrame).toArray(CompletableFuture<?>[]::new))
        .get();
    assertEquals(9, server.connections().size());
    time.advance(Duration.ofSeconds(5));
    assertEquals(4, server.connections().size());
    time.advance(Duration.ofSeconds(5));
    assertEquals(0, server.connections().size());
    assertFalse(stopping.isDone());
    for (Session session : sessions) {
      session.closeReceived(1001, "");
      session.readComplete();
    }
    assertTrue(stopping.get());
    transports.forEach(each -> each.did("close 1001", "disconnect"));
  }

  @Test
  void whenItsTimeIsOverWhoWaitsFor1001GetsItAndIsAborted() throws IOException {
    WebSocketServer server =
        start(
            builder()
                .handler(new WebSocketHandler() {})
                .timeSource(new ManualTime())
                .stopSpread(Duration.ofMillis(1))
                .stopTimeout(Duration.ofMillis(50)));
    List<FakeTransport> transports = List.of(new FakeTransport(), new FakeTransport());
    transports.forEach(backend::open);
    assertTrue(server.stop());
    transports.forEach(each -> each.did("close 1001", "abort"));
  }

  // ---- the JVM

  @Test
  void aServerThatIsStoppedLeavesNoShutdownHook() throws IOException {
    WebSocketServer server = start(builder().stopOnShutdown());
    Thread hook = Objects.requireNonNull(server.stop.shutdownHook());
    assertEquals("easy-websocket-shutdown", hook.getName());
    assertNull(hook.getContextClassLoader());
    assertTrue(server.stop());
    assertFalse(Runtime.getRuntime().removeShutdownHook(hook), "it is there no more");
  }

  @Test
  void theShutdownOfTheJvmStopsTheServer() throws Exception {
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                ExitsWhileServing.class.getName())
            .redirectErrorStream(true)
            .start();
    String printed = new String(program.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, program.waitFor(), printed);
    assertEquals(List.of("open", "exit", "close 1001"), printed.lines().toList());
  }

  /** A program that exits while its server has a connection. */
  static final class ExitsWhileServing {
    private ExitsWhileServing() {}

    public static void main(String[] arguments) throws IOException {
      FakeBackend backend = new FakeBackend();
      FakeTransport transport = new FakeTransport();
      WebSocketServer.builder()
          .backend(backend)
          .workers(1)
          .stopOnShutdown()
          .onOpen(
              connection -> {
                System.out.println("open");
                new Thread(
                        () -> {
                          System.out.println("exit");
                          System.exit(0);
                        })
                    .start();
              })
          .onClose((connection, reason) -> System.out.println("close " + reason))
          .start();
      Session session = backend.open(transport);
      transport.closeFrame.thenAcceptAsync(
          code -> {
            session.closeReceived(code, "");
            session.readComplete();
          });
    }
  }

  @Test
  void aHandlerThatBlocksIsInterruptedInTheEnd() throws Exception {
    WebSocketServer server =
        start(builder().timeouts(Timeouts.DEFAULT.withClose(Duration.ofMillis(50))));
    CompletableFuture<String> ended = new CompletableFuture<>();
    handler.in(
        "text",
        connection -> {
          try {
            block(connection);
          } catch (InterruptedException e) {
            ended.complete("interrupted");
          }
        });
    Session session = backend.open(transport);
    text(session);
    entered.await();
    assertTrue(server.stop());
    assertEquals("interrupted", ended.get(10, TimeUnit.SECONDS));
    session.closed().toCompletableFuture().get(10, TimeUnit.SECONDS);
    handler.forget();
  }

  @Test
  void itWaitsForTheOnCloseOfAConnectionWhoseTransportIsGone() throws Exception {
    WebSocketServer server = start(builder());
    handler.in("text", this::block);
    Session session = backend.open(transport);
    text(session);
    entered.await();
    transport.gone(null);
    Future<Boolean> stop = others.submit(() -> server.stop(() -> backend.done.add("cleanup")));
    while (!backend.done.contains("stopAccepting")) {
      Thread.onSpinWait();
    }
    handler.in("close", connection -> backend.done.add("onClose"));
    release.countDown();
    assertTrue(stop.get());
    assertEquals(List.of("stopAccepting", "onClose", "stop", "cleanup"), backend.done);
    handler.saw("open", "text a", "close 1006");
  }

  @Test
  void requestsGet503WhileItStops() throws Exception {
    WebSocketServer server = start(builder());
    handler.in("close", this::block);
    Session session = backend.open(transport);
    peerAnswers(session);
    Future<Boolean> stop = others.submit(() -> server.stop());
    entered.await();
    FakeExchange late = FakeExchange.handshake();
    backend.accept(late);
    assertEquals(503, late.status);
    assertEquals(List.of(), List.copyOf(server.connections()));
    release.countDown();
    assertTrue(stop.get());
    handler.saw("open", "close 1001");
  }

  @Test
  void aThreadWithItsInterruptFlagSetStopsAsAnyOtherAndKeepsIt() throws IOException {
    WebSocketServer server = start(builder());
    peerAnswers(backend.open(transport));
    Thread.currentThread().interrupt();
    assertTrue(server.stop(() -> backend.done.add("cleanup")));
    assertTrue(Thread.interrupted());
    assertEquals(List.of("stopAccepting", "stop", "cleanup"), backend.done);
    handler.saw("open", "close 1001");
  }

  @Test
  void aThreadThatIsInterruptedWhileItStopsHasNoMorePatience() throws Exception {
    WebSocketServer server =
        start(builder().timeouts(Timeouts.DEFAULT.withClose(Duration.ofDays(1))));
    backend.open(transport);
    CompletableFuture<Boolean> flag = new CompletableFuture<>();
    Thread stop =
        new Thread(
            () -> {
              server.stop(() -> backend.done.add("cleanup"));
              flag.complete(Thread.currentThread().isInterrupted());
            });
    stop.start();
    transport.closeFrame.join();
    stop.interrupt();
    assertTrue(flag.get());
    stop.join();
    transport.did("close 1001", "abort");
    assertEquals(List.of("stopAccepting", "stop", "cleanup"), backend.done);
    handler.saw("open", "close 1006");
  }

  // ---- what fails

  @Test
  void aCleanUpThatThrowsIsThrownWhenAllIsStopped() throws IOException {
    WebSocketServer server = start(builder());
    peerAnswers(backend.open(transport));
    IllegalStateException bug = new IllegalStateException("bug");
    assertEquals(
        bug,
        assertThrows(
            IllegalStateException.class,
            () ->
                server.stop(
                    () -> {
                      throw bug;
                    })));
    assertFalse(server.stop());
    assertEquals(List.of("stopAccepting", "stop"), backend.done);
    handler.saw("open", "close 1001");
  }

  @ParameterizedTest
  @ValueSource(strings = {"stopAccepting", "stop"})
  void anEngineThatThrowsIsLoggedAndTheRestIsDone(String method) throws IOException {
    backend.throwsIn = method;
    WebSocketServer server = start(builder());
    peerAnswers(backend.open(transport));
    assertTrue(server.stop(() -> backend.done.add("cleanup")));
    assertEquals(List.of("stopAccepting", "stop", "cleanup"), backend.done);
    handler.saw("open", "close 1001");
    logged.saw("the engine failed to stop");
  }

  @Test
  void anEngineThatDoesNotStopIsLoggedAndLeftToItself() throws Exception {
    Semaphore released = new Semaphore(0);
    CompletableFuture<String> stopper = new CompletableFuture<>();
    backend.onStop =
        () -> {
          stopper.complete(Thread.currentThread().getName());
          released.acquireUninterruptibly();
        };
    WebSocketServer server = start(builder().stopTimeout(Duration.ofMillis(50)));
    assertTrue(server.stop(() -> backend.done.add("cleanup")));
    released.release();
    assertEquals("easy-websocket-engine-stop-1", stopper.join());
    assertEquals(List.of("stopAccepting", "stop", "cleanup"), backend.done);
    logged.saw("the engine does not stop");
  }

  // ---- inside of user code

  @ParameterizedTest
  @ValueSource(strings = {"open", "text", "ping", "pong", "error", "close"})
  void inACallbackItReturnsAtOnceAndTheRestIsDoneElsewhere(String kind) throws Exception {
    WebSocketServer server = start(builder());
    CompletableFuture<Boolean> stopped = new CompletableFuture<>();
    CountDownLatch cleaned = new CountDownLatch(1);
    handler.in(
        kind,
        connection -> {
          stopped.complete(server.stop(cleaned::countDown));
          assertEquals(1, cleaned.getCount(), "not while a callback runs");
        });
    Session session = backend.open(transport);
    peerAnswers(session);
    text(session);
    session.ping(ByteBuffer.allocate(0));
    session.pong(ByteBuffer.allocate(0));
    session.readComplete();
    if (kind.equals("error") || kind.equals("close")) {
      transport.gone(new IOException("no route"));
    }
    assertTrue(stopped.get(10, TimeUnit.SECONDS));
    cleaned.await();
    assertEquals(ReadyState.CLOSED, session.readyState());
    handler.forget();
  }

  @Test
  void inAnInlineCallbackItReturnsAtOnce() throws Exception {
    WebSocketServer server = start(builder().inline());
    CountDownLatch cleaned = new CountDownLatch(1);
    handler.in("text", connection -> assertTrue(server.stop(cleaned::countDown)));
    Session session = backend.open(transport);
    peerAnswers(session);
    text(session);
    cleaned.await();
    handler.saw("open", "text a", "close 1001");
  }

  @Test
  void onAThreadOfTheEngineItReturnsAtOnce() throws Exception {
    WebSocketServer server = start(builder());
    CountDownLatch cleaned = new CountDownLatch(1);
    Session session = backend.open(transport);
    transport.mayBlock = false;
    assertTrue(server.stop(cleaned::countDown));
    transport.mayBlock = true;
    session.closeReceived(1001, "");
    session.readComplete();
    cleaned.await();
    handler.saw("open", "close 1001");
  }

  @Test
  void inAStageOfASendItReturnsAtOnce() throws Exception {
    WebSocketServer server =
        start(builder().timeouts(Timeouts.DEFAULT.withClose(Duration.ofMillis(300))));
    Session session = backend.open(transport);
    peerAnswers(session);
    transport.full = true;
    session.send("a");
    session.send("b").thenRun(server::stop);
    transport.full = false;
    transport.sent(); // this thread sends b, and holds the connection meanwhile
    server.stop();
    handler.saw("open", "close 1001");
  }

  @Test
  void inAVerifierItReturnsAtOnce() throws Exception {
    CompletableFuture<WebSocketServer> itself = new CompletableFuture<>();
    CountDownLatch cleaned = new CountDownLatch(1);
    WebSocketServer server =
        start(
            builder()
                .verifier(
                    handshake -> {
                      assertTrue(itself.join().stop(cleaned::countDown));
                      return Verdict.reject(403);
                    }));
    itself.complete(server);
    backend.accept(FakeExchange.handshake());
    cleaned.await();
  }

  @Test
  void whereTheObserverIsToldOfARejectionItReturnsAtOnce() throws Exception {
    CompletableFuture<WebSocketServer> itself = new CompletableFuture<>();
    CompletableFuture<String> stopper = new CompletableFuture<>();
    Observer stops =
        new Observer() {
          @Override
          public void rejected(int status, InetSocketAddress client) {
            itself.join().stop(() -> stopper.complete(Thread.currentThread().getName()));
          }
        };
    itself.complete(start(builder().path("/ws").observer(stops)));
    backend.accept(FakeExchange.handshake().change("/other"));
    assertEquals("easy-websocket-stop-1", stopper.get(10, TimeUnit.SECONDS));
  }

  @Test
  void whileAnotherThreadStopsACallbackThatStopsReturnsAtOnceToo() throws Exception {
    WebSocketServer server = start(builder());
    handler.in("close", connection -> assertFalse(server.stop()));
    peerAnswers(backend.open(transport));
    assertTrue(server.stop());
    handler.saw("open", "close 1001");
  }

  @Test
  void aCleanUpMayStopAgain() throws IOException {
    WebSocketServer server = start(builder());
    List<Boolean> again = new ArrayList<>();
    assertTrue(server.stop(() -> again.add(server.stop())));
    assertEquals(List.of(false), again);
  }
}
