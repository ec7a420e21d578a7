package io.github.easywebsocket.benchmarks.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Message;
import io.github.easywebsocket.WebSocketConnection;
import io.github.easywebsocket.WebSocketHandler.Event;
import io.github.easywebsocket.WebSocketServer;
import io.github.easywebsocket.undertow.UndertowBackend;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoadGeneratorTest {

  private static final Duration MOMENT = Duration.ofMillis(50);

  @ParameterizedTest
  @ValueSource(
      strings = {"b64-1x1", "b64-64x16", "t64-64x1", "u16k-16x4", "b1m-4x2", "rate20k", "connect"})
  void counts_what_a_good_server_echoes(String cell) throws IOException {
    try (WebSocketServer server = start((connection, message) -> connection.send(message))) {
      Outcome outcome = measure(cell, server);
      assertTrue(outcome.total() > 0, outcome.toLine());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"fan500"})
  void counts_what_a_good_server_sends_to_all(String cell) throws IOException {
    Set<WebSocketConnection> members = ConcurrentHashMap.newKeySet();
    try (WebSocketServer server =
        builder()
            .onOpen(members::add)
            .onMessage((connection, message) -> members.forEach(each -> each.send(message)))
            .start()) {
      assertTrue(measure(cell, server).total() > 0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"b64-64x16", "b1m-4x2"})
  void notices_one_wrong_byte(String cell) throws IOException {
    AtomicInteger count = new AtomicInteger();
    try (WebSocketServer server =
        start(
            (connection, message) -> {
              boolean wrong = count.incrementAndGet() == 5; // of those that are sent at once
              connection.send(wrong ? withWrongEnd(message) : message);
            })) {
      IOException e = assertThrows(WrongEcho.class, () -> measure(cell, server));
      assertTrue(String.valueOf(e.getMessage()).startsWith("a byte is 0x"), e.toString());
    }
  }

  private static Message withWrongEnd(Message message) {
    ByteBuffer bytes = ByteBuffer.allocate(message.size()).put(message.payload());
    int last = message.size() - 1;
    bytes.put(last, (byte) ~bytes.get(last));
    return Message.binary(bytes.flip());
  }

  @ParameterizedTest
  @ValueSource(strings = {"b64-64x16"})
  void notices_a_message_that_is_lost(String cell) throws IOException {
    AtomicInteger count = new AtomicInteger();
    try (WebSocketServer server =
        start(
            (connection, message) -> {
              if (count.incrementAndGet() != 5) {
                connection.send(message);
              }
            })) {
      assertThrows(WrongEcho.class, () -> measure(cell, server));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"t64-64x16"})
  void notices_that_text_became_binary(String cell) throws IOException {
    try (WebSocketServer server =
        start((connection, message) -> connection.send(message.payload()))) {
      IOException e = assertThrows(WrongEcho.class, () -> measure(cell, server));
      assertEquals("an opcode is 2", e.getMessage());
    }
  }

  private static WebSocketServer start(Event<Message> handler) throws IOException {
    return builder().onMessage(handler).start();
  }

  private static WebSocketServer.Builder builder() {
    return WebSocketServer.builder().backend(new UndertowBackend()).port(0);
  }

  private static Outcome measure(String cell, WebSocketServer server) throws IOException {
    Target target = new Target(server.port(), ProcessHandle.current().pid(), false);
    return new LoadGenerator().measure(Cell.named(cell), target, Duration.ZERO, MOMENT);
  }
}
