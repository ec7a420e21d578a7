package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.easywebsocket.Headers;
import io.github.easywebsocket.HttpHandler;
import io.github.easywebsocket.HttpHandler.Response;
import io.github.easywebsocket.Limits;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Section 2, opening handshake: plain HTTP on the same port. */
interface HttpRules {

  private static Request get(ServerTrial trial, String target) throws Exception {
    return Request.get(target, trial.server().port());
  }

  private static void serve(ServerTrial trial, HttpHandler handler) throws Exception {
    trial.start(builder -> builder.http(handler));
  }

  @Test
  default void rule_2_2_plain_http_is_answered_by_the_handler(ServerTrial trial) throws Exception {
    serve(trial, request -> Response.text(200, "text/html", "<p>" + request.path()));
    Answer answer = trial.ask(get(trial, "/a%20page?x=1"));
    assertEquals(200, answer.status());
    assertEquals("<p>/a page", answer.text());
    assertEquals(101, trial.ask(trial.handshake()).status(), "a WebSocket on the same port");
  }

  /** A request, and a response in full. */
  record Page(String method, int status, int size) {}

  @TestFactory
  default Stream<DynamicTest> rule_2_16_a_request_gets_status_headers_and_body(
      Table<ServerTrial> table) {
    return table.rows(
        List.of(
            new Page("GET", 200, 0),
            new Page("GET", 200, 1),
            new Page("GET", 200, 1_000_000),
            new Page("GET", 404, 20),
            new Page("GET", 500, 20),
            new Page("GET", 599, 20),
            new Page("DELETE", 202, 20),
            new Page("OPTIONS", 200, 20),
            new Page("GET", 302, 0)),
        (trial, row) -> {
          byte[] body = "x".repeat(row.size()).getBytes(StandardCharsets.US_ASCII);
          serve(trial, request -> response(row.status(), request.method(), body));
          Answer answer = trial.ask(get(trial, "/page").method(row.method()));
          assertEquals(row.status(), answer.status(), "status");
          assertEquals(List.of(row.method()), answer.headers("X-Method"));
          assertEquals(List.of("a=b", "c=d"), answer.headers("Set-Cookie"));
          assertArrayEquals(body, answer.body(), "body");
        });
  }

  private static Response response(int status, String method, byte[] body) {
    return new Response(status, Headers.of("X-Method", method), body)
        .withHeader("Set-Cookie", "a=b")
        .withHeader("Set-Cookie", "c=d");
  }

  @Test
  default void rule_2_16_head_gets_no_body(ServerTrial trial) throws Exception {
    serve(trial, request -> Response.text(200, "text/plain", "body"));
    RawPeer peer = trial.connect();
    Head head = peer.send(get(trial, "/").method("HEAD")).readHead();
    assertEquals(200, head.status());
    assertEquals(0, peer.finish().readUpTo(1).length, "bytes of a body");
  }

  @TestFactory
  default Stream<DynamicTest> rule_2_16_an_answer_of_204_or_304_has_no_body_and_no_length(
      Table<ServerTrial> table) {
    return table.rows(
        List.of(204, 304),
        (trial, status) -> {
          serve(trial, request -> Response.of(status));
          RawPeer peer = trial.connect();
          Head head = peer.send(get(trial, "/")).readHead();
          assertEquals(status, head.status());
          assertEquals(List.of(), head.all("Content-Length"), "RFC 9110 §8.6");
          assertEquals(List.of(), head.all("Transfer-Encoding"));
          assertEquals(0, peer.finish().readUpTo(1).length, "bytes of a body");
        });
  }

  @Test
  default void rule_2_16_requests_that_come_together_are_answered_in_order(ServerTrial trial)
      throws Exception {
    serve(trial, request -> Response.text(200, "text/plain", request.path()));
    RawPeer peer = trial.connect();
    StringBuilder requests = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      requests.append(new String(get(trial, "/" + i).encode(), StandardCharsets.US_ASCII));
    }
    byte[] all = requests.toString().getBytes(StandardCharsets.US_ASCII);
    Background.run(() -> peer.send(all, "200 requests"));
    for (int i = 0; i < 200; i++) {
      assertEquals("/" + i, peer.readAnswer().text());
    }
  }

  @Test
  default void rule_2_16_a_connection_may_ask_again_and_then_upgrade(ServerTrial trial)
      throws Exception {
    serve(trial, request -> Response.text(200, "text/plain", request.path()));
    RawPeer peer = trial.connect();
    for (String path : List.of("/one", "/two", "/three")) {
      assertEquals(path, peer.send(get(trial, path)).readAnswer().text());
    }
    trial.shakeHands(peer);
    new Link(trial.events().opened(), peer).expectAlive().endWell();
  }

  @TestFactory
  default Stream<DynamicTest> rule_2_16_a_body_within_the_limit_is_given_to_the_handler(
      Table<ServerTrial> table) {
    return table.rows(
        List.of(0, 1, 1000, 65_535, 65_536),
        (trial, size) -> {
          CompletableFuture<byte[]> seen = new CompletableFuture<>();
          serve(
              trial,
              request -> {
                seen.complete(request.body());
                return Response.of(204);
              });
          byte[] body = "b".repeat(size).getBytes(StandardCharsets.US_ASCII);
          RawPeer peer = trial.connect();
          peer.send(get(trial, "/").method("POST").with("Content-Length", "" + size));
          peer.send(body, "the body");
          assertEquals(204, peer.readAnswer().status());
          assertArrayEquals(body, Patience.get(seen, "the body"));
        });
  }

  private static Response echo(HttpHandler.Request request) {
    return Response.text(200, "text/plain", new String(request.body(), StandardCharsets.US_ASCII));
  }

  @Test
  default void rule_2_16_a_chunked_body_is_put_together(ServerTrial trial) throws Exception {
    serve(trial, HttpRules::echo);
    RawPeer peer = trial.connect();
    peer.send(get(trial, "/").method("POST").with("Transfer-Encoding", "chunked"));
    peer.send(
        "5\r\nHello\r\n7\r\n, world\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII), "chunks");
    assertEquals("Hello, world", peer.readAnswer().text());
  }

  @Test
  default void rule_2_16_who_expects_100_continue_is_told_to_go_on(ServerTrial trial)
      throws Exception {
    serve(trial, HttpRules::echo);
    RawPeer peer = trial.connect();
    peer.send(
        get(trial, "/").method("POST").with("Content-Length", "5").with("Expect", "100-continue"));
    assertEquals(100, peer.readHead().status(), "before the body has come");
    peer.send("Hello".getBytes(StandardCharsets.US_ASCII), "the body");
    assertEquals("Hello", peer.readAnswer().text());
  }

  @Test
  default void rule_2_16_a_body_above_the_limit_is_not_told_to_go_on(ServerTrial trial)
      throws Exception {
    trial.start(builder -> builder.http(request -> Response.of(200)));
    Request request = get(trial, "/").method("POST").with("Content-Length", "5000000000");
    assertEquals(413, trial.ask(request.with("Expect", "100-continue")).status());
  }

  @Test
  default void rule_2_16_a_body_above_the_limit_gets_413(ServerTrial trial) throws Exception {
    Limits small = Limits.DEFAULT.withMaxHttpBody(1000);
    trial.start(
        builder -> builder.limits(small).http(request -> Response.text(200, "text/plain", "no")));
    RawPeer peer = trial.connect();
    peer.send(get(trial, "/").method("POST").with("Content-Length", "1001"));
    peer.send("x".repeat(1001).getBytes(StandardCharsets.US_ASCII), "the body");
    assertEquals(413, peer.readAnswer().status());
  }

  @Test
  default void rule_2_16_a_body_announced_above_the_limit_gets_413(ServerTrial trial)
      throws Exception {
    trial.start(builder -> builder.http(request -> Response.of(200)));
    Request request = get(trial, "/").method("POST").with("Content-Length", "5000000000");
    assertEquals(413, trial.ask(request).status(), "before the body has come");
  }

  @Test
  default void rule_2_16_a_chunked_body_above_the_limit_gets_413(ServerTrial trial)
      throws Exception {
    Limits small = Limits.DEFAULT.withMaxHttpBody(1000);
    trial.start(
        builder -> builder.limits(small).http(request -> Response.text(200, "text/plain", "no")));
    RawPeer peer = trial.connect();
    peer.send(get(trial, "/").method("POST").with("Transfer-Encoding", "chunked"));
    String chunk = "1f4\r\n" + "x".repeat(500) + "\r\n";
    peer.send(chunk.repeat(3).getBytes(StandardCharsets.US_ASCII), "three chunks of 500 bytes");
    assertEquals(413, peer.readAnswer().status());
  }

  /** A handler that is broken. */
  record Broken(String name, HttpHandler handler) implements Row {}

  @TestFactory
  @SuppressWarnings("NullAway") // one returns null, as it must not
  default Stream<DynamicTest> rule_2_16_a_broken_handler_gets_500(Table<ServerTrial> table) {
    return table.rows(
        List.of(
            new Broken("throws an exception", HttpRules::throwException),
            new Broken("throws an error", HttpRules::throwError),
            new Broken("returns null", request -> null)),
        (trial, row) -> {
          serve(trial, row.handler());
          Answer answer = trial.ask(get(trial, "/"));
          assertEquals(500, answer.status());
          assertEquals(101, trial.ask(trial.handshake()).status(), "the server goes on");
        });
  }

  @TestFactory
  default Stream<DynamicTest> rule_2_17_no_answer_holds_the_text_of_an_exception(
      Table<ServerTrial> table) {
    return table.rows(
        List.of(
            new Broken("throws an exception", HttpRules::throwException),
            new Broken("throws an error", HttpRules::throwError)),
        (trial, row) -> {
          trial.start(
              builder ->
                  builder
                      .http(row.handler())
                      .verifier(
                          handshake -> {
                            throw new IllegalStateException("secret of the verifier");
                          }));
          for (Request request : List.of(get(trial, "/"), trial.handshake())) {
            String answer = trial.ask(request).everything();
            for (String leak : List.of("secret", "Exception", "Error:", "at io.", "java.")) {
              assertFalse(answer.contains(leak), () -> "\"" + leak + "\" in: " + answer);
            }
          }
        });
  }

  private static Response throwException(HttpHandler.Request request) throws Exception {
    throw new Exception("secret of the handler");
  }

  private static Response throwError(HttpHandler.Request request) {
    throw new AssertionError("secret of the handler");
  }

  @Test
  @HandlersBlock
  default void rule_2_16_a_handler_that_takes_too_long_is_answered_503(ServerTrial trial)
      throws Exception {
    Gate gate = trial.gate();
    serve(
        trial,
        request -> {
          gate.pass();
          return Response.of(200);
        });
    RawPeer peer = trial.connect().send(get(trial, "/"));
    gate.awaitEntered();
    trial.time().advance(Duration.ofSeconds(11));
    assertEquals(503, peer.readAnswer().status());
  }
}
