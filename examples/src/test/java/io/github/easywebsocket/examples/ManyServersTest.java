package io.github.easywebsocket.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.WebSocketClient;
import io.github.easywebsocket.WebSocketServer;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Rule 7.6 with different backends: many servers in one JVM share nothing. */
class ManyServersTest {

  private static final int MANY = 20;

  /** A server that answers with its number, a client of it, and what the client was told. */
  private record Pair(WebSocketServer server, WebSocketClient client, BlockingQueue<String> told) {

    static Pair start(int number, String backend) throws Exception {
      WebSocketServer server =
          WebSocketServer.builder()
              .backend(backend)
              .port(0)
              .onText((connection, text) -> connection.send(number + " " + text))
              .start();
      BlockingQueue<String> told = new LinkedBlockingQueue<>();
      WebSocketClient client =
          WebSocketClient.builder(URI.create("ws://localhost:" + server.port()))
              .onText((connection, text) -> told.add(text))
              .onClose((connection, reason) -> told.add("closed " + reason.code()))
              .connect();
      return new Pair(server, client, told);
    }

    void expect(String expected) throws InterruptedException {
      assertEquals(expected, told.poll(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void whenOneStopsTheOthersGoOn() throws Exception {
    List<Pair> pairs = new ArrayList<>();
    try {
      for (int i = 0; i < MANY; i++) {
        pairs.add(Pair.start(i, i % 2 == 0 ? "undertow" : "jetty"));
      }
      for (int stopped = 0; stopped < MANY; stopped++) {
        assertTrue(pairs.get(stopped).server().stop());
        pairs.get(stopped).expect("closed 1001");
        for (int i = stopped + 1; i < MANY; i++) {
          pairs.get(i).client().send("after " + stopped);
          pairs.get(i).expect(i + " after " + stopped);
        }
      }
    } finally {
      pairs.forEach(pair -> pair.client().close());
      pairs.forEach(pair -> pair.server().stop());
    }
  }
}
