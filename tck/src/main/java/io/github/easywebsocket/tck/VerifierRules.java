package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Handshake;
import io.github.easywebsocket.HttpHandler.Response;
import io.github.easywebsocket.Verdict;
import io.github.easywebsocket.Verifier;
import io.github.easywebsocket.WebSocketHandler;
import io.github.easywebsocket.WebSocketServer;
import io.github.easywebsocket.tck.Recording.Call;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Section 2, opening handshake: the verifier, subprotocols, and what the 101 response says. */
interface VerifierRules {

  // ---- 2.9 and 2.10: the verifier

  /** A verdict that rejects. */
  record Rejection(int status, @Nullable String location, String body) {

    Verdict verdict() {
      Verdict verdict = Verdict.reject(status).withHeader("X-Why", "the suite").withBody(body);
      return location == null ? verdict : verdict.withHeader("Location", location);
    }
  }

  @TestFactory
  default Stream<DynamicTest> rule_2_9_a_rejection_is_answered_as_it_is(Table<ServerTrial> table) {
    return table.rows(
        List.of(
            new Rejection(302, "https://example.com/login", ""),
            new Rejection(400, null, "bad"),
            new Rejection(401, null, "who are you?"),
            new Rejection(403, null, ""),
            new Rejection(404, null, "nothing here"),
            new Rejection(429, null, "slower, please"),
            new Rejection(500, null, "sorry"),
            new Rejection(503, null, "later: \u00e4\u20ac"),
            new Rejection(599, null, "x".repeat(10_000))),
        (trial, row) -> {
          trial.start(builder -> builder.verifier(handshake -> row.verdict()));
          Answer answer = trial.ask(trial.handshake());
          assertEquals(row.status(), answer.status(), "status");
          assertEquals(row.body(), answer.text(), "body");
          assertEquals(
              row.body().isEmpty() ? null : "text/plain; charset=utf-8",
              answer.header("Content-Type"));
          assertEquals(List.of("the suite"), answer.headers("X-Why"));
          assertEquals(row.location(), answer.header("Location"), "Location");
          assertNull(answer.header("Sec-WebSocket-Accept"));
          assertFalse(trial.events().hasOpened(), "no handler sees a rejected handshake");
        });
  }

  @Test
  @HandlersBlock
  default void rule_2_9_the_verifier_decides_before_the_101(ServerTrial trial) throws Exception {
    Gate gate = trial.gate();
    CompletableFuture<Handshake> seen = new CompletableFuture<>();
    trial.start(
        builder ->
            builder.verifier(
                handshake -> {
                  seen.complete(handshake);
                  gate.pass();
                  return Verdict.reject(418);
                }));
    RawPeer peer = trial.connect().send(trial.handshake().with("X-Token", "t"));
    gate.awaitEntered();
    assertEquals("t", Patience.get(seen, "the verifier").header("X-Token"));
    assertFalse(trial.events().hasOpened(), "nothing is open while the verifier runs");
    gate.open();
    assertEquals(418, peer.readAnswer().status());
  }

  @Test
  default void rule_2_9_who_is_refused_by_the_handshake_is_not_verified(ServerTrial trial)
      throws Exception {
    List<Handshake> seen = new ArrayList<>();
    trial.start(
        builder ->
            builder.verifier(
                handshake -> {
                  seen.add(handshake);
                  return Verdict.accept();
                }));
    assertEquals(426, trial.ask(trial.handshake().set("Sec-WebSocket-Version", "8")).status());
    assertEquals(403, trial.ask(trial.handshake().with("Origin", "null")).status());
    assertEquals(List.of(), seen, "what the verifier saw");
  }

  // ---- 2.24: overload

  /** Code of the application that is to run, and the executor does not. */
  record Unwilling(String name, Consumer<WebSocketServer.Builder> code) implements Row {}

  @TestFactory
  default Stream<DynamicTest> rule_2_24_what_the_executor_rejects_is_answered_503(
      Table<ServerTrial> table) {
    WebSocketHandler handler = new WebSocketHandler() {};
    return table.rows(
        List.of(
            new Unwilling("a verifier", b -> b.verifier(handshake -> Verdict.accept())),
            new Unwilling("a factory of handlers", b -> b.handlers(handshake -> handler)),
            new Unwilling("the HTTP handler", b -> b.http(r -> Response.text(200, "a/b", "")))),
        (trial, row) -> {
          trial.startWithoutHandler(
              builder -> {
                row.code().accept(builder);
                builder.executor(
                    task -> {
                      throw new RejectedExecutionException("planted by the suite");
                    });
              });
          Request request = trial.handshake();
          boolean http = row.name().contains("HTTP");
          Answer answer = trial.ask(http ? request.without("Upgrade") : request);
          assertEquals(503, answer.status(), "status");
          assertNotNull(answer.header("Retry-After"), "Retry-After");
        });
  }

  /** A verifier that is broken. */
  record Broken(String name, Verifier verifier) implements Row {}

  @TestFactory
  @SuppressWarnings("NullAway") // one returns null, as it must not
  default Stream<DynamicTest> rule_2_10_a_broken_verifier_lets_nobody_in(Table<ServerTrial> table) {
    return table.rows(
        List.of(
            new Broken("throws an exception", VerifierRules::throwException),
            new Broken("throws a runtime exception", VerifierRules::throwRuntimeException),
            new Broken("throws an error", VerifierRules::throwError),
            new Broken("overflows the stack", VerifierRules::overflow),
            new Broken("returns null", handshake -> null),
            new Broken(
                "chooses a subprotocol that was not offered",
                handshake -> Verdict.accept().withSubprotocol("other"))),
        (trial, row) -> {
          trial.start(builder -> builder.verifier(row.verifier()));
          Answer answer = trial.ask(trial.handshake());
          assertEquals(500, answer.status(), "status");
          assertFalse(answer.everything().contains("secret"), answer::everything);
          assertFalse(trial.events().hasOpened(), "no handler sees a refused handshake");
        });
  }

  private static Verdict throwException(Handshake handshake) throws Exception {
    throw new Exception("secret");
  }

  private static Verdict throwRuntimeException(Handshake handshake) {
    throw new IllegalStateException("secret");
  }

  private static Verdict throwError(Handshake handshake) {
    throw new AssertionError("secret");
  }

  private static Verdict overflow(Handshake handshake) {
    throw new StackOverflowError("secret");
  }

  @Test
  @HandlersBlock
  default void rule_2_10_a_verifier_that_takes_too_long_is_answered_503(ServerTrial trial)
      throws Exception {
    Gate gate = trial.gate();
    trial.start(
        builder ->
            builder.verifier(
                handshake -> {
                  gate.pass();
                  return Verdict.accept();
                }));
    RawPeer peer = trial.connect().send(trial.handshake());
    gate.awaitEntered();
    trial.time().advance(Duration.ofSeconds(11));
    assertEquals(503, peer.readAnswer().status());
    gate.open();
    peer.expectFin();
    trial.connectOpen();
    assertEquals(1, countOpened(trial), "connections that handlers have seen");
  }

  private static int countOpened(ServerTrial trial) throws InterruptedException {
    trial.events().opened();
    return trial.events().all().size();
  }

  @Test
  @HandlersBlock
  default void rule_2_10_a_slow_verifier_holds_up_no_other_handshake(ServerTrial trial)
      throws Exception {
    Gate gate = trial.gate();
    trial.start(
        builder ->
            builder.verifier(
                handshake -> {
                  if (handshake.header("X-Slow") != null) {
                    gate.pass();
                  }
                  return Verdict.accept();
                }));
    RawPeer slow = trial.connect().send(trial.handshake().with("X-Slow", "yes"));
    gate.awaitEntered();
    trial.connectOpen();
    trial.events().opened();
    gate.open();
    assertEquals(101, slow.readAnswer().status());
  }

  // ---- 2.34: the attachment

  @Test
  default void rule_2_34_what_the_verdict_attaches_is_there_in_onOpen(ServerTrial trial)
      throws Exception {
    CompletableFuture<String> first = new CompletableFuture<>();
    CompletableFuture<String> second = new CompletableFuture<>();
    trial
        .events()
        .on(
            Call.OPEN,
            (connection, none) -> {
              String attached = String.valueOf(connection.attachment());
              (first.isDone() ? second : first).complete(attached);
            });
    trial.start(builder -> builder.verifier(handshake -> verdict(handshake.header("X-User"))));
    RawPeer peer = trial.connect().send(trial.handshake().with("X-User", "ann"));
    assertEquals(101, peer.readAnswer().status());
    assertEquals("ann", Patience.get(first, "the first onOpen"));
    trial.connectOpen();
    assertEquals("null", Patience.get(second, "the second onOpen"), "what nobody attached");
  }

  private static Verdict verdict(@Nullable String user) {
    return user == null ? Verdict.accept() : Verdict.accept().withAttachment(user);
  }

  // ---- 2.11: subprotocols

  /** What a client offers, line by line, to a server of "v2" and "v1"; and what is picked. */
  record Offer(List<String> lines, @Nullable String picked) {}

  @TestFactory
  default Stream<DynamicTest> rule_2_11_the_first_of_the_servers_subprotocols_is_picked(
      Table<ServerTrial> table) {
    return table.rows(
        List.of(
            new Offer(List.of(), null),
            new Offer(List.of("v1"), "v1"),
            new Offer(List.of("v2"), "v2"),
            new Offer(List.of("v1, v2"), "v2"),
            new Offer(List.of("v2,v1"), "v2"),
            new Offer(List.of("v0 , v1"), "v1"),
            new Offer(List.of("v0", "v1"), "v1"),
            new Offer(List.of("v0, v9", "v1", "v2"), "v2"),
            new Offer(List.of("v0"), null),
            new Offer(List.of("V2"), null),
            new Offer(List.of("v2x, xv1"), null),
            new Offer(List.of(", ,v1,"), "v1")),
        (trial, row) -> {
          trial.start(builder -> builder.subprotocols("v2", "v1"));
          Request request = trial.handshake();
          for (String line : row.lines()) {
            request = request.with("Sec-WebSocket-Protocol", line);
          }
          RawPeer peer = trial.connect();
          Answer answer = peer.send(request).readAnswer();
          assertEquals(101, answer.status(), "status");
          List<String> expected = row.picked() == null ? List.of() : List.of(row.picked());
          assertEquals(expected, answer.headers("Sec-WebSocket-Protocol"));
          assertEquals(row.picked(), trial.events().opened().connection().subprotocol());
        });
  }

  @Test
  default void rule_2_11_the_verifier_may_pick_one_that_was_offered(ServerTrial trial)
      throws Exception {
    trial.start(
        builder ->
            builder
                .subprotocols("v2", "v1")
                .verifier(handshake -> Verdict.accept().withSubprotocol("v3")));
    Answer answer = trial.ask(trial.handshake().with("Sec-WebSocket-Protocol", "v1, v3"));
    assertEquals(List.of("v3"), answer.headers("Sec-WebSocket-Protocol"));
  }

  // ---- 2.12: the response

  @Test
  default void rule_2_12_the_response_has_what_was_configured_and_nothing_else(ServerTrial trial)
      throws Exception {
    trial.start(
        builder ->
            builder
                .header("X-Server", "configured")
                .verifier(handshake -> Verdict.accept().withHeader("Set-Cookie", "a=b")));
    Answer answer =
        trial.ask(
            trial
                .handshake()
                .with("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits")
                .with("Sec-WebSocket-Extensions", "x-webkit-deflate-frame"));
    assertEquals(101, answer.status());
    Set<String> names =
        answer.head().lines().stream()
            .map(line -> line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT))
            .filter(name -> !name.equals("date"))
            .collect(Collectors.toSet());
    Set<String> expected =
        Set.of("upgrade", "connection", "sec-websocket-accept", "x-server", "set-cookie");
    assertEquals(expected, names, "the names of the response's headers");
    assertEquals(List.of("configured"), answer.headers("X-Server"));
    assertEquals(List.of("a=b"), answer.headers("Set-Cookie"));
  }

  @Test
  default void rule_2_12_the_same_header_may_be_there_twice(ServerTrial trial) throws Exception {
    trial.start(
        builder ->
            builder
                .header("Set-Cookie", "a=b")
                .verifier(handshake -> Verdict.accept().withHeader("Set-Cookie", "c=d")));
    assertEquals(List.of("a=b", "c=d"), trial.ask(trial.handshake()).headers("Set-Cookie"));
  }

  @TestFactory
  default Stream<DynamicTest> rule_2_12_no_header_can_smuggle_in_another(Table<ServerTrial> table) {
    return table.rows(
        List.of("a\r\nX-Evil: b", "a\nX-Evil: b", "a\rb", "a\u0000b", "\u20ac"),
        (trial, value) -> {
          WebSocketServer.Builder builder = trial.builder();
          assertThrows(IllegalArgumentException.class, () -> builder.header("X-Good", value));
          Verdict accept = Verdict.accept();
          assertThrows(IllegalArgumentException.class, () -> accept.withHeader("X-Good", value));
          assertThrows(IllegalArgumentException.class, () -> accept.withHeader(value, "x"));
        });
  }

  @Test
  default void rule_2_12_headers_of_the_handshake_cannot_be_configured(ServerTrial trial) {
    WebSocketServer.Builder builder = trial.builder();
    for (String name :
        List.of(
            "Sec-WebSocket-Accept",
            "sec-websocket-extensions",
            "Sec-WebSocket-Protocol",
            "Connection",
            "UPGRADE",
            "Transfer-Encoding",
            "Content-Length")) {
      Exception refusal =
          assertThrows(IllegalArgumentException.class, () -> builder.header(name, "x"));
      assertTrue(String.valueOf(refusal.getMessage()).contains(name), refusal::toString);
    }
  }
}
