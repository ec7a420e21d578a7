package io.github.easywebsocket.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.easywebsocket.WebSocketClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MountsTest {

  @Test
  void anUndertowServesItsPageAndOurWebSocket() throws Exception {
    try (InUndertow both = new InUndertow(0)) {
      assertEquals("an Undertow's own page\n", page(both.port()));
      assertEquals("hello", echo(both.port(), "hello"));
    }
  }

  @Test
  void aJettyServesItsPageAndOurWebSocket() throws Exception {
    try (InJetty both = new InJetty(0)) {
      assertEquals("a Jetty's own page\n", page(both.port()));
      assertEquals("hello", echo(both.port(), "hello"));
    }
  }

  private static String page(int port) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + port + "/");
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private static String echo(int port, String text) throws Exception {
    CompletableFuture<String> answer = new CompletableFuture<>();
    try (WebSocketClient client =
        WebSocketClient.builder(URI.create("ws://127.0.0.1:" + port + "/ws"))
            .onText((connection, echoed) -> answer.complete(echoed))
            .connect()) {
      client.send(text);
      return answer.get(10, TimeUnit.SECONDS);
    }
  }
}
