package io.github.easywebsocket.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Message;
import io.github.easywebsocket.WebSocketClient;
import io.github.easywebsocket.WebSocketException;
import io.github.easywebsocket.WebSocketServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EchoTest {

  private WebSocketServer server;

  @BeforeEach
  void start() throws IOException {
    server = Echo.start(0);
  }

  @AfterEach
  void stop() {
    server.stop();
  }

  @Test
  void textAndBytesComeBackAsTheyWereSent() throws Exception {
    BlockingQueue<Message> received = new LinkedBlockingQueue<>();
    Message text = Message.text("Grüße, 世界 🌍");
    Message bytes = Message.binary(new byte[] {0, 1, -1});
    URI uri = URI.create("ws://localhost:" + server.port() + "/ws");
    try (WebSocketClient client =
        WebSocketClient.connect(uri, (connection, message) -> received.add(message))) {
      client.send(text);
      client.send(bytes);

      assertEquals(text, received.poll(10, TimeUnit.SECONDS));
      assertEquals(bytes, received.poll(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void thePageIsServedAtTheRootAndNothingElsewhere() throws Exception {
    HttpResponse<String> page = get("/");
    assertEquals(200, page.statusCode());
    assertEquals(
        "text/html; charset=utf-8", page.headers().firstValue("Content-Type").orElseThrow());
    assertTrue(page.body().startsWith("<!doctype html>"), page.body());

    assertEquals(404, get("/other").statusCode());
  }

  @Test
  void aPortInUseIsNamedInTheMessage() {
    WebSocketException failure =
        assertThrows(WebSocketException.class, () -> Echo.start(server.port()));

    assertEquals(WebSocketException.Kind.BIND, failure.kind());
    @Nullable String message = failure.getMessage();
    assertTrue(message != null && message.contains("port " + server.port()), message);
  }

  private HttpResponse<String> get(String path) throws Exception {
    URI uri = URI.create("http://localhost:" + server.port() + path);
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }
}
