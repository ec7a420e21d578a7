package io.github.easywebsocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.WebSocketHandler.Delivery;
import io.github.easywebsocket.Wiring.Mode;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an observer is told, and that nothing else notices it. */
class ObserverTest {

  @RegisterExtension final Logged logged = new Logged();

  private final List<String> seen = new ArrayList<>();

  private final Observer observer =
      new Observer() {
        @Override
        public void opened(WebSocketConnection connection) {
          seen.add("opened");
        }

        @Override
        public void closed(WebSocketConnection connection, CloseReason reason, Duration open) {
          assertTrue(!open.isNegative(), "open for " + open);
          seen.add("closed " + reason);
        }

        @Override
        public void received(WebSocketConnection connection, boolean text, long bytes) {
          seen.add("received " + (text ? "text " : "binary ") + bytes);
        }

        @Override
        public void sent(WebSocketConnection connection, boolean text, long bytes) {
          seen.add("sent " + (text ? "text " : "binary ") + bytes);
        }

        @Override
        public void dropped(WebSocketConnection connection, boolean text, long bytes) {
          seen.add("dropped " + (text ? "text " : "binary ") + bytes);
        }

        @Override
        public void queued(WebSocketConnection connection, long bytes) {
          seen.add("queued " + bytes);
        }

        @Override
        public void handled(WebSocketConnection connection, Callback callback, long nanos) {
          assertTrue(nanos >= 0, "took " + nanos);
          seen.add("handled " + callback);
        }

        @Override
        public void failed(WebSocketConnection connection, Throwable error) {
          seen.add("failed " + error.getMessage());
        }

        @Override
        public void rejected(int status, InetSocketAddress client) {
          seen.add("rejected " + status);
        }
      };

  private void saw(String... expected) {
    assertEquals(List.of(expected), seen);
    seen.clear();
  }

  private Wiring open(Limits limits) {
    return new Wiring(Mode.INLINE, limits, null, new Hooks(observer, null)).open();
  }

  @Test
  void isToldTheWholeLifeOfAConnectionInOrder() {
    Wiring wiring = open(Limits.DEFAULT);
    wiring.handler.in("text", connection -> connection.send("to you"));
    wiring.text("häh");
    wiring.session.ping(Wiring.bytes("01"));
    wiring.session.pong(Wiring.bytes("02"));
    wiring.session.readComplete();
    wiring.session.message(false, new byte[7]);
    wiring.session.readComplete();
    wiring.peerCloses(4000, "bye");
    saw(
        "opened",
        "handled OPEN",
        "received text 4",
        "sent text 6",
        "handled MESSAGE",
        "handled PING",
        "handled PONG",
        "received binary 7",
        "handled MESSAGE",
        "handled CLOSE",
        "closed 4000 bye");
  }

  @ParameterizedTest
  @EnumSource(
      value = Delivery.class,
      names = {"PARTS", "STREAMS"})
  void aMessageInPartsIsOneMessage(Delivery delivery) {
    Wiring wiring =
        new Wiring(Wiring.Mode.EXECUTOR, Limits.DEFAULT, null, new Hooks(observer, null), delivery)
            .open();
    seen.clear();
    wiring.session.part(true, ByteBuffer.wrap(new byte[] {'a'}), true, false);
    wiring.session.part(true, ByteBuffer.wrap(new byte[] {'b', 'c'}), true, true);
    wiring.session.readComplete();
    wiring.run();
    if (delivery == Delivery.PARTS) {
      saw("handled PART", "received text 3", "handled PART");
    } else {
      saw("handled STREAM", "received text 3");
    }
    OutgoingMessage message = wiring.session.startText();
    message.send("a");
    message.send("bc");
    saw();
    message.finish();
    saw("sent text 3");
  }

  @Test
  void isToldAFailureOnce() {
    Wiring wiring = open(Limits.DEFAULT);
    wiring.handler.throwsIn("text", new IllegalStateException("bug"));
    wiring.text("a");
    wiring.gone(null);
    saw(
        "opened",
        "handled OPEN",
        "received text 1",
        "handled MESSAGE",
        "failed bug",
        "handled ERROR",
        "handled CLOSE",
        "closed 1006");
  }

  @Test
  void isToldASendThatWaitedWhenItIsTaken() {
    Wiring wiring = open(Limits.DEFAULT);
    seen.clear();
    wiring.transport.full = true;
    wiring.session.send("a");
    wiring.session.send("b");
    saw();
    wiring.transport.full = false;
    wiring.transport.sent();
    saw("sent text 1", "sent text 1");
  }

  @Test
  void isToldOnceInALookHowFullTheQueueWas() {
    Wiring wiring = open(Limits.DEFAULT);
    wiring.transport.full = true;
    wiring.session.send("under way");
    wiring.session.send("a");
    wiring.session.send("bc");
    wiring.transport.full = false;
    wiring.transport.sent();
    seen.clear();
    wiring.advance(Duration.ofSeconds(1));
    saw("queued " + (65 + 66));
    wiring.advance(Duration.ofSeconds(1));
    saw();
  }

  @Test
  void isToldTheFullestQueueOfAConnectionThatEnds() {
    Wiring wiring = open(Limits.DEFAULT);
    wiring.transport.full = true;
    wiring.session.send("under way");
    wiring.session.send("a");
    seen.clear();
    wiring.gone(null);
    saw("queued 65", "handled CLOSE", "closed 1006");
  }

  @Test
  void isToldWhatAFullQueueDoesNotTake() {
    Wiring wiring = open(Limits.DEFAULT.withSendQueueBytes(65).withOverflow(Limits.Overflow.FAIL));
    wiring.transport.full = true;
    wiring.session.send("under way");
    wiring.session.send("a");
    seen.clear();
    wiring.session.send("bcd");
    wiring.session.offer(Message.binary(new byte[2]));
    saw("dropped text 3", "dropped binary 2");
    wiring.gone(null);
    seen.clear();
    wiring.session.send("too late");
    saw();
  }

  @Test
  void isToldWhatAServerRejects() throws Exception {
    FakeBackend backend = new FakeBackend();
    try (WebSocketServer server =
        WebSocketServer.builder()
            .backend(backend)
            .timeSource(new ManualTime())
            .inline()
            .observer(observer)
            .path("/ws")
            .verifier(handshake -> Verdict.reject(401))
            .start()) {
      assertEquals("fake", server.backend());
      backend.accept(FakeExchange.handshake());
      backend.accept(FakeExchange.handshake().change("/other"));
      saw("rejected 401", "rejected 404");
    }
  }

  @Test
  void ofAClientIsToldTheSame() throws Exception {
    FakeBackend backend = new FakeBackend();
    backend.connected.complete(null);
    FakeTransport transport = new FakeTransport();
    backend.onConnect =
        () -> {
          transport.reportTo(backend.client());
          backend.client().open(transport, null);
        };
    try (WebSocketClient client =
        WebSocketClient.builder(URI.create("ws://h"))
            .backend(backend)
            .timeSource(new ManualTime())
            .inline()
            .observer(observer)
            .connect()) {
      client.send("a");
      transport.gone(null);
    }
    saw("opened", "handled OPEN", "sent text 1", "handled CLOSE", "closed 1006");
  }

  // ---- nothing else notices it

  @Test
  void thatThrowsIsLoggedAndHurtsNothing() {
    Observer broken =
        (Observer)
            Proxy.newProxyInstance(
                Observer.class.getClassLoader(),
                new Class<?>[] {Observer.class},
                (proxy, method, arguments) -> {
                  seen.add(method.getName());
                  throw new IllegalStateException("broken");
                });
    Wiring wiring =
        new Wiring(Mode.INLINE, Limits.DEFAULT, null, new Hooks(new SafeObserver(broken), null));
    wiring.open();
    wiring.handler.in("text", connection -> connection.send("x"));
    wiring.text("a");
    wiring.peerCloses(1000, "");
    wiring.handler.saw("text a", "close 1000");
    wiring.transport.did("text x", "close 1000", "disconnect");
    wiring.verify();
    logged.saw("the observer threw");
    saw("opened", "handled", "received", "sent", "handled", "handled", "closed");
  }

  @Test
  void noneLeavesTheHandlerAsItIs() {
    RecordingHandler handler = new RecordingHandler();
    assertEquals(handler, Hooks.NONE.wrap(handler));
  }

  @ParameterizedTest
  @ValueSource(classes = {HookedHandler.class, Callbacks.class})
  void everyCallbackIsPassedOn(Class<?> type) {
    assertEquals(methods(WebSocketHandler.class, type), methods(type, type));
  }

  @Test
  void everyMethodOfAnObserverIsGuarded() {
    assertEquals(
        methods(Observer.class, SafeObserver.class),
        methods(SafeObserver.class, SafeObserver.class));
  }

  /** The names of the methods of a class that another has, too. */
  private static Set<String> methods(Class<?> of, Class<?> in) {
    Set<String> known =
        Arrays.stream(in.getMethods()).map(Method::getName).collect(Collectors.toSet());
    return Arrays.stream(of.getDeclaredMethods())
        .filter(method -> !method.isSynthetic() && !method.getName().startsWith("lambda"))
        .map(Method::getName)
        .filter(known::contains)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
