package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Backoff;
import io.github.easywebsocket.Headers;
import io.github.easywebsocket.ReconnectingClient;
import io.github.easywebsocket.ReconnectingClient.Gap;
import io.github.easywebsocket.WebSocketException;
import io.github.easywebsocket.WebSocketException.Kind;
import io.github.easywebsocket.tck.Recording.Call;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Section 10, clients that connect again. */
interface ReconnectRules {

  /** Every delay. */
  Duration DELAY = Duration.ofSeconds(1);

  Backoff BACKOFF = Backoff.DEFAULT.withLeast(DELAY).withCap(DELAY);

  private static ReconnectingClient start(ClientTrial trial, RawServer server) throws Exception {
    return trial.keep(trial.builder(server.uri()).reconnecting().backoff(BACKOFF).start());
  }

  private static Link open(ClientTrial trial, RawServer server) throws Exception {
    RawPeer peer = trial.acceptOpen(server);
    return new Link(trial.events().opened(), peer);
  }

  /** The next connection that the server accepts, however much time has to pass. */
  private static RawPeer acceptLater(ClientTrial trial, RawServer server) throws Exception {
    CompletableFuture<RawPeer> accepted =
        Background.call(() -> trial.keep(server.accept(trial.newWire())));
    while (!accepted.isDone()) {
      trial.pass(DELAY);
    }
    return Patience.get(accepted, "another attempt");
  }

  private static Link openLater(ClientTrial trial, RawServer server) throws Exception {
    RawPeer peer = acceptLater(trial, server);
    RawServer.answer(peer, RawServer.switching(peer.readHead()) + "\r\n");
    return new Link(trial.events().opened(), peer);
  }

  private static void refuse(RawPeer peer, int status) throws Exception {
    peer.readHead();
    RawServer.answer(peer, "HTTP/1.1 " + status + " No\r\nContent-Length: 0\r\n\r\n");
    peer.finish();
  }

  private static void closeFromPeer(Link link, int code) throws Exception {
    link.peer().send(Frame.close(code, ""));
    link.peer().expectClose(code);
    link.app().expectClose(code);
  }

  /** No further request comes; a TCP connection that an engine opens and drops is none. */
  private static void expectNoMoreAttempts(ClientTrial trial, RawServer server) throws Exception {
    CompletableFuture<Head> another =
        Background.call(() -> trial.keep(server.accept(trial.newWire())).readHead());
    trial.pass(DELAY);
    CompletableFuture<Head> request = new CompletableFuture<>();
    another.thenAccept(request::complete);
    assertFalse(Patience.happens(request), "another request");
  }

  // ---- 10.6

  @TestFactory
  default Stream<DynamicTest> rule_10_6_it_connects_again_after_a_connection_that_ends(
      Table<ClientTrial> table) {
    return table.rows(
        List.of("FIN", "RST", "1001", "1011", "4000"),
        (trial, how) -> {
          RawServer server = trial.listen();
          ReconnectingClient client = start(trial, server);
          Link first = open(trial, server);
          switch (how) {
            case "FIN" -> first.peer().finish();
            case "RST" -> first.peer().reset();
            default -> closeFromPeer(first, Integer.parseInt(how));
          }
          if (how.length() == 3) {
            first.app().expectClose(1006);
          }
          Link second = openLater(trial, server);
          second.expectAlive();
          assertFalse(client.ended().toCompletableFuture().isDone(), "it has ended");
          second.endWell();
        });
  }

  @TestFactory
  default Stream<DynamicTest> rule_10_6_it_connects_again_after_an_attempt_that_fails(
      Table<ClientTrial> table) {
    return table.rows(
        List.of(0, 429, 500, 503),
        (trial, status) -> {
          RawServer server = trial.listen();
          start(trial, server);
          RawPeer peer = trial.keep(server.accept(trial.newWire()));
          if (status == 0) {
            peer.reset();
          } else {
            refuse(peer, status);
          }
          openLater(trial, server).expectAlive().endWell();
        });
  }

  @Test
  default void rule_10_6_it_waits_for_the_delay(ClientTrial trial) throws Exception {
    RawServer server = trial.listen();
    start(trial, server);
    closeFromPeer(open(trial, server), 1012);
    CompletableFuture<RawPeer> next =
        Background.call(() -> trial.keep(server.accept(trial.newWire())));
    assertFalse(Patience.happens(next), "an attempt without a delay");
    while (!next.isDone()) {
      trial.pass(DELAY);
    }
  }

  // ---- 10.11

  @Test
  default void rule_10_11_each_attempt_has_the_headers_of_its_own(ClientTrial trial)
      throws Exception {
    AtomicInteger asked = new AtomicInteger();
    RawServer server = trial.listen();
    trial.keep(
        trial
            .builder(server.uri())
            .header("X-Fixed", "yes")
            .headers(() -> Headers.of("Authorization", "Bearer " + asked.incrementAndGet()))
            .reconnecting()
            .backoff(BACKOFF)
            .start());
    RawPeer first = trial.keep(server.accept(trial.newWire()));
    Head request = first.readHead();
    assertEquals(List.of("yes"), request.all("X-Fixed"));
    assertEquals(List.of("Bearer 1"), request.all("Authorization"));
    RawServer.answer(first, RawServer.switching(request) + "\r\n");
    Link link = new Link(trial.events().opened(), first);
    assertEquals("Bearer 1", link.connection().handshake().header("Authorization"));
    closeFromPeer(link, 1001);
    RawPeer second = acceptLater(trial, server);
    request = second.readHead();
    assertEquals(List.of("yes"), request.all("X-Fixed"));
    assertEquals(List.of("Bearer 2"), request.all("Authorization"));
    RawServer.answer(second, RawServer.switching(request) + "\r\n");
    new Link(trial.events().opened(), second).expectAlive().endWell();
    assertEquals(2, asked.get(), "times asked");
  }

  @TestFactory
  default Stream<DynamicTest> rule_10_11_headers_that_cannot_be_had_fail_that_attempt_only(
      Table<ClientTrial> table) {
    return table.rows(
        List.of("none", "Host", "Sec-WebSocket-Key"),
        (trial, name) -> {
          CompletableFuture<Gap> told = new CompletableFuture<>();
          RawServer server = trial.listen();
          trial.keep(
              trial
                  .builder(server.uri())
                  .headers(
                      () -> {
                        if (told.isDone()) {
                          return Headers.EMPTY;
                        }
                        if (name.equals("none")) {
                          throw new IOException("no token");
                        }
                        return Headers.of(name, "x");
                      })
                  .reconnecting()
                  .backoff(BACKOFF)
                  .onRetry((client, gap) -> told.complete(gap))
                  .start());
          Throwable failure = Patience.get(told, "onRetry").failure();
          WebSocketException e = assertInstanceOf(WebSocketException.class, failure);
          assertEquals(Kind.HANDSHAKE, e.kind());
          assertEquals(0, e.status());
          openLater(trial, server).expectAlive().endWell();
        });
  }

  // ---- 10.12

  @Test
  default void rule_10_12_each_attempt_goes_to_the_uri_of_its_own(ClientTrial trial)
      throws Exception {
    RawServer first = trial.listen();
    RawServer second = trial.listen();
    List<String> asked = new CopyOnWriteArrayList<>();
    trial.keep(
        trial
            .builder(URI.create("ws://localhost:1/nobody"))
            .uri(
                () -> {
                  asked.add("uri");
                  URI base = asked.size() == 1 ? first.uri() : second.uri();
                  return base.resolve("/a%20path?got=" + asked.size());
                })
            .headers(
                () -> {
                  asked.add("headers");
                  return Headers.EMPTY;
                })
            .reconnecting()
            .backoff(BACKOFF)
            .start());
    RawPeer peer = trial.keep(first.accept(trial.newWire()));
    Head request = peer.readHead();
    assertEquals("GET /a%20path?got=1 HTTP/1.1", request.firstLine());
    RawServer.answer(peer, RawServer.switching(request) + "\r\n");
    Link link = new Link(trial.events().opened(), peer);
    assertEquals("/a path", link.connection().handshake().path());
    assertEquals("1", link.connection().handshake().parameter("got"));
    closeFromPeer(link, 1001);
    peer = acceptLater(trial, second);
    request = peer.readHead();
    assertEquals("GET /a%20path?got=3 HTTP/1.1", request.firstLine());
    assertEquals(List.of("127.0.0.1:" + second.uri().getPort()), request.all("Host"));
    RawServer.answer(peer, RawServer.switching(request) + "\r\n");
    new Link(trial.events().opened(), peer).expectAlive().endWell();
    assertEquals(List.of("uri", "headers", "uri", "headers"), asked);
  }

  @TestFactory
  default Stream<DynamicTest> rule_10_12_a_uri_that_cannot_be_had_fails_that_attempt_only(
      Table<ClientTrial> table) {
    return table.rows(
        List.of("none", "http://localhost/", "ws://user@localhost/", "ws:///", "ws://localhost/#a"),
        (trial, uri) -> {
          CompletableFuture<Gap> told = new CompletableFuture<>();
          RawServer server = trial.listen();
          trial.keep(
              trial
                  .builder(server.uri())
                  .uri(
                      () -> {
                        if (uri.equals("none") && !told.isDone()) {
                          throw new IOException("no token");
                        }
                        return told.isDone() ? server.uri() : new URI(uri);
                      })
                  .reconnecting()
                  .backoff(BACKOFF)
                  .onRetry((client, gap) -> told.complete(gap))
                  .start());
          Throwable failure = Patience.get(told, "onRetry").failure();
          WebSocketException e = assertInstanceOf(WebSocketException.class, failure);
          assertEquals(Kind.HANDSHAKE, e.kind());
          assertEquals(0, e.status());
          openLater(trial, server).expectAlive().endWell();
        });
  }

  // ---- 10.7

  private static String text(String event, Gap gap) {
    return event + " " + gap.reason() + " " + gap.attempts();
  }

  @Test
  default void rule_10_7_each_gap_is_told_in_order(ClientTrial trial) throws Exception {
    List<String> told = new CopyOnWriteArrayList<>();
    trial.events().on(Call.OPEN, (connection, none) -> told.add("open"));
    trial.events().on(Call.CLOSE, (connection, reason) -> told.add("close"));
    RawServer server = trial.listen();
    ReconnectingClient client =
        trial
            .builder(server.uri())
            .reconnecting()
            .backoff(BACKOFF)
            .onLost((own, gap) -> told.add(text("lost", gap)))
            .onRetry((own, gap) -> told.add(text("retry", gap)))
            .onRestored((own, gap) -> told.add(text("restored", gap)))
            .start();
    trial.keep(client);
    closeFromPeer(open(trial, server), 1001);
    refuse(acceptLater(trial, server), 503);
    openLater(trial, server).expectAlive().endWell();
    Patience.get(client.ended(), "the end");
    assertEquals(
        List.of("open", "close", "lost 1001 0", "retry 1001 1", "restored 1001 2", "open", "close"),
        told);
  }

  // ---- 10.8

  @Test
  default void rule_10_8_nothing_is_delivered_or_sent_twice(ClientTrial trial) throws Exception {
    RawServer server = trial.listen();
    ReconnectingClient client = start(trial, server);
    Link first = open(trial, server);
    Patience.until(() -> client.connection() != null, "the connection");
    first.peer().text("one");
    first.app().expectText("one");
    client.send("two");
    first.peer().reset(); // whether "two" has come, the server does not say
    first.app().expectClose(1006);
    Throwable failure = Patience.failure(client.send("three"), "a send in the gap");
    assertEquals(Kind.CLOSED, assertInstanceOf(WebSocketException.class, failure).kind());
    Link second = openLater(trial, server);
    Patience.until(() -> client.connection() != null, "the connection");
    client.send("four");
    second.peer().expectText("four").text("five");
    second.app().expectText("five");
    second.endWell();
  }

  // ---- 10.9

  @TestFactory
  default Stream<DynamicTest> rule_10_9_a_final_code_is_the_end(Table<ClientTrial> table) {
    return table.rows(
        List.of(1000, 1008),
        (trial, code) -> {
          RawServer server = trial.listen();
          ReconnectingClient client = start(trial, server);
          closeFromPeer(open(trial, server), code);
          if (code == 1000) {
            Patience.get(client.ended(), "the end");
          } else {
            Throwable failure = Patience.failure(client.ended(), "the end");
            assertEquals(Kind.CLOSED, assertInstanceOf(WebSocketException.class, failure).kind());
          }
          expectNoMoreAttempts(trial, server);
        });
  }

  @TestFactory
  default Stream<DynamicTest> rule_10_9_a_refusal_for_good_is_the_end(Table<ClientTrial> table) {
    return table.rows(
        List.of(401, 403, 404),
        (trial, status) -> {
          RawServer server = trial.listen();
          ReconnectingClient client = start(trial, server);
          refuse(trial.keep(server.accept(trial.newWire())), status);
          Throwable failure = Patience.failure(client.ended(), "the end");
          assertEquals(status, assertInstanceOf(WebSocketException.class, failure).status());
          expectNoMoreAttempts(trial, server);
        });
  }

  @Test
  default void rule_10_9_close_closes_the_connection(ClientTrial trial) throws Exception {
    RawServer server = trial.listen();
    ReconnectingClient client = start(trial, server);
    Link link = open(trial, server);
    CompletableFuture<Boolean> closing = Background.run(client::close);
    link.peer().expectClose(1000).send(Frame.close(1000, ""));
    Patience.get(closing, "close");
    assertTrue(client.ended().toCompletableFuture().isDone(), "it has ended");
    link.app().expectClose(1000);
    expectNoMoreAttempts(trial, server);
  }

  @Test
  default void rule_10_9_close_ends_the_attempt(ClientTrial trial) throws Exception {
    RawServer server = trial.listen();
    ReconnectingClient client = start(trial, server);
    RawPeer peer = trial.keep(server.accept(trial.newWire()));
    peer.readHead();
    Patience.get(Background.run(client::close), "close");
    Patience.get(client.ended(), "the end");
    peer.expectGone();
    expectNoMoreAttempts(trial, server);
  }

  @Test
  default void rule_10_9_close_ends_the_wait(ClientTrial trial) throws Exception {
    RawServer server = trial.listen();
    ReconnectingClient client = start(trial, server);
    closeFromPeer(open(trial, server), 1001);
    Patience.get(Background.run(client::close), "close");
    Patience.get(client.ended(), "the end");
    expectNoMoreAttempts(trial, server);
  }
}
