package io.github.easywebsocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.github.easywebsocket.HttpHandler.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How plain HTTP requests are answered. */
class AcceptorHttpTest extends AcceptorFixture {

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
  void aRequestHas200HeadersAtMost() {
    http = request -> Response.of(200);
    FakeExchange most = FakeExchange.plain("GET", "/");
    FakeExchange tooMany = FakeExchange.plain("GET", "/").with("X-Last", "");
    for (int i = 1; i < 200; i++) {
      most.with("X-" + i, "");
      tooMany.with("X-" + i, "");
    }
    assertEquals(200, answer(most).status);
    assertEquals(431, answer(tooMany).status);
  }

  @Test
  void codingsOfABodyButChunkedAre400() {
    http = request -> Response.of(200);
    for (String coding : List.of("gzip", "gzip, chunked", "identity", "")) {
      FakeExchange exchange = FakeExchange.plain("POST", "/").with("Transfer-Encoding", coding);
      assertEquals(400, answer(exchange).status, coding);
    }
  }

  @Test
  void sinceHttp11APlainRequestHasAHost() {
    http = request -> Response.of(200);
    FakeExchange exchange = FakeExchange.plain("GET", "/").without("Host");
    assertEquals(400, answer(exchange).status);
    exchange = FakeExchange.plain("GET", "/").without("Host").change("HTTP/1.0");
    assertEquals(200, answer(exchange).status);
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
  void anAnswerBeforeTheAnnouncedBodyHasComeIsTheLast() {
    FakeExchange exchange = answer(FakeExchange.plain("POST", "/").with("Content-Length", "3"));
    assertEquals(403, exchange.status);
    assertEquals("close", exchange.responseHeader("Connection"));
    exchange = answer(FakeExchange.plain("POST", "/").with("Content-Length", "0"));
    assertEquals(403, exchange.status);
    assertNull(exchange.responseHeader("Connection"));
  }

  @Test
  void anAnswerBehindTheBodyIsNotTheLast() {
    http = request -> Response.of(200);
    FakeExchange exchange = FakeExchange.plain("POST", "/").with("Content-Length", "3");
    exchange.body.complete(new byte[3]);
    answer(exchange);
    assertEquals(200, exchange.status);
    assertNull(exchange.responseHeader("Connection"));
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

  @Test
  void whatTheHandlerThrowsBehindTheAnswerIsLoggedAsThat() {
    http =
        request -> {
          time.advance(Timeouts.DEFAULT.handshake().plusSeconds(2));
          throw new IllegalStateException("late");
        };
    assertEquals(503, answer(FakeExchange.plain("GET", "/")).status);
    logged.saw("the HTTP handler threw at \"/\": the client has its answer already");
  }
}
