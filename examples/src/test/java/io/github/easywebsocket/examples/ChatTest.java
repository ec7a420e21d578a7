package io.github.easywebsocket.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.easywebsocket.WebSocketClient;
import io.github.easywebsocket.WebSocketException;
import io.github.easywebsocket.WebSocketServer;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChatTest {

  private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

  private static WebSocketServer start(String backend) throws IOException {
    return Chat.start(WebSocketServer.builder().port(0).backend(backend));
  }

  private WebSocketClient join(WebSocketServer server, String roomAs) throws IOException {
    URI uri = URI.create("ws://localhost:" + server.port() + "/rooms/" + roomAs);
    return WebSocketClient.connect(
        uri, (connection, message) -> seen.add(uri.getPath() + " got " + message.text()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"undertow", "jetty"})
  void whatIsSaidInARoomIsHeardByAllInItAndByNobodyElse(String backend) throws Exception {
    WebSocketServer server = start(backend);
    try (WebSocketClient ann = join(server, "a?as=Ann");
        WebSocketClient bob = join(server, "b?as=Bob")) {
      ann.send("hello");
      assertEquals("/rooms/a got Ann: hello", seen.poll(10, TimeUnit.SECONDS));
      bob.send("hi");
      assertEquals("/rooms/b got Bob: hi", seen.poll(10, TimeUnit.SECONDS));
      try (WebSocketClient zoe = join(server, "b?as=Zo%C3%AB")) {
        zoe.send("me, too");
        assertEquals("/rooms/b got Zo\u00eb: me, too", seen.poll(10, TimeUnit.SECONDS));
        assertEquals("/rooms/b got Zo\u00eb: me, too", seen.poll(10, TimeUnit.SECONDS));
      }
    } finally {
      server.stop();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "a?as=", "a?as=%3Cb%3E", "%3Cb%3E?as=Ann"})
  void whoSaysNotWhoOrWhereIsRefused(String roomAs) throws Exception {
    WebSocketServer server = start("undertow");
    try {
      WebSocketException e =
          assertThrows(WebSocketException.class, () -> join(server, roomAs).close());
      assertEquals(401, e.status());
    } finally {
      server.stop();
    }
  }
}
