package io.github.easywebsocket.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.easywebsocket.CloseReason;
import io.github.easywebsocket.Message;
import io.github.easywebsocket.Observer.Callback;
import io.github.easywebsocket.Verdict;
import io.github.easywebsocket.WebSocketClient;
import io.github.easywebsocket.WebSocketConnection;
import io.github.easywebsocket.WebSocketException;
import io.github.easywebsocket.WebSocketServer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** What the meters tell. */
class MicrometerObserverTest {

  private static final WebSocketConnection CONNECTION =
      (WebSocketConnection)
          Proxy.newProxyInstance(
              WebSocketConnection.class.getClassLoader(),
              new Class<?>[] {WebSocketConnection.class},
              (proxy, method, arguments) -> {
                throw new UnsupportedOperationException(method.getName());
              });

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final MicrometerObserver observer =
      new MicrometerObserver(registry, Tags.of("server", "one"));

  private DistributionSummary summary(String name, String... tags) {
    return registry.get(name).tags(tags).summary();
  }

  private Counter counter(String name, String... tags) {
    return registry.get(name).tags(tags).counter();
  }

  private double open() {
    return registry.get("websocket.connections").gauge().value();
  }

  @Test
  void connectionsAreCountedWhileTheyAreOpenAndTimedByTheirCloseCode() {
    observer.opened(CONNECTION);
    observer.opened(CONNECTION);
    assertEquals(2, open());
    observer.closed(CONNECTION, new CloseReason(1000, ""), Duration.ofSeconds(3));
    assertEquals(1, open());
    Timer ended = registry.get("websocket.connection.duration").tags("code", "1000").timer();
    assertEquals(1, ended.count());
    assertEquals(3, ended.totalTime(TimeUnit.SECONDS));
  }

  @Test
  void codesOfApplicationsAreOneTagForEachThousand() {
    for (int code : new int[] {3000, 3999, 4000, 4711, 4999}) {
      observer.closed(CONNECTION, new CloseReason(code, "a reason"), Duration.ZERO);
    }
    assertEquals(2, registry.get("websocket.connection.duration").timers().size());
    Timer ended = registry.get("websocket.connection.duration").tags("code", "4xxx").timer();
    assertEquals(3, ended.count());
  }

  @Test
  void messagesAreSummedByDirectionAndType() {
    observer.received(CONNECTION, true, 5);
    observer.received(CONNECTION, true, 7);
    observer.sent(CONNECTION, false, 9);
    observer.dropped(CONNECTION, true, 11);
    observer.queued(CONNECTION, 1_000);
    DistributionSummary in = summary("websocket.message.size", "direction", "in", "type", "text");
    assertEquals(2, in.count());
    assertEquals(12, in.totalAmount());
    assertEquals("bytes", in.getId().getBaseUnit());
    assertEquals(
        9, summary("websocket.message.size", "direction", "out", "type", "binary").totalAmount());
    assertEquals(11, summary("websocket.messages.dropped", "type", "text").totalAmount());
    assertEquals(1_000, summary("websocket.send.queue").max());
  }

  @Test
  void callbacksFailuresAndRejectionsAreCounted() {
    observer.handled(CONNECTION, Callback.MESSAGE, 2_000_000);
    observer.failed(CONNECTION, new IllegalStateException("bug"));
    observer.failed(CONNECTION, new WebSocketException(WebSocketException.Kind.TIMEOUT, "slow"));
    observer.rejected(401, new InetSocketAddress(0));
    Timer message = registry.get("websocket.callback.duration").tags("callback", "message").timer();
    assertEquals(2, message.totalTime(TimeUnit.MILLISECONDS));
    assertEquals(1, counter("websocket.errors", "kind", "handler").count());
    assertEquals(1, counter("websocket.errors", "kind", "timeout").count());
    assertEquals(1, counter("websocket.handshakes.rejected", "status", "401").count());
  }

  @Test
  void eachMeterHasTheTagsGiven() {
    observer.rejected(401, new InetSocketAddress(0));
    for (Meter meter : registry.getMeters()) {
      assertEquals("one", meter.getId().getTag("server"), meter.getId()::toString);
    }
  }

  @Test
  void aServerKeepsThemWhileItRuns() throws Exception {
    CompletableFuture<Message> answer = new CompletableFuture<>();
    try (WebSocketServer server =
        WebSocketServer.builder()
            .port(0)
            .observer(observer)
            .verifier(
                handshake ->
                    handshake.path().equals("/ws") ? Verdict.accept() : Verdict.reject(401))
            .onMessage((connection, message) -> connection.send(message))
            .start()) {
      URI uri = URI.create("ws://127.0.0.1:" + server.port());
      try (WebSocketClient client =
          WebSocketClient.connect(uri.resolve("/ws"), (connection, m) -> answer.complete(m))) {
        client.send("hello");
        answer.get(10, TimeUnit.SECONDS);
        assertEquals(1, open());
      }
      Assertions.assertThrows(
          WebSocketException.class,
          () -> WebSocketClient.connect(uri.resolve("/other"), (connection, m) -> {}));
    }
    assertEquals(0, open());
    assertEquals(
        5, summary("websocket.message.size", "direction", "out", "type", "text").totalAmount());
    assertEquals(1, counter("websocket.handshakes.rejected", "status", "401").count());
  }
}
