package io.github.easywebsocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.WebSocketException.Kind;
import io.github.easywebsocket.spi.ClientSettings;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connecting, the failures of it, and closing. */
@Timeout(30)
class WebSocketClientTest {

  @RegisterExtension final Logged logged = new Logged();

  private final FakeBackend backend = new FakeBackend();
  private final FakeTransport transport = new FakeTransport();
  private final RecordingHandler handler = new RecordingHandler();
  private final ManualTime time = new ManualTime();

  private WebSocketClient.Builder builder() {
    return WebSocketClient.builder(URI.create("ws://localhost:1/chat?room=1"))
        .backend(backend)
        .timeSource(time)
        .inline()
        .handler(handler);
  }

  private WebSocketClient connect() throws IOException {
    backend.onConnect = this::open;
    backend.connected.complete(null);
    return builder().connect();
  }

  private void open() {
    Session session = backend.client();
    transport.reportTo(session);
    session.open(transport, null);
  }

  @AfterEach
  void nothingElseHappenedAndNothingTicks() {
    handler.verify();
    transport.verify();
    assertTrue(time.isQuiet());
  }

  /** Answers our close frame on another thread; completes when that has returned. */
  private CompletableFuture<Void> peerAnswers() {
    return transport.closeFrame.thenAcceptAsync(
        code -> {
          backend.client().closeReceived(code, "");
          backend.client().readComplete();
        });
  }

  @Test
  void itConnectsWithWhatItWasToldAndCloses() throws IOException {
    CompletableFuture<Void> peer;
    try (WebSocketClient client = connect()) {
      handler.saw("open");
      client.send("hello");
      peer = peerAnswers();
    }
    peer.join();
    ClientSettings settings = Objects.requireNonNull(backend.clientSettings);
    assertEquals("ws://localhost:1/chat?room=1", settings.uri().toString());
    transport.did("text hello", "close 1000", "disconnect");
    handler.saw("close 1000");
  }

  @Test
  void theHandshakeTellsWhatItAsked() throws IOException {
    backend.onConnect = this::open;
    backend.connected.complete(null);
    WebSocketClient client = builder().header("X-Asked", "yes").subprotocols("a", "b").connect();
    Handshake handshake = client.connection().handshake();
    assertEquals("/chat room=1", handshake.path() + " " + handshake.query());
    assertEquals("yes", handshake.header("x-asked"));
    assertEquals(List.of("a", "b"), Objects.requireNonNull(backend.clientSettings).subprotocols());
    assertEquals("WebSocketClient[ws://localhost:1/chat OPEN]", client.toString());
    client.connection().abort();
    assertEquals("WebSocketClient[ws://localhost:1/chat CLOSED]", client.toString());
    transport.did("abort");
    handler.saw("open", "close 1006");
  }

  @Test
  void aServerThatRefusesIsToldAsTheBackendDoes() {
    WebSocketException refused = new WebSocketException(Kind.HANDSHAKE, "the server answered 403");
    backend.connected.completeExceptionally(new CompletionException(refused));
    assertSame(refused, assertThrows(WebSocketException.class, () -> builder().connect()));
  }

  @Test
  void connectAsyncCompletesWhenTheConnectionIsOpen() {
    CompletableFuture<WebSocketClient> opening = builder().connectAsync();
    assertFalse(opening.isDone());
    open();
    backend.connected.complete(null);
    opening.join().connection().abort();
    transport.did("abort");
    handler.saw("open", "close 1006");
  }

  @Test
  void connectAsyncFailsWithWhatConnectThrows() {
    IOException unreachable = new ConnectException("refused");
    CompletableFuture<WebSocketClient> opening = builder().connectAsync();
    backend.connected.completeExceptionally(unreachable);
    assertSame(unreachable, assertThrows(CompletionException.class, opening::join).getCause());
    opening = builder().compression(Compression.DEFAULT).connectAsync();
    assertEquals("BACKEND", Wiring.outcome(opening));
  }

  @Test
  void connectAsyncCancelledEndsTheAttempt() {
    builder().connectAsync().cancel(true);
    assertTrue(backend.connected.isCancelled());
    open();
    transport.did("abort");
  }

  @Test
  void connectAsyncCancelledAsItOpensAbortsTheConnection() {
    CompletableFuture<WebSocketClient> opening = builder().connectAsync();
    open();
    opening.cancel(true);
    transport.did("abort");
    handler.saw("open", "close 1006");
  }

  @Test
  void headersThatCannotBeHadFailTheAttemptBeforeItBegins() {
    IOException cause = new IOException("no token");
    WebSocketClient.Builder builder =
        builder()
            .headers(
                () -> {
                  throw cause;
                });
    WebSocketException e = assertThrows(WebSocketException.class, builder::connect);
    assertEquals(Kind.HANDSHAKE, e.kind());
    assertSame(cause, e.getCause());
    assertEquals("HANDSHAKE", Wiring.outcome(builder.connectAsync()));
    builder.headers(() -> Headers.of("Upgrade", "x"));
    assertThrows(WebSocketException.class, builder::connect);
    assertNull(backend.clientSettings);
  }

  @Test
  void aUriThatCannotBeHadFailsTheAttemptBeforeItBegins() {
    for (String uri : List.of("http://localhost/", "wss://localhost/", "ws://a:b@localhost/")) {
      WebSocketClient.Builder builder = builder().uri(() -> URI.create(uri + "?token=secret"));
      WebSocketException e = assertThrows(WebSocketException.class, builder::connect);
      assertEquals(Kind.HANDSHAKE, e.kind());
      assertFalse(e.toString().contains("secret"), e.getMessage());
    }
    assertNull(backend.clientSettings);
  }

  @Test
  void anAttemptTellsOfTheUriItWasTo() {
    WebSocketClient.Builder builder =
        builder()
            .uri(() -> URI.create("ws://other.example/"))
            .timeouts(Timeouts.DEFAULT.withHandshake(Duration.ofMillis(20)));
    WebSocketException e = assertThrows(WebSocketException.class, builder::connect);
    assertTrue(e.toString().contains("other.example"), e.getMessage());
  }

  @Test
  void aServerThatCannotBeReachedIsAnIoException() {
    backend.connected.completeExceptionally(new ConnectException("refused"));
    assertThrows(ConnectException.class, () -> builder().connect());
  }

  @Test
  void aFailureOfTheEngineIsThrown() {
    backend.connected.completeExceptionally(new IllegalStateException("bug"));
    assertThrows(IllegalStateException.class, () -> builder().connect());
  }

  @Test
  void aConnectionThatOpensAfterTheTimeOutIsAbortedUnseen() {
    WebSocketClient.Builder builder =
        builder().timeouts(Timeouts.DEFAULT.withHandshake(Duration.ofMillis(20)));
    WebSocketException e = assertThrows(WebSocketException.class, builder::connect);
    assertEquals(Kind.TIMEOUT, e.kind());
    open();
    transport.did("abort");
  }

  @Test
  void aConnectionThatOpensAfterAnInterruptIsAbortedUnseen() {
    Thread.currentThread().interrupt();
    WebSocketException e = assertThrows(WebSocketException.class, () -> builder().connect());
    assertEquals(Kind.IO, e.kind());
    assertTrue(Thread.interrupted());
    open();
    transport.did("abort");
  }

  @Test
  void aConnectionThatHasOpenedAsItIsGivenUpIsAborted() {
    backend.onConnect = this::open;
    backend.connected.completeExceptionally(new IOException("bad luck"));
    assertThrows(IOException.class, () -> builder().connect());
    transport.did("abort");
    handler.saw("open", "close 1006");
  }

  @Test
  void closeReturnsWhenOnCloseHas() throws Exception {
    List<String> order = new ArrayList<>();
    WebSocketClient client = connect();
    handler.in("close", connection -> order.add("onClose"));
    CompletableFuture<Void> peer = peerAnswers();
    client.close();
    order.add("close");
    peer.join();
    assertEquals(List.of("onClose", "close"), order);
    handler.saw("open", "close 1000");
    transport.did("close 1000", "disconnect");
  }

  @Test
  void closeInAHandlerReturnsAtOnce() throws Exception {
    WebSocketClient client = connect();
    handler.in("text", connection -> client.close());
    backend.client().message(true, new byte[] {'a'});
    backend.client().readComplete();
    handler.saw("open", "text a");
    transport.did("close 1000");
    backend.client().closeReceived(1000, "");
    backend.client().readComplete();
    handler.saw("close 1000");
    transport.did("disconnect");
  }

  @Test
  void anInterruptedCloseAbortsAndKeepsTheFlag() throws Exception {
    WebSocketClient client = connect();
    Thread.currentThread().interrupt();
    client.close();
    assertTrue(Thread.interrupted());
    transport.did("close 1000", "abort");
    handler.saw("open", "close 1006");
  }

  @Test
  void theTransportIsAbortedWhenTcpDoesNotEndThoughTheClientIsClosed() throws Exception {
    WebSocketClient client = connect();
    transport.endsLater = true;
    CompletableFuture<Void> peer = peerAnswers();
    client.close();
    peer.join();
    transport.did("close 1000", "disconnect");
    handler.saw("open", "close 1000");
    transport.endsLater = false;
    time.advance(Duration.ofSeconds(6));
    transport.did("abort");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://h/",
        "ws:h",
        "ws:///x",
        "//h/x",
        "wsss://h",
        "ws://my_host/",
        "ws://h:0/",
        "ws://h:65536/"
      })
  void aUriOfAnotherKindIsRefused(String uri) {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> WebSocketClient.builder(URI.create(uri)));
    assertTrue(
        String.valueOf(e.getMessage()).matches("uri must .*: \\Q" + uri + "\\E"), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ws://me:secret@h/x", "ws://h/x#secret", "http://h/x?token=secret"})
  void aUriIsRefusedWithoutItsSecrets(String uri) {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> WebSocketClient.builder(URI.create(uri)));
    assertTrue(String.valueOf(e.getMessage()).endsWith("://h/x"), e.getMessage());
  }

  @Test
  void wssNeedsABackendWithTls() {
    WebSocketException e =
        assertThrows(
            WebSocketException.class,
            () -> WebSocketClient.builder(URI.create("WSS://h/")).backend(backend).connect());
    assertTrue(String.valueOf(e.getMessage()).startsWith("EWS-106 wss:// needs"), e.getMessage());
  }

  @Test
  void compressionNeedsABackendWithIt() {
    WebSocketException e =
        assertThrows(
            WebSocketException.class, () -> builder().compression(Compression.DEFAULT).connect());
    assertTrue(
        String.valueOf(e.getMessage()).startsWith("EWS-106 compression(…) needs"), e.getMessage());
  }

  @Test
  void theStageOfTheEngineMayCompleteLater() throws Exception {
    CompletableFuture<WebSocketClient> client =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return builder().connect();
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    while (backend.clientSettings == null) {
      Thread.onSpinWait();
    }
    open();
    backend.connected.complete(null);
    client.get().connection().abort();
    transport.did("abort");
    handler.saw("open", "close 1006");
  }
}
