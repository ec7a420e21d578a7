package io.github.easywebsocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.HttpHandler.Response;
import io.github.easywebsocket.spi.Acceptance;
import io.github.easywebsocket.spi.Deflate;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How each request is answered: by a connection, a refusal, or the HTTP handler. */
class AcceptorTest {

  private static final int PLACES = 2;

  @RegisterExtension final Logged logged = new Logged();

  private final ManualTime time = new ManualTime();
  private final ManualExecutor executor = new ManualExecutor();
  private final Connections connections =
      new Connections(Timeouts.DEFAULT, executor, time, null, Hooks.NONE);
  private final RecordingHandler handler = new RecordingHandler();
  private Function<Handshake, WebSocketHandler> handlers = handshake -> handler;
  private boolean makesHandlers;
  private @Nullable Verifier verifier;
  private Hosts hosts = Hosts.ANY;
  private @Nullable HttpHandler http;
  private @Nullable String path = "/ws";
  private List<String> subprotocols = List.of("v2", "v1");
  private @Nullable Compression compression;
  private int mostFromAddress = Integer.MAX_VALUE;
  private @Nullable Acceptor acceptor;
  private int open; // connections that have their place

  private Acceptor acceptor() {
    if (acceptor == null) {
      acceptor =
          new Acceptor(
              new Acceptor.Rules(
                  new Routes(List.of(route())),
                  hosts,
                  http,
                  Limits.DEFAULT.maxHttpBody(),
                  PLACES,
                  mostFromAddress),
              connections);
    }
    return acceptor;
  }

  private Routes.Route route() {
    return new Routes.Route(
        path == null ? null : PathPattern.of(path),
        handlers,
        makesHandlers,
        verifier,
        subprotocols,
        Headers.of("X-Server", "ours"),
        Origins.allowing(List.of("https://good.example")),
        Limits.DEFAULT,
        compression);
  }

  private FakeExchange answer(FakeExchange exchange) {
    acceptor().accept(exchange);
    executor.runAll();
    open += exchange.status == 101 ? 1 : 0;
    return exchange;
  }

  private FakeExchange answer(String changes) {
    FakeExchange exchange = FakeExchange.handshake();
    for (String change : changes.split(";")) {
      if (!change.isBlank()) {
        exchange.change(change.strip());
      }
    }
    return answer(exchange);
  }

  @AfterEach
  void allPlacesButThoseOfConnectionsAreFree() {
    executor.runAll();
    for (int i = open; i < PLACES; i++) {
      assertTrue(connections.reserve(PLACES), "place " + i + " was not given back");
    }
    assertFalse(connections.reserve(PLACES), "a place was given back twice");
    connections.close();
    assertTrue(time.isQuiet());
  }

  // ---- the host

  @Test
  void aHostThatIsNotAllowedGets421WhateverIsAsked() {
    hosts = Hosts.allowing(List.of("good.example"));
    http = request -> Response.of(204);
    assertEquals(101, answer("Host: good.example; Origin: http://good.example").status);
    assertEquals(421, answer("Host: evil.example; Origin: http://evil.example").status);
    assertEquals(421, answer("Host: evil.example; /elsewhere").status);
    assertEquals(204, answer(FakeExchange.plain("GET", "/")).status);
    FakeExchange page = FakeExchange.plain("GET", "/").without("Host").with("Host", "evil.example");
    assertEquals(421, answer(page).status);
    assertEquals(400, answer("+Host: evil.example").status);
  }

  // ---- the opening handshake

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          101 |
          101 | Upgrade: WebSocket
          101 | Upgrade: h2c, WEBSOCKET
          101 | Upgrade: h2c; +Upgrade: websocket
          101 | Connection: keep-alive, upgrade
          101 | Connection: keep-alive; +Connection: ,UPGRADE ,
          101 | /WS
          101 | /w%73
          101 | /ws?token=secret&%zz
          101 | Sec-WebSocket-Protocol: v1, v0
          101 | Sec-WebSocket-Extensions: permessage-deflate
          101 | Origin: http://localhost:8080
          101 | Origin: HTTP://LOCALHOST:8080
          101 | Origin: https://good.example
          101 | Origin: https://good.example:443
          101 | tls; Origin: https://localhost:8080
          101 | http://localhost:8080/ws
          101 | http://localhost:8080/ws?x; Origin: http://localhost:8080
          101 | Host: my_host; Origin: http://my_host
          101 | Content-Length: 0
          405 | POST
          405 | HEAD
          405 | get
          400 | HTTP/1.0
          400 | HTTP/2.0
          400 | -Host
          400 | +Host: other
          400 | -Connection
          400 | Connection: keep-alive
          400 | Connection: Upgraded
          403 | -Upgrade
          403 | Upgrade: h2c
          403 | Upgrade: websocket2
          403 | Upgrade:
          426 | -Sec-WebSocket-Version
          426 | Sec-WebSocket-Version: 8
          426 | Sec-WebSocket-Version: 12
          426 | Sec-WebSocket-Version: 14
          426 | Sec-WebSocket-Version: 13, 8
          426 | +Sec-WebSocket-Version: 8
          426 | +Sec-WebSocket-Version: 13
          400 | -Sec-WebSocket-Key
          400 | Sec-WebSocket-Key:
          400 | +Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
          400 | Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ
          400 | Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j
          400 | Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZSE=
          400 | Sec-WebSocket-Key: !!!!IHNhbXBsZSBub25jZQ==
          400 | Content-Length: 1
          400 | Content-Length: 0; +Content-Length: 5
          400 | Transfer-Encoding: chunked
          400 | Sec-WebSocket-Protocol: v1, not a token
          400 | Sec-WebSocket-Extensions: not an extension
          404 | /
          404 | /wsx
          404 | /ws/
          404 | //ws
          404 | /%2577s
          400 | /ws/../ws
          400 | /./ws
          400 | /%2e%2e/ws
          400 | /w%2fs
          400 | /ws%
          400 | /ws%0
          400 | /ws%00
          400 | /ws%zz
          400 | /w%ff
          400 | /w\\s
          400 | http://localhost/ws
          400 | http://localhost:8080.evil.example/ws
          400 | http://a@localhost:8080/ws
          400 | http://localhost:8080/ws; -Host
          400 | http://localhost:8080/ws; +Host: localhost:8080
          400 | *
          403 | Origin: http://localhost
          403 | Origin: https://localhost:8080
          403 | Origin: http://evil.example
          403 | Origin: https://good.example.evil.example
          403 | Origin: https://good.example/path
          403 | Origin: null
          403 | Origin:
          403 | Origin: http://localhost:8080; +Origin: http://localhost:8080
          403 | tls; Origin: http://localhost:8080
          """)
  void isAnsweredWithTheStatus(int status, @Nullable String changes) {
    FakeExchange exchange = answer(changes == null ? "" : changes);
    assertEquals(status, exchange.status);
    if (status == 101) {
      assertEquals("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", exchange.accepted().acceptKey());
      assertEquals("ours", exchange.responseHeader("X-Server"));
    } else {
      assertEquals("text/plain; charset=utf-8", exchange.responseHeader("Content-Type"));
      assertNotNull(exchange.responseBody);
      assertTrue(exchange.responseBody.endsWith(".\n"), exchange.responseBody);
    }
    assertEquals(status == 405 ? "GET" : null, exchange.responseHeader("Allow"));
    assertEquals(status == 426 ? "13" : null, exchange.responseHeader("Sec-WebSocket-Version"));
  }

  @Test
  void withoutAPathEveryPathIsOne() {
    path = null;
    assertEquals(101, answer("/any/where").status);
    assertEquals(400, answer("/any/../where").status);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          v1 | Sec-WebSocket-Protocol: v1
          v2 | Sec-WebSocket-Protocol: v1, v2
          v2 | Sec-WebSocket-Protocol: v1; +Sec-WebSocket-Protocol: v0,v2
             | Sec-WebSocket-Protocol: V1
             | Sec-WebSocket-Protocol: other
             |
          """)
  void theFirstOfOurSubprotocolsThatIsOfferedIsTaken(
      @Nullable String expected, @Nullable String changes) {
    assertEquals(expected, answer(changes == null ? "" : changes).accepted().subprotocol());
  }

  @Test
  void compressionIsAgreedOnAndAnswered() {
    compression = Compression.DEFAULT.withServerContextTakeover(true);
    FakeExchange exchange =
        answer(
            FakeExchange.handshake()
                .with("Sec-WebSocket-Extensions", "permessage-deflate; unknown")
                .with("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"));
    assertEquals(
        "permessage-deflate; client_no_context_takeover",
        exchange.responseHeader("Sec-WebSocket-Extensions"));
    Deflate agreed = exchange.accepted().deflate();
    assertNotNull(agreed);
    assertEquals(compression, agreed.compression());
  }

  @Test
  void anOfferThatCannotBeKeptIsDeclined() {
    compression = Compression.DEFAULT;
    FakeExchange exchange =
        answer(
            FakeExchange.handshake()
                .with("Sec-WebSocket-Extensions", "permessage-deflate; server_max_window_bits=9"));
    assertNull(exchange.accepted().deflate());
    assertNull(exchange.responseHeader("Sec-WebSocket-Extensions"));
  }

  @Test
  void withoutCompressionEveryOfferIsDeclined() {
    FakeExchange exchange = answer("Sec-WebSocket-Extensions: permessage-deflate");
    assertNull(exchange.accepted().deflate());
    assertNull(exchange.responseHeader("Sec-WebSocket-Extensions"));
  }

  @Test
  void aHeaderThatIsNotValidIsAnsweredWith400() {
    FakeExchange exchange = FakeExchange.handshake().with("X-Bad", "a\u0000b");
    assertEquals(400, answer(exchange).status);
  }

  @Test
  void theHandshakeTellsTheHandlersWhatWasAsked() {
    Acceptance acceptance = answer("/w%53?a=%20b; X-Asked: yes; tls").accepted();
    Handshake handshake = ((Session) acceptance.receiver()).handshake();
    assertEquals("/wS", handshake.path());
    assertEquals("a=%20b", handshake.query());
    assertEquals("yes", handshake.header("x-asked"));
    assertEquals("peer", String.valueOf(handshake.remoteAddress()).split("[/:]")[0]);
    assertNotNull(handshake.tls());
    assertEquals("Handshake[/wS]", handshake.toString());
  }

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
    verifier = handshake -> Verdict.accept().withHeader("X-Verdict", "good").withSubprotocol("x");
    FakeExchange exchange = FakeExchange.handshake().with("Sec-WebSocket-Protocol", "v1,x");
    acceptor().accept(exchange);
    assertEquals(0, exchange.status);
    assertEquals(1, executor.size());
    executor.runAll();
    open++;
    assertEquals("x", exchange.accepted().subprotocol());
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

  @Test
  void tooManyConnectionsFromAnAddressAre429() {
    mostFromAddress = 1;
    Acceptance first = answer("").accepted();
    FakeExchange second = answer("");
    assertEquals(429, second.status);
    assertEquals("10", second.responseHeader("Retry-After"));
    first.receiver().closed(null);
    open--;
    assertEquals(101, answer("").status);
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
    logged.saw("the executor rejected the verifier at \"/ws\": the client gets 503");
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
          known.add(acceptor().onHandlerThread());
          return Verdict.reject(403);
        };
    answer("");
    known.add(acceptor().onHandlerThread());
    assertEquals(List.of(true, false), known);
  }

  // ---- places

  @Test
  void aboveTheMostConnectionsAHandshakeIs503() {
    assertEquals(101, answer("").status);
    assertEquals(101, answer("").status);
    FakeExchange third = answer("");
    assertEquals(503, third.status);
    assertEquals("10", third.responseHeader("Retry-After"));
  }

  @Test
  void aPlaceIsFreeAgainWhenItsConnectionIsOver() {
    Acceptance first = answer("").accepted();
    FakeTransport transport = new FakeTransport();
    transport.reportTo(first.receiver());
    first.receiver().open(transport, null);
    executor.runAll();
    answer("");
    assertEquals(503, answer("").status);
    transport.gone(null);
    executor.runAll();
    open--;
    assertEquals(101, answer("").status);
  }

  @Test
  void aPlaceIsFreeAgainWhenTheUpgradeFails() {
    answer("").accepted().receiver().closed(null);
    open--;
    assertEquals(101, answer("").status);
    assertEquals(101, answer("").status);
  }

  @Test
  void aPlaceIsFreeAgainWhenTheUpgradeThrows() {
    FakeExchange exchange = FakeExchange.handshake();
    exchange.upgradeFails = new IllegalStateException("the engine's");
    answer(exchange);
    open--;
    logged.saw("the engine threw at");
  }

  // ---- plain HTTP

  @Test
  void thePlainRequestIsTheHttpHandlers() {
    List<HttpHandler.Request> requests = new ArrayList<>();
    http =
        request -> {
          requests.add(request);
          return Response.text(201, "text/html", "<p>ä").withHeader("X-Page", "1");
        };
    FakeExchange exchange = answer(FakeExchange.plain("PUT", "/a%20b?q"));
    assertEquals(201, exchange.status);
    assertEquals("text/html; charset=utf-8", exchange.responseHeader("Content-Type"));
    assertEquals("1", exchange.responseHeader("X-Page"));
    assertEquals("<p>ä", exchange.responseBody);
    HttpHandler.Request request = requests.get(0);
    assertEquals("PUT /a b q", request.method() + " " + request.path() + " " + request.query());
    assertEquals(0, request.body().length);
  }

  @Test
  void withoutAnHttpHandlerPlainRequestsAre403() {
    assertEquals(403, answer(FakeExchange.plain("GET", "/")).status);
    assertEquals(403, answer(FakeExchange.plain("GET", "/ws")).status);
  }

  @Test
  void thePathsOfPlainRequestsAreCheckedToo() {
    http = request -> Response.of(200);
    assertEquals(400, answer(FakeExchange.plain("GET", "/../etc/passwd")).status);
  }

  @Test
  void aBodyIsReadBeforeTheHttpHandlerRuns() {
    http = request -> Response.text(200, "text/plain", "got " + request.body().length);
    FakeExchange exchange = FakeExchange.plain("POST", "/").with("Content-Length", "3");
    acceptor().accept(exchange);
    assertEquals(0, executor.size());
    exchange.body.complete(new byte[3]);
    executor.runAll();
    assertEquals("got 3", exchange.responseBody);
  }

  @Test
  void aBodyOverTheLimitIs413() {
    http = request -> Response.of(200);
    FakeExchange exchange = FakeExchange.plain("POST", "/").with("Transfer-Encoding", "chunked");
    acceptor().accept(exchange);
    exchange.body.completeExceptionally(
        new WebSocketException(WebSocketException.Kind.MESSAGE_TOO_BIG, "too long"));
    assertEquals(413, exchange.status);
    assertEquals("close", exchange.responseHeader("Connection"));
  }

  @Test
  void aBodyThatDoesNotComeIs408AndTheHttpHandlerNeverRuns() {
    List<String> ran = new ArrayList<>();
    http =
        request -> {
          ran.add("ran");
          return Response.of(200);
        };
    FakeExchange exchange = FakeExchange.plain("POST", "/").with("Content-Length", "3");
    acceptor().accept(exchange);
    time.advance(Duration.ofSeconds(11));
    assertEquals(408, exchange.status);
    exchange.body.complete(new byte[3]);
    executor.runAll();
    assertEquals(List.of(), ran);
  }

  @Test
  void anHttpHandlerThatTakesTooLongIs503() {
    http = request -> Response.of(200);
    FakeExchange exchange = FakeExchange.plain("GET", "/");
    acceptor().accept(exchange);
    time.advance(Duration.ofSeconds(11));
    assertEquals(503, exchange.status);
  }

  @Test
  void anHttpHandlerThatThrowsIs500() {
    http =
        request -> {
          throw new IOException("secret");
        };
    httpFailsWith500();
  }

  @Test
  @SuppressWarnings("NullAway")
  void anHttpHandlerThatReturnsNullIs500() {
    http = request -> null;
    httpFailsWith500();
  }

  private void httpFailsWith500() {
    FakeExchange exchange = answer(FakeExchange.plain("GET", "/a%0Ab?secret"));
    assertEquals(500, exchange.status);
    assertEquals("The server failed to answer.\n", exchange.responseBody);
    logged.saw("the HTTP handler threw at \"/a\\u000ab\": the client gets 500");
  }

  // ---- stopping

  @ParameterizedTest
  @ValueSource(strings = {"", "-Upgrade", "/other"})
  void whileTheServerStopsEveryRequestIs503(String change) {
    http = request -> Response.of(200);
    acceptor().stop();
    assertEquals(503, answer(change).status);
  }

  @Test
  void aVerdictThatComesWhileTheServerStopsIs503() {
    verifier =
        handshake -> {
          acceptor().stop();
          return Verdict.accept();
        };
    assertEquals(503, answer("").status);
  }
}
