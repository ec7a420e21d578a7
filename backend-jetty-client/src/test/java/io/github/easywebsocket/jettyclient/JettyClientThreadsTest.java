package io.github.easywebsocket.jettyclient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.ReconnectingClient;
import io.github.easywebsocket.Timeouts;
import io.github.easywebsocket.WebSocketClient;
import io.github.easywebsocket.WebSocketException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The engine's threads: how many there are, and that none is left. */
@Timeout(60)
class JettyClientThreadsTest {

  private static final String NAME = "easy-websocket-jetty-client";

  private static List<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith(NAME))
        .toList();
  }

  @AfterEach
  void noThreadIsLeft() throws InterruptedException {
    for (Thread thread : threads()) {
      thread.join(10_000);
      assertFalse(thread.isAlive(), () -> thread.getName() + " is left");
    }
  }

  @Test
  void theClientsOfOneInstanceShareItsThreads() throws Exception {
    JettyClientBackend shared = new JettyClientBackend();
    List<WebSocketClient> clients = new ArrayList<>();
    try (Echo echo = Echo.start()) {
      for (int i = 0; i < 20; i++) {
        clients.add(Echo.connect(echo.client().backend(shared)));
      }
      assertTrue(threads().size() <= 9, () -> "threads: " + threads());
      assertTrue(threads().stream().allMatch(Thread::isDaemon));
      clients.forEach(WebSocketClient::close);
      noThreadIsLeft();
      Echo.connect(echo.client().backend(shared)).close(); // it starts again
    }
  }

  @Test
  void clientsByNameHaveTheirOwn() throws Exception {
    try (Echo echo = Echo.start();
        WebSocketClient one = Echo.connect(echo.client());
        WebSocketClient two = Echo.connect(echo.client().inline())) {
      assertTrue(one.connection().isOpen() && two.connection().isOpen());
    }
  }

  @Test
  void anAttemptThatFailsLeavesNone() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      URI uri = URI.create("ws://127.0.0.1:" + silent.getLocalPort());
      WebSocketClient.Builder builder =
          WebSocketClient.builder(uri)
              .backend("jetty")
              .timeouts(Timeouts.DEFAULT.withHandshake(Duration.ofMillis(200)))
              .onText((connection, text) -> {});
      WebSocketException late = assertThrows(WebSocketException.class, builder::connect);
      assertEquals(WebSocketException.Kind.TIMEOUT, late.kind(), late::toString);
      try (Socket accepted = silent.accept()) {
        accepted.setSoTimeout(10_000);
        accepted.getInputStream().readAllBytes(); // up to the end of TCP
      }
    }
  }

  @Test
  void aReconnectingClientThatIsClosedEndsItsAttempt() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      URI uri = URI.create("ws://127.0.0.1:" + silent.getLocalPort());
      ReconnectingClient client =
          WebSocketClient.builder(uri)
              .backend("jetty")
              .onText((connection, text) -> {})
              .reconnecting()
              .start();
      try (Socket accepted = silent.accept()) {
        accepted.setSoTimeout(10_000);
        client.close();
        accepted.getInputStream().readAllBytes();
      }
    }
  }

  @Test
  void aServerThatIsNotThereLeavesNone() throws Exception {
    int port;
    try (ServerSocket unused = new ServerSocket(0)) {
      port = unused.getLocalPort();
    }
    URI uri = URI.create("ws://localhost:" + port + "/?token=secret");
    WebSocketException failure =
        assertThrows(
            WebSocketException.class,
            () ->
                WebSocketClient.builder(uri)
                    .backend("jetty")
                    .onText((connection, text) -> {})
                    .connect());
    assertEquals(WebSocketException.Kind.IO, failure.kind(), failure::toString);
    assertTrue(failure.toString().contains("ws://localhost:" + port), failure::toString);
    assertFalse(failure.toString().contains("secret"), failure::toString);
    assertInstanceOf(java.net.ConnectException.class, failure.getCause());
  }
}
