package io.github.easywebsocket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.easywebsocket.WebSocketException.Kind;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URI;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Connecting again: what is told, and when something may be sent. */
class ReconnectingClientTest extends ReconnectingFixture {

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
}
