package io.github.easywebsocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.easywebsocket.HttpHandler.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the verifier and the factory of handlers say, and when they fail. */
class AcceptorVerifierTest extends AcceptorFixture {

  // ---- the handler

  @Test
  void aHandlerIsMadeForEachConnectionOnTheExecutor() {
    List<Handshake> made = new ArrayList<>();
    makesHandlers = true;
    handlers =
        handshake -> {
          made.add(handshake);
          return new RecordingHandler();
        };
    path = "/rooms/{room}";
    FakeExchange exchange = FakeExchange.handshake().change("/rooms/a%20b");
    acceptor().accept(exchange);
    assertEquals(0, exchange.status);
    executor.runAll();
    open++;
    assertEquals(101, exchange.status);
    assertEquals("a b", made.get(0).variable("room"));
    assertEquals(Map.of("room", "a b"), made.get(0).variables());
    assertThrows(IllegalArgumentException.class, () -> made.get(0).variable("root"));
    answer("/rooms/2");
    assertEquals(2, made.size());
  }

  @Test
  void noHandlerIsMadeForAHandshakeThatIsRefused() {
    makesHandlers = true;
    handlers =
        handshake -> {
          throw new AssertionError("made");
        };
    verifier = handshake -> Verdict.reject(403);
    assertEquals(403, answer("").status);
  }

  @Test
  void aFactoryThatThrowsIs500WithoutATraceOfIt() {
    makesHandlers = true;
    handlers =
        handshake -> {
          throw new IllegalStateException("secret");
        };
    failsWith500("the factory of handlers");
  }

  @Test
  void whatAFactoryThrowsIsNotLaidAtTheVerifiersDoor() {
    verifier = handshake -> Verdict.accept();
    aFactoryThatThrowsIs500WithoutATraceOfIt();
  }

  @Test
  @SuppressWarnings("NullAway")
  void aFactoryThatReturnsNullIs500() {
    makesHandlers = true;
    handlers = handshake -> null;
    failsWith500("the factory of handlers");
  }

  // ---- the verifier

  @Test
  void theVerifierRunsOnTheExecutorBeforeTheAnswer() {
    verifier =
        handshake ->
            Verdict.accept()
                .withAttachment("user")
                .withHeader("X-Verdict", "good")
                .withSubprotocol("x");
    FakeExchange exchange = FakeExchange.handshake().with("Sec-WebSocket-Protocol", "v1,x");
    acceptor().accept(exchange);
    assertEquals(0, exchange.status);
    assertEquals(1, executor.size());
    executor.runAll();
    open++;
    assertEquals("x", exchange.accepted().subprotocol());
    assertEquals("user", ((Session) exchange.accepted().receiver()).attachment());
    assertEquals("good", exchange.responseHeader("X-Verdict"));
    assertEquals("ours", exchange.responseHeader("X-Server"));
  }

  @Test
  void aVerifierIsNotAskedAboutAHandshakeThatIsNotInOrder() {
    verifier =
        handshake -> {
          throw new AssertionError("asked");
        };
    assertEquals(400, answer("-Sec-WebSocket-Key").status);
    assertEquals(404, answer("/other").status);
    assertEquals(403, answer("Origin: http://evil.example").status);
  }

  @Test
  void aRejectionIsAnsweredAsGiven() {
    verifier =
        handshake ->
            Verdict.reject(401).withHeader("WWW-Authenticate", "Basic").withBody("who are you?");
    FakeExchange exchange = answer("");
    assertEquals(401, exchange.status);
    assertEquals("Basic", exchange.responseHeader("WWW-Authenticate"));
    assertNull(exchange.responseHeader("X-Server"));
    assertEquals("who are you?", exchange.responseBody);
    assertEquals("text/plain; charset=utf-8", exchange.responseHeader("Content-Type"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length", "transfer-encoding"})
  void whereABodyEndsIsNotTheApplicationsToSay(String name) {
    assertThrows(IllegalArgumentException.class, () -> Response.of(200).withHeader(name, "1"));
    assertThrows(IllegalArgumentException.class, () -> Verdict.reject(403).withHeader(name, "1"));
  }

  @Test
  void aRejectionSaysItselfWhatItsBodyIs() {
    verifier = handshake -> Verdict.reject(402).withBody("{}").withHeader("content-type", "a/b");
    assertEquals("a/b", answer("").responseHeader("Content-Type"));
    assertThrows(IllegalStateException.class, () -> Verdict.reject(304).withBody("new"));
  }

  @Test
  void aVerifierThatThrowsIs500WithoutATraceOfIt() {
    verifier =
        handshake -> {
          throw new IOException("secret");
        };
    failsWith500("the verifier");
  }

  @Test
  void aVerifierThatThrowsAnErrorIs500() {
    verifier =
        handshake -> {
          throw new StackOverflowError("secret");
        };
    failsWith500("the verifier");
  }

  @Test
  @SuppressWarnings("NullAway")
  void aVerifierThatReturnsNullIs500() {
    verifier = handshake -> null;
    failsWith500("the verifier");
  }

  @Test
  void aVerifierThatChoosesWhatWasNotOfferedIs500() {
    verifier = handshake -> Verdict.accept().withSubprotocol("secret");
    failsWith500("the verifier");
  }

  private void failsWith500(String who) {
    FakeExchange exchange = answer("/w%73?secret");
    assertEquals(500, exchange.status);
    assertEquals("The server failed to answer.\n", exchange.responseBody);
    logged.saw(who + " threw at \"/ws\": the client gets 500");
  }

  @Test
  void aRejectedVerifierIs503() {
    verifier = handshake -> Verdict.accept();
    executor.rejects = true;
    FakeExchange exchange = answer("");
    assertEquals(503, exchange.status);
    assertEquals("10", exchange.responseHeader("Retry-After"));
    LogRecord line =
        logged.saw("the executor rejected the verifier at \"/ws\": the client gets 503");
    assertNull(line.getThrown(), "its stack trace");
  }

  @Test
  void aVerifierThatIsTooLateIs503AndIsNotAsked() {
    List<String> asked = new ArrayList<>();
    verifier =
        handshake -> {
          asked.add("too late");
          return Verdict.accept();
        };
    FakeExchange exchange = FakeExchange.handshake();
    acceptor().accept(exchange);
    time.advance(Duration.ofMillis(9_900));
    assertEquals(0, exchange.status);
    time.advance(Duration.ofMillis(700));
    assertEquals(503, exchange.status);
    assertEquals("close", exchange.responseHeader("Connection"));
    executor.runAll();
    assertEquals(List.of(), asked);
  }

  @Test
  void aVerifierThatAnswersInTimeIsNotTimedOutLater() {
    verifier = handshake -> Verdict.accept();
    assertEquals(101, answer("").status);
    time.advance(Duration.ofSeconds(20));
  }

  @Test
  void aVerdictThatComesWhileTheTimeOutIsAnsweredIsLate() {
    verifier =
        handshake -> {
          time.advance(Duration.ofSeconds(11));
          return Verdict.accept();
        };
    assertEquals(503, answer("").status);
  }

  @Test
  void itIsKnownOnWhichThreadAVerifierRuns() {
    List<Boolean> known = new ArrayList<>();
    verifier =
        handshake -> {
          known.add(acceptor().answers().onUserThread());
          return Verdict.reject(403);
        };
    answer("");
    known.add(acceptor().answers().onUserThread());
    assertEquals(List.of(true, false), known);
  }
}
