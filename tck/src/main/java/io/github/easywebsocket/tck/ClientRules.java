package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Compression;
import io.github.easywebsocket.ReadyState;
import io.github.easywebsocket.Timeouts;
import io.github.easywebsocket.WebSocketClient;
import io.github.easywebsocket.WebSocketException;
import io.github.easywebsocket.WebSocketException.Kind;
import io.github.easywebsocket.spi.Capability;
import io.github.easywebsocket.tck.Recording.Call;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Section 10, clients, over plain TCP. */
interface ClientRules {

  // ---- 10.1: connect

  @Test
  default void rule_10_1_connect_returns_an_open_connection(ClientTrial trial) throws Exception {
    RawServer server = trial.listen();
    CompletableFuture<WebSocketClient> connected = trial.connect(trial.builder(server.uri()));
    RawPeer peer = trial.acceptOpen(server);
    WebSocketClient client = Patience.get(connected, "connect");
    assertEquals(ReadyState.OPEN, client.connection().readyState());
    new Link(trial.events().opened(), peer).expectAlive().endWell();
  }

  @Test
  default void rule_10_1_frames_right_behind_the_answer_are_delivered(ClientTrial trial)
      throws Exception {
    RawServer server = trial.listen();
    CompletableFuture<WebSocketClient> connected = trial.connect(trial.builder(server.uri()));
    RawPeer peer = trial.keep(server.accept(trial.newWire()));
    byte[] answer = (RawServer.switching(peer.readHead()) + "\r\n").getBytes("US-ASCII");
    byte[] frames = peer.encode(Frame.text("early"), Frame.ping("p"), Frame.text("bird"));
    byte[] all = Arrays.copyOf(answer, answer.length + frames.length);
    System.arraycopy(frames, 0, all, answer.length, frames.length);
    peer.send(all, "the answer and three frames in one write");
    Recording app = trial.events().opened();
    app.expectText("early").expectPing("p").expectText("bird");
    peer.expect(Frame.pong("p"));
    Patience.get(connected, "connect");
    new Link(app, peer).endWell();
  }

  @Test
  default void rule_5_13_the_close_frame_of_a_failure_right_behind_the_answer_can_be_read(
      ClientTrial trial) throws Exception {
    RawServer server = trial.listen();
    CompletableFuture<WebSocketClient> connected = trial.connect(trial.builder(server.uri()));
    RawPeer peer = trial.keep(server.accept(trial.newWire()));
    byte[] answer = (RawServer.switching(peer.readHead()) + "\r\n").getBytes("US-ASCII");
    byte[] bad = peer.encode(Frame.text("x").reserved(4));
    byte[] all = Arrays.copyOf(answer, answer.length + bad.length);
    System.arraycopy(bad, 0, all, answer.length, bad.length);
    peer.send(all, "the answer and a bad frame in one write");
    Recording app = trial.events().opened();
    Patience.get(connected, "connect");
    new Link(app, peer).expectFailed(1002, Kind.PROTOCOL);
  }

  /** An answer to a handshake that is in order, in {@code ACCEPT} the key. */
  record Answered(String name, String http) implements Row {

    /** The answer to a request. */
    String to(Head request) {
      String key = RawServer.acceptKey(String.valueOf(request.first("Sec-WebSocket-Key")));
      return http.replace("ACCEPT", key) + "\r\n";
    }
  }

  private static Answered answer(String name, String... lines) {
    return new Answered(name, String.join("\r\n", lines) + "\r\n");
  }

  /** Connects to a server that answers so, and closes then. */
  private static CompletableFuture<WebSocketClient> connectTo(ClientTrial trial, Answered answer)
      throws Exception {
    RawServer server = trial.listen();
    CompletableFuture<WebSocketClient> connected = trial.connect(trial.builder(server.uri()));
    RawPeer peer = trial.keep(server.accept(trial.newWire()));
    RawServer.answer(peer, answer.to(peer.readHead()));
    if (!answer.http().startsWith("HTTP/1.1 101")) {
      peer.finish();
    }
    return connected;
  }

  private static void expectRefused(ClientTrial trial, Answered answer) throws Exception {
    Throwable failure = Patience.failure(connectTo(trial, answer), "connect");
    assertEquals(Kind.HANDSHAKE, assertInstanceOf(WebSocketException.class, failure).kind());
    assertFalse(trial.events().hasOpened(), "no handler sees it");
  }

  @TestFactory
  default Stream<DynamicTest> rule_10_1_a_refusal_is_a_handshake_failure_with_the_status(
      Table<ClientTrial> table) {
    return table.rows(
        List.of(200, 204, 400, 401, 403, 404, 407, 426, 429, 500, 503),
        (trial, status) -> {
          Answered answer =
              answer("", "HTTP/1.1 " + status + " No", "Content-Length: 0", "X-Secret: no");
          Throwable failure = Patience.failure(connectTo(trial, answer), "connect");
          WebSocketException refusal = assertInstanceOf(WebSocketException.class, failure);
          assertEquals(Kind.HANDSHAKE, refusal.kind(), refusal::toString);
          String message = String.valueOf(refusal.getMessage());
          assertTrue(message.contains(status.toString()), () -> "names the status: " + message);
          assertEquals(status, refusal.status());
          assertEquals("no", refusal.headers().first("X-Secret"));
          assertFalse(trial.events().hasOpened(), "no handler sees it");
        });
  }

  /** The answer that opens a connection, without one of its headers. */
  private static Answered without(String name) {
    String[] lines = {
      "HTTP/1.1 101 Switching Protocols",
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Accept: ACCEPT"
    };
    return answer(
        "without " + name,
        Stream.of(lines)
            .filter(line -> !line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
            .toArray(String[]::new));
  }

  private static Answered instead(String header) {
    String name = header.substring(0, header.indexOf(':'));
    return new Answered(header, without(name).http() + header + "\r\n");
  }

  @TestFactory
  default Stream<DynamicTest> rule_10_1_an_answer_that_is_no_handshake_fails(
      Table<ClientTrial> table) {
    return table.rows(
        List.of(
            without("Upgrade"),
            without("Connection"),
            without("Sec-WebSocket-Accept"),
            instead("Upgrade: h2c"),
            instead("Upgrade: websocket2"),
            instead("Upgrade: websocket, h2c"),
            instead("Upgrade: websocket\r\nUpgrade: h2c"),
            instead("Connection: close"),
            instead("Connection: Upgraded"),
            instead("Sec-WebSocket-Accept: " + Request.ACCEPT),
            instead("Sec-WebSocket-Accept: "),
            instead("Sec-WebSocket-Extensions: permessage-deflate"),
            answer("not HTTP", "SSH-2.0-OpenSSH_9.2"),
            answer("HTTP/2", "HTTP/2 101", "Upgrade: websocket")),
        ClientRules::expectRefused);
  }

  @TestFactory
  default Stream<DynamicTest> rule_10_1_spellings_of_an_answer_in_order(Table<ClientTrial> table) {
    return table.rows(
        List.of(
            instead("Upgrade: WebSocket"),
            instead("upgrade: WEBSOCKET"),
            instead("Connection: upgrade"),
            instead("Connection: keep-alive, Upgrade"),
            instead("sec-websocket-accept: ACCEPT"),
            instead("Sec-WebSocket-Accept:   ACCEPT  "),
            instead("X-Other: " + "x".repeat(4000)),
            instead("Set-Cookie: a=b")),
        (trial, answer) -> {
          WebSocketClient client = Patience.get(connectTo(trial, answer), "connect");
          assertTrue(client.connection().isOpen(), "the connection is open");
        });
  }

  @TestFactory
  default Stream<DynamicTest> rule_10_1_an_answer_that_does_not_come_in_time_is_a_time_out(
      Table<ClientTrial> table) {
    return table.rows(
        List.of("", "HTTP/1.1 101", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"),
        (trial, begun) -> {
          RawServer server = trial.listen();
          Timeouts quick = Timeouts.DEFAULT.withHandshake(Duration.ofMillis(300));
          CompletableFuture<WebSocketClient> connected =
              trial.connect(trial.builder(server.uri()).timeouts(quick));
          RawPeer peer = trial.keep(server.accept(trial.newWire()));
          if (!begun.isEmpty()) {
            RawServer.answer(peer, begun);
          }
          Throwable failure = Patience.failure(connected, "connect");
          WebSocketException late = assertInstanceOf(WebSocketException.class, failure);
          assertEquals(Kind.TIMEOUT, late.kind(), late::toString);
          peer.expectGone();
          assertFalse(trial.events().hasOpened(), "no handler sees it");
        });
  }

  @Test
  default void rule_10_1_a_server_that_is_not_there_is_an_io_exception(ClientTrial trial)
      throws Exception {
    RawServer server = trial.listen();
    URI uri = server.uri();
    server.close();
    IOException failure = assertThrows(IOException.class, () -> trial.builder(uri).connect());
    expectNotAnAnswer(failure);
  }

  @TestFactory
  default Stream<DynamicTest> rule_10_1_a_server_that_hangs_up_is_an_io_exception(
      Table<ClientTrial> table) {
    return table.rows(
        List.of("FIN", "RST"),
        (trial, how) -> {
          RawServer server = trial.listen();
          CompletableFuture<WebSocketClient> connected = trial.connect(trial.builder(server.uri()));
          RawPeer peer = trial.keep(server.accept(trial.newWire()));
          server.close(); // a client that tries again finds nobody
          peer.readHead();
          if (how.equals("FIN")) {
            peer.finish();
          } else {
            peer.reset();
          }
          assertInstanceOf(IOException.class, Patience.failure(connected, "connect"));
          assertFalse(trial.events().hasOpened(), "no handler sees it");
        });
  }

  private static void expectNotAnAnswer(IOException failure) {
    if (failure instanceof WebSocketException e) {
      assertNotEquals(Kind.HANDSHAKE, e.kind(), e::toString);
      assertNotEquals(Kind.TIMEOUT, e.kind(), e::toString);
    }
  }

  // ---- 1.13

  @Test
  default void rule_1_13_a_handshake_that_failed_is_never_seen_by_a_handler(ClientTrial trial)
      throws Exception {
    expectRefused(trial, answer("refused", "HTTP/1.1 403 Forbidden", "Content-Length: 0"));
    expectRefused(trial, without("Sec-WebSocket-Accept"));
    trial.open();
    assertEquals(1, trial.events().all().size(), "connections that the handler has seen");
  }

  // ---- 10.2: the request

  private static Head requestOf(ClientTrial trial, RawServer server, WebSocketClient.Builder b)
      throws Exception {
    CompletableFuture<WebSocketClient> connected = trial.connect(b);
    RawPeer peer = trial.keep(server.accept(trial.newWire()));
    Head request = peer.readHead();
    RawServer.answer(peer, RawServer.switching(request) + "\r\n");
    Patience.get(connected, "connect");
    return request;
  }

  @Test
  default void rule_10_2_the_request_is_a_handshake_in_order(ClientTrial trial) throws Exception {
    RawServer server = trial.listen();
    URI uri = URI.create(server.uri() + "/room%20one?token=a%2Fb");
    Head request = requestOf(trial, server, trial.builder(uri));
    assertEquals("GET /ws/room%20one?token=a%2Fb HTTP/1.1", request.firstLine());
    assertEquals(List.of("127.0.0.1:" + server.port()), request.all("Host"));
    assertEquals(List.of("13"), request.all("Sec-WebSocket-Version"));
    assertEquals(List.of("websocket"), request.all("Upgrade"));
    assertEquals(List.of("Upgrade"), request.all("Connection"));
    assertEquals(List.of(), request.all("Sec-WebSocket-Protocol"));
    assertEquals(List.of(), request.all("Sec-WebSocket-Extensions"));
    byte[] key = Base64.getDecoder().decode(request.first("Sec-WebSocket-Key"));
    assertEquals(16, key.length, "bytes of the key");
    Head second = requestOf(trial, server, trial.builder(uri));
    assertNotEquals(
        request.first("Sec-WebSocket-Key"), second.first("Sec-WebSocket-Key"), "a fresh key");
  }

  @Test
  @Requires(Capability.COMPRESSION)
  default void rule_9_2_with_the_capability_compression_is_offered(ClientTrial trial)
      throws Exception {
    RawServer server = trial.listen();
    WebSocketClient.Builder builder = trial.builder(server.uri()).compression(Compression.DEFAULT);
    Head request = requestOf(trial, server, builder);
    String offer = request.first("Sec-WebSocket-Extensions");
    assertTrue(offer != null && offer.startsWith("permessage-deflate"), () -> "offered: " + offer);
  }

  @Test
  default void rule_10_2_subprotocols_and_headers_are_in_the_request(ClientTrial trial)
      throws Exception {
    RawServer server = trial.listen();
    WebSocketClient.Builder builder =
        trial
            .builder(server.uri())
            .subprotocols("v2", "v1")
            .header("Authorization", "Bearer token")
            .header("X-Two", "a")
            .header("X-Two", "b")
            .header("Origin", "https://example.com");
    Head request = requestOf(trial, server, builder);
    String offered = String.join(",", request.all("Sec-WebSocket-Protocol")).replace(" ", "");
    assertEquals("v2,v1", offered);
    assertEquals(List.of("Bearer token"), request.all("Authorization"));
    assertEquals("a,b", String.join(",", request.all("X-Two")).replace(" ", ""));
    assertEquals(List.of("https://example.com"), request.all("Origin"));
  }

  /** What a server answers to an offer of "v2" and "v1". */
  record Chosen(@Nullable String answered, boolean good) {}

  @TestFactory
  default Stream<DynamicTest> rule_10_2_the_subprotocol_is_one_that_was_offered(
      Table<ClientTrial> table) {
    return table.rows(
        List.of(
            new Chosen(null, true),
            new Chosen("v1", true),
            new Chosen("v2", true),
            new Chosen("v3", false),
            new Chosen("V1", false),
            new Chosen("v1, v2", false),
            new Chosen("", false)),
        (trial, row) -> {
          RawServer server = trial.listen();
          CompletableFuture<WebSocketClient> connected =
              trial.connect(trial.builder(server.uri()).subprotocols("v2", "v1"));
          answerWith(trial, server, row.answered());
          if (row.good()) {
            WebSocketClient client = Patience.get(connected, "connect");
            assertEquals(row.answered(), client.connection().subprotocol());
          } else {
            Throwable failure = Patience.failure(connected, "connect");
            WebSocketException e = assertInstanceOf(WebSocketException.class, failure);
            assertEquals(Kind.HANDSHAKE, e.kind());
          }
        });
  }

  @Test
  default void rule_10_2_a_subprotocol_is_refused_if_none_was_offered(ClientTrial trial)
      throws Exception {
    RawServer server = trial.listen();
    CompletableFuture<WebSocketClient> connected = trial.connect(trial.builder(server.uri()));
    answerWith(trial, server, "v1");
    Throwable failure = Patience.failure(connected, "connect");
    assertEquals(Kind.HANDSHAKE, assertInstanceOf(WebSocketException.class, failure).kind());
  }

  @Test
  default void rule_10_2_without_a_subprotocol_there_is_none(ClientTrial trial) throws Exception {
    Link link = trial.open();
    assertNull(link.connection().subprotocol());
    link.endWell();
  }

  private static void answerWith(ClientTrial trial, RawServer server, @Nullable String subprotocol)
      throws IOException {
    RawPeer peer = trial.keep(server.accept(trial.newWire()));
    String answer = RawServer.switching(peer.readHead());
    if (subprotocol != null) {
      answer += "Sec-WebSocket-Protocol: " + subprotocol + "\r\n";
    }
    RawServer.answer(peer, answer + "\r\n");
  }

  @TestFactory
  default Stream<DynamicTest> rule_10_2_headers_of_the_handshake_cannot_be_added(
      Table<ClientTrial> table) {
    return table.rows(
        List.of("Host", "upgrade", "Sec-WebSocket-Key", "Sec-WebSocket-Extensions", "X\r\nEvil"),
        (trial, name) -> {
          WebSocketClient.Builder builder = trial.builder(URI.create("ws://127.0.0.1:1"));
          assertThrows(IllegalArgumentException.class, () -> builder.header(name, "x"));
        });
  }

  // ---- 10.3: redirects

  @TestFactory
  default Stream<DynamicTest> rule_10_3_a_redirect_is_not_followed(Table<ClientTrial> table) {
    return table.rows(
        List.of(300, 301, 302, 303, 307, 308),
        (trial, status) -> {
          RawServer other = trial.listen();
          CompletableFuture<RawPeer> followed =
              Background.call(() -> trial.keep(other.accept(trial.newWire())));
          expectRefused(
              trial,
              answer(
                  "a redirect",
                  "HTTP/1.1 " + status + " Over there",
                  "Location: http://127.0.0.1:" + other.port() + "/ws",
                  "Content-Length: 0"));
          other.close();
          assertInstanceOf(IOException.class, Patience.failure(followed, "following"));
        });
  }

  // ---- 10.10: masks

  @Test
  default void rule_10_10_each_frame_is_masked_with_a_key_of_its_own(ClientTrial trial)
      throws Exception {
    Link link = trial.open();
    Set<Integer> keys = new HashSet<>();
    int bits = 0;
    for (int i = 0; i < 1000; i++) {
      link.connection().send("x");
      link.peer().expectText("x");
      keys.add(link.peer().mask());
      bits += Integer.bitCount(link.peer().mask());
    }
    assertTrue(keys.size() >= 999, () -> keys.size() + " keys for 1000 frames");
    assertTrue(bits > 15_000 && bits < 17_000, "of 32,000 bits half are set, not " + bits);
    link.endWell();
  }

  // ---- 10.5: close

  @Test
  default void rule_10_5_close_returns_when_onClose_has(ClientTrial trial) throws Exception {
    Link link = trial.open();
    CompletableFuture<Boolean> closing = Background.run(trial::stop);
    link.peer().expectClose(1000);
    assertFalse(closing.isDone(), "close returns before the peer has answered");
    link.peer().send(Frame.close(1000, ""));
    Patience.get(closing, "close");
    assertTrue(link.app().hasNext(), "onClose was called before close returned");
    link.app().expectClose(1000);
  }

  @Test
  @HandlersBlock
  default void rule_10_5_close_waits_for_onClose(ClientTrial trial) throws Exception {
    Gate gate = trial.gate();
    trial.events().on(Call.CLOSE, (connection, reason) -> gate.pass());
    Link link = trial.open();
    CompletableFuture<Boolean> closing = Background.run(trial::stop);
    link.peer().expectClose(1000).send(Frame.close(1000, ""));
    gate.awaitEntered();
    assertFalse(Patience.happens(closing), "close returns while onClose runs");
    gate.open();
    Patience.get(closing, "close");
    link.app().expectClose(1000);
  }

  @Test
  default void rule_10_5_close_of_a_connection_that_is_over_returns_at_once(ClientTrial trial)
      throws Exception {
    Link link = trial.open();
    link.endWell();
    Patience.get(link.connection().closed(), "closed()");
    Patience.get(Background.run(trial::stop), "close");
    Patience.get(Background.run(trial::stop), "close again");
  }

  @Test
  default void rule_10_5_close_does_not_wait_for_ever_for_a_silent_peer(ClientTrial trial)
      throws Exception {
    Timeouts quick = Timeouts.DEFAULT.withClose(Duration.ofMillis(300));
    Link link = trial.open(setup -> setup.timeouts(quick));
    link.app().ignoreRest();
    Patience.get(Background.run(trial::stop), "close");
    Patience.get(link.connection().closed(), "closed()");
    link.peer().expectClose(1000).expectGone();
  }

  /** {@code -Deasywebsocket.tck.inputs} and {@code seed} as in {@link FuzzRules}. */
  @TestFactory
  @Tag("sized")
  default Stream<DynamicTest> rule_1_13_a_damaged_answer_is_seen_only_if_it_opens(
      Table<ClientTrial> table) {
    return table.rows(FuzzRules.Batch.oneOf(10), FuzzedHeads::answer);
  }
}
