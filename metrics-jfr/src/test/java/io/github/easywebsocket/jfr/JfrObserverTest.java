package io.github.easywebsocket.jfr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.WebSocketClient;
import io.github.easywebsocket.WebSocketServer;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a recording has of a server. */
class JfrObserverTest {

  @TempDir private Path folder;

  /** Records an echo of "grüße" at /ws?secret, and the end of its connection with 4001. */
  private List<RecordedEvent> record(Recording recording, JfrObserver observer) throws Exception {
    recording.start();
    CompletableFuture<String> echo = new CompletableFuture<>();
    try (WebSocketServer server =
        WebSocketServer.builder()
            .port(0)
            .observer(observer)
            .onText((connection, text) -> connection.send(text))
            .start()) {
      URI uri = URI.create("ws://127.0.0.1:" + server.port() + "/ws?secret");
      WebSocketClient client =
          WebSocketClient.builder(uri).onText((connection, text) -> echo.complete(text)).connect();
      client.send("grüße");
      assertEquals("grüße", echo.get(10, TimeUnit.SECONDS));
      client.connection().close(4001, "secret");
      client.connection().closed().toCompletableFuture().get(10, TimeUnit.SECONDS);
    } // stop returns when closed was told
    recording.stop();
    Path file = folder.resolve("recording.jfr");
    recording.dump(file);
    List<RecordedEvent> events = RecordingFile.readAllEvents(file);
    events.forEach(event -> assertFalse(event.toString().contains("secret"), event::toString));
    return events;
  }

  private static List<RecordedEvent> of(String name, List<RecordedEvent> events) {
    return events.stream()
        .filter(event -> event.getEventType().getName().equals("easywebsocket." + name))
        .toList();
  }

  private static RecordedEvent only(String name, List<RecordedEvent> events) {
    List<RecordedEvent> found = of(name, events);
    assertEquals(1, found.size(), () -> name + " in " + events);
    return found.get(0);
  }

  @Test
  void aRecordingThatAsksForAllHasConnectionMessagesAndCallbacks() throws Exception {
    try (Recording recording = new Recording()) {
      recording.enable(ReceivedEvent.class);
      recording.enable(SentEvent.class);
      List<RecordedEvent> events = record(recording, new JfrObserver(Duration.ZERO));

      RecordedEvent opened = only("Opened", events);
      assertEquals("/ws", opened.getString("path"));
      assertTrue(opened.getString("peer").contains("127.0.0.1"), opened::toString);
      long id = opened.getLong("connection");
      RecordedEvent closed = only("Closed", events);
      assertEquals(id, closed.getLong("connection"));
      assertEquals(4001, closed.getInt("code"));
      assertTrue(closed.getDuration("open").toNanos() > 0, closed::toString);
      for (String name : List.of("Received", "Sent")) {
        RecordedEvent message = only(name, events);
        assertEquals(id, message.getLong("connection"));
        assertEquals(7, message.getLong("bytes"));
        assertTrue(message.getBoolean("text"));
      }
      List<String> callbacks = // of several threads, so in no order
          of("SlowCallback", events).stream().map(event -> event.getString("callback")).toList();
      assertEquals(3, callbacks.size());
      assertEquals(Set.of("OPEN", "MESSAGE", "CLOSE"), Set.copyOf(callbacks));
    }
  }

  @Test
  void aRecordingThatAsksForNothingHasNoMessagesAndNoQuickCallbacks() throws Exception {
    try (Recording recording = new Recording()) {
      List<RecordedEvent> events = record(recording, new JfrObserver(Duration.ofMinutes(1)));

      only("Opened", events);
      only("Closed", events);
      for (String name : List.of("Received", "Sent", "SlowCallback")) {
        assertEquals(List.of(), of(name, events));
      }
    }
  }

  @Test
  void aNegativeTimeIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new JfrObserver(Duration.ofNanos(-1)));
  }
}
