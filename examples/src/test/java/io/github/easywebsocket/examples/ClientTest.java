package io.github.easywebsocket.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.WebSocketServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClientTest {

  @Test
  void whatIsTypedIsSentAndWhatComesIsPrinted() throws Exception {
    try (WebSocketServer server = Echo.start(0);
        Dialogue user = new Dialogue("ws://localhost:" + server.port() + "/ws")) {
      assertTrue(user.reads().startsWith("connected to ws://localhost:" + server.port()));
      user.types("hello");
      assertEquals("< hello", user.reads());
      user.types("/ping");
      assertTrue(user.reads().matches("pong after .* ms"));
      user.types("/close now");
      assertEquals("a close code is a number, not now", user.reads());
      user.types("/close 1006");
      assertTrue(user.reads().startsWith("close code 1006 may not be sent"));
      user.types("/close 4000 so long");
      assertEquals("closed: 4000 so long", user.reads());
      assertTrue(user.clean.get(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void aServerThatStopsEndsTheClientWhileNothingIsTyped() throws Exception {
    try (WebSocketServer server = Echo.start(0);
        Dialogue user = new Dialogue("ws://localhost:" + server.port() + "/ws")) {
      user.reads();
      server.stop();
      assertEquals("closed: 1001", user.reads());
    }
  }

  @Test
  void theEndOfTheInputCloses() throws Exception {
    try (WebSocketServer server = Echo.start(0);
        Dialogue user = new Dialogue("ws://localhost:" + server.port() + "/ws")) {
      user.reads();
      user.hangsUp();
      assertEquals("closed: 1000", user.reads());
    }
  }

  @Test
  void aServerThatIsNotThereIsToldInOneLine() throws Exception {
    try (Dialogue user = new Dialogue("ws://localhost:1/ws")) {
      String line = user.reads();
      assertTrue(line.contains("ws://localhost:1/ws"), line);
      assertFalse(user.clean.get(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void anAddressThatIsNoneIsToldInOneLine() throws Exception {
    try (Dialogue user = new Dialogue("http://localhost")) {
      assertEquals("uri must begin with ws:// or wss://: http://localhost", user.reads());
      assertFalse(user.clean.get(10, TimeUnit.SECONDS));
    }
  }

  /** A client in a thread of its own, and the user who types and reads. */
  private static final class Dialogue implements AutoCloseable {
    private final PipedWriter keyboard = new PipedWriter();
    private final BlockingQueue<String> screen = new LinkedBlockingQueue<>();
    final CompletableFuture<Boolean> clean = new CompletableFuture<>();

    Dialogue(String uri) throws IOException {
      BufferedReader input = new BufferedReader(new PipedReader(keyboard));
      new Thread(() -> clean.complete(Client.run(uri, input, screen::add))).start();
    }

    void types(String line) throws IOException {
      keyboard.write(line + "\n");
      keyboard.flush();
    }

    void hangsUp() throws IOException {
      keyboard.close();
    }

    String reads() throws InterruptedException {
      return Objects.requireNonNull(screen.poll(10, TimeUnit.SECONDS), "nothing was printed");
    }

    @Override
    public void close() throws IOException {
      keyboard.close();
    }
  }
}
