package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Handshake;
import io.github.easywebsocket.Verdict;
import io.github.easywebsocket.WebSocketServer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Section 2, opening handshake: which requests become connections, and what the others get. */
interface HandshakeRules {

  /** A handshake that is changed, and the status of its answer. */
  record Changed(String name, int status, UnaryOperator<Request> change) {
    @Override
    public String toString() {
      return name + " is answered " + status;
    }
  }

  private static Changed row(int status, String name, UnaryOperator<Request> change) {
    return new Changed(name, status, change);
  }

  /** Asks a server with these options, and checks the answer. */
  private static Answer ask(
      ServerTrial trial, Changed row, Consumer<WebSocketServer.Builder> options) throws Exception {
    trial.start(options);
    Answer answer = trial.ask(row.change().apply(trial.handshake()));
    assertEquals(row.status(), answer.status(), "status");
    if (row.status() == 101) {
      assertEquals(List.of(Request.ACCEPT), answer.headers("Sec-WebSocket-Accept"));
    } else {
      assertNull(answer.header("Sec-WebSocket-Accept"), "a refusal accepts no key");
      assertFalse(trial.events().hasOpened(), "no handler sees a refused handshake");
    }
    return answer;
  }

  private static Answer ask(ServerTrial trial, Changed row) throws Exception {
    return ask(trial, row, builder -> {});
  }

  @Test
  default void rule_2_1_a_handshake_in_order_is_answered_101(ServerTrial trial) throws Exception {
    Answer answer = trial.ask(trial.handshake());
    assertEquals(101, answer.status());
    assertEquals(Request.ACCEPT, answer.header("Sec-WebSocket-Accept"));
    assertEquals("websocket", String.valueOf(answer.header("Upgrade")).toLowerCase());
    assertEquals("upgrade", String.valueOf(answer.header("Connection")).toLowerCase());
  }

  @TestFactory
  default Stream<DynamicTest> rule_2_1_spellings_of_a_handshake_in_order(Table<ServerTrial> table) {
    return table.rows(
        List.of(
            row(101, "Upgrade: WebSocket", r -> r.set("Upgrade", "WebSocket")),
            row(101, "Upgrade: WEBSOCKET", r -> r.set("Upgrade", "WEBSOCKET")),
            row(101, "Upgrade among others", r -> r.set("Upgrade", "h2c, websocket, foo/2")),
            row(
                101,
                "Upgrade in two lines",
                r -> r.set("Upgrade", "h2c").with("Upgrade", "websocket")),
            row(101, "Connection: upgrade", r -> r.set("Connection", "upgrade")),
            row(101, "Connection: UPGRADE", r -> r.set("Connection", "UPGRADE")),
            row(101, "Connection among others", r -> r.set("Connection", "keep-alive, Upgrade")),
            row(101, "Connection without blanks", r -> r.set("Connection", "keep-alive,Upgrade")),
            row(
                101,
                "Connection in two lines",
                r -> r.set("Connection", "keep-alive").with("Connection", "Upgrade")),
            row(
                101,
                "names in lower case",
                r ->
                    r.set("upgrade", "websocket")
                        .set("connection", "upgrade")
                        .set("sec-websocket-key", Request.KEY)
                        .set("sec-websocket-version", "13")),
            row(
                101,
                "blanks around the key",
                r -> r.set("Sec-WebSocket-Key", " " + Request.KEY + "  ")),
            row(101, "blanks around the version", r -> r.set("Sec-WebSocket-Version", "  13 ")),
            row(101, "a query", r -> r.target("/ws?token=a%20b&x=%7A")),
            row(101, "the path /", r -> r.target("/")),
            row(101, "a long path", r -> r.target("/" + "a".repeat(2000))),
            row(101, "Content-Length: 0", r -> r.with("Content-Length", "0")),
            row(101, "a Host without a port", r -> r.set("Host", "localhost")),
            row(101, "cookies", r -> r.with("Cookie", "a=b; c=d").with("Cookie", "e=f")),
            row(101, "an unknown header", r -> r.with("X-Unknown", "x")),
            row(101, "a head of 7 KiB", r -> r.with("X-Long", "x".repeat(7 << 10)))),
        (trial, row) -> ask(trial, row));
  }

  /**
   * A target in absolute form.
   *
   * @param target with HOST for the server's host and port
   */
  record Absolute(int status, String target, String path, String query) {
    @Override
    public String toString() {
      return target + " is answered " + status;
    }
  }

  @TestFactory
  default Stream<DynamicTest> rule_2_25_a_target_in_absolute_form(Table<ServerTrial> table) {
    return table.rows(
        List.of(
            new Absolute(101, "http://HOST/ws", "/ws", ""),
            new Absolute(101, "HTTP://HOST/a%20b", "/a b", ""),
            new Absolute(101, "https://HOST/ws?a=%20&b", "/ws", "a=%20&b"),
            new Absolute(101, "http://HOST", "/", ""),
            new Absolute(101, "http://HOST?a=/b", "/", "a=/b"),
            new Absolute(400, "http://other.example/ws", "", ""),
            new Absolute(400, "http://HOST.example/ws", "", ""),
            new Absolute(400, "http://user@HOST/ws", "", ""),
            new Absolute(400, "http:///ws", "", ""),
            new Absolute(400, "ftp://HOST/ws", "", ""),
            new Absolute(400, "http://HOST/../ws", "", "")),
        (trial, row) -> {
          CompletableFuture<Handshake> seen = new CompletableFuture<>();
          trial.start(
              builder ->
                  builder.verifier(
                      handshake -> {
                        seen.complete(handshake);
                        return Verdict.accept();
                      }));
          String host = "127.0.0.1:" + trial.server().port();
          Request request = trial.handshake().target(row.target().replace("HOST", host));
          assertEquals(row.status(), trial.ask(request).status(), "status");
          if (row.status() == 101) {
            Handshake handshake = Patience.get(seen, "the verifier");
            assertEquals(row.path(), handshake.path());
            assertEquals(row.query(), handshake.query());
          } else {
            assertFalse(seen.isDone(), "no verifier sees it");
          }
        });
  }

  @TestFactory
  default Stream<DynamicTest> rule_2_15_long_headers_of_nothing_are_answered(
      Table<ServerTrial> table) {
    return table.rows(
        List.of(
            "Connection",
            "Upgrade",
            "Sec-WebSocket-Protocol",
            "Sec-WebSocket-Extensions",
            "Sec-WebSocket-Version",
            "Origin",
            "Cookie"),
        (trial, name) -> {
          for (String part : List.of(",", ", ", "\t ", "a,", "\"", "a=\"", ";", "a;b=c,")) {
            String value = "x" + part.repeat(6000 / part.length()) + "x";
            int status = trial.ask(trial.handshake().with(name, value)).status();
            assertTrue(status == 101 || status / 100 == 4, () -> "status " + status);
          }
        });
  }

  @TestFactory
  default Stream<DynamicTest> rule_2_2_what_does_not_ask_for_a_websocket_gets_403(
      Table<ServerTrial> table) {
    return table.rows(
        List.of(
            row(403, "no Upgrade", r -> r.without("Upgrade")),
            row(
                403,
                "no Upgrade and no Connection",
                r -> r.without("Upgrade").without("Connection")),
            row(403, "Upgrade: websocket2", r -> r.set("Upgrade", "websocket2")),
            row(403, "Upgrade: web socket", r -> r.set("Upgrade", "web socket")),
            row(403, "Upgrade: websocket/13", r -> r.set("Upgrade", "websocket/13")),
            row(403, "an empty Upgrade", r -> r.set("Upgrade", "")),
            row(403, "POST", r -> r.method("POST").without("Upgrade").with("Content-Length", "0"))),
        (trial, row) -> ask(trial, row));
  }

  @TestFactory
  default Stream<DynamicTest> rule_2_3_method_version_host_and_connection(
      Table<ServerTrial> table) {
    return table.rows(
        List.of(
            row(405, "POST", r -> r.method("POST").with("Content-Length", "0")),
            row(405, "PUT", r -> r.method("PUT").with("Content-Length", "0")),
            row(405, "DELETE", r -> r.method("DELETE")),
            row(405, "OPTIONS", r -> r.method("OPTIONS")),
            row(405, "PATCH", r -> r.method("PATCH").with("Content-Length", "0")),
            row(400, "HTTP/1.0", r -> r.protocol("HTTP/1.0")),
            row(400, "no Host", r -> r.without("Host")),
            row(400, "two Hosts", r -> r.with("Host", "example.com")),
            row(
                400,
                "the same Host twice",
                r -> r.with("Host", "a").without("Host").with("Host", "a").with("Host", "a")),
            row(400, "no Connection", r -> r.without("Connection")),
            row(400, "Connection: keep-alive", r -> r.set("Connection", "keep-alive")),
            row(400, "Connection: close", r -> r.set("Connection", "close")),
            row(400, "Connection: Upgraded", r -> r.set("Connection", "Upgraded"))),
        (trial, row) -> ask(trial, row));
  }

  @TestFactory
  default Stream<DynamicTest> rule_2_4_a_version_that_is_not_13_gets_426(Table<ServerTrial> table) {
    String version = "Sec-WebSocket-Version";
    return table.rows(
        List.of(
            row(426, "no version", r -> r.without(version)),
            row(426, "an empty version", r -> r.set(version, "")),
            row(426, "version 0", r -> r.set(version, "0")),
            row(426, "version 7", r -> r.set(version, "7")),
            row(426, "version 8", r -> r.set(version, "8")),
            row(426, "version 12", r -> r.set(version, "12")),
            row(426, "version 14", r -> r.set(version, "14")),
            row(426, "version 013", r -> r.set(version, "013")),
            row(426, "version 13.0", r -> r.set(version, "13.0")),
            row(426, "version +13", r -> r.set(version, "+13")),
            row(426, "version 1 3", r -> r.set(version, "1 3")),
            row(426, "version abc", r -> r.set(version, "abc")),
            row(426, "versions 13 and 8 in a list", r -> r.set(version, "13, 8")),
            row(426, "versions 13 and 8 in two lines", r -> r.with(version, "8")),
            row(426, "version 13 twice", r -> r.with(version, "13"))),
        (trial, row) -> {
          Answer answer = ask(trial, row);
          assertEquals(List.of("13"), answer.headers(version), "the version that is spoken");
        });
  }

  @TestFactory
  default Stream<DynamicTest> rule_2_5_other_than_one_key_of_16_bytes_gets_400(
      Table<ServerTrial> table) {
    String key = "Sec-WebSocket-Key";
    return table.rows(
        List.of(
            row(400, "no key", r -> r.without(key)),
            row(400, "an empty key", r -> r.set(key, "")),
            row(400, "a key of 15 bytes", r -> r.set(key, "MTIzNDU2Nzg5MDEyMzQ1")),
            row(400, "a key of 17 bytes", r -> r.set(key, "MTIzNDU2Nzg5MDEyMzQ1Njc=")),
            row(400, "a key of 18 bytes", r -> r.set(key, "MTIzNDU2Nzg5MDEyMzQ1Njc4")),
            row(400, "a key without padding", r -> r.set(key, Request.KEY.replace("=", ""))),
            row(400, "a key that is not base64", r -> r.set(key, "!GhlIHNhbXBsZSBub25jZQ==")),
            row(400, "a key in base64url", r -> r.set(key, "_-8lIHNhbXBsZSBub25jZQ==")),
            row(400, "a blank inside of the key", r -> r.set(key, "dGhlIHNh XBsZSBub25jZQ==")),
            row(400, "two keys in a list", r -> r.set(key, Request.KEY + ", " + Request.KEY)),
            row(400, "two keys", r -> r.with(key, "MTIzNDU2Nzg5MDEyMzQ1Ng==")),
            row(400, "the same key twice", r -> r.with(key, Request.KEY)),
            row(400, "a very long key", r -> r.set(key, "A".repeat(4000)))),
        (trial, row) -> ask(trial, row));
  }

  @TestFactory
  default Stream<DynamicTest> rule_2_6_a_handshake_with_a_body_gets_400(Table<ServerTrial> table) {
    return table.rows(
        List.of(
            row(400, "Content-Length: 5", r -> r.with("Content-Length", "5")),
            row(400, "Content-Length: 1", r -> r.with("Content-Length", "1")),
            row(400, "Transfer-Encoding: chunked", r -> r.with("Transfer-Encoding", "chunked"))),
        (trial, row) -> ask(trial, row));
  }

  @TestFactory
  default Stream<DynamicTest> rule_2_7_the_path_has_one_meaning(Table<ServerTrial> table) {
    return table.rows(
        List.of(
            row(101, "/chat/room", r -> r.target("/chat/room")),
            row(101, "/CHAT/Room", r -> r.target("/CHAT/Room")),
            row(101, "/%63hat/room", r -> r.target("/%63hat/room")),
            row(101, "/chat/room?", r -> r.target("/chat/room?")),
            row(101, "/chat/room?x=/../", r -> r.target("/chat/room?x=/../")),
            row(404, "/", r -> r.target("/")),
            row(404, "/chat", r -> r.target("/chat")),
            row(404, "/chat/room/", r -> r.target("/chat/room/")),
            row(404, "/chat/rooms", r -> r.target("/chat/rooms")),
            row(404, "/chat%2563", r -> r.target("/%2563hat/room")),
            row(404, "//chat/room", r -> r.target("//chat/room")),
            row(404, "/chat/room;a=b", r -> r.target("/chat/room;a=b")),
            row(400, "/x/../chat/room", r -> r.target("/x/../chat/room")),
            row(400, "/./chat/room", r -> r.target("/./chat/room")),
            row(400, "/chat/room/..", r -> r.target("/chat/room/..")),
            row(400, "/x/%2e%2e/chat/room", r -> r.target("/x/%2e%2e/chat/room")),
            row(400, "/x/.%2E/chat/room", r -> r.target("/x/.%2E/chat/room")),
            row(400, "/chat%2froom", r -> r.target("/chat%2froom")),
            row(400, "/chat%5croom", r -> r.target("/chat%5croom")),
            row(400, "/chat/room%00", r -> r.target("/chat/room%00")),
            row(400, "/chat/room%", r -> r.target("/chat/room%")),
            row(400, "/chat/room%7", r -> r.target("/chat/room%7")),
            row(400, "/chat/room%zz", r -> r.target("/chat/room%zz")),
            row(400, "/chat/room%ff", r -> r.target("/chat/room%ff")),
            row(400, "/chat/room%c0%ae", r -> r.target("/chat/room%c0%ae"))),
        (trial, row) -> ask(trial, row, builder -> builder.path("/chat/room")));
  }

  @Test
  default void rule_2_7_the_path_is_seen_decoded_and_the_query_as_sent(ServerTrial trial)
      throws Exception {
    RawPeer peer = trial.connect();
    Request request = trial.handshake().target("/a%20b/%C3%A4?q=%20&r=%2F");
    assertEquals(101, peer.send(request).readAnswer().status());
    Recording app = trial.events().opened();
    assertEquals("/a b/ä", app.connection().handshake().path());
    assertEquals("q=%20&r=%2F", app.connection().handshake().query());
  }

  @Test
  default void rule_2_28_the_parameters_are_those_of_the_query(ServerTrial trial) throws Exception {
    RawPeer peer = trial.connect();
    String query = "a=1%20b+c%2Bd&%61=%C3%A4&A=2&bare&&both=%26%3D";
    assertEquals(101, peer.send(trial.handshake().target("/a=3?" + query)).readAnswer().status());
    Handshake handshake = trial.events().opened().connection().handshake();
    assertEquals("1 b c+d", handshake.parameter("a"));
    assertEquals(List.of("1 b c+d", "ä"), handshake.parameters("a"));
    assertEquals(List.of("2"), handshake.parameters("A"));
    assertEquals("", handshake.parameter("bare"));
    assertEquals("&=", handshake.parameter("both"));
    assertNull(handshake.parameter("none"));
  }

  @TestFactory
  default Stream<DynamicTest> rule_2_28_a_parameter_with_a_broken_value_is_absent(
      Table<ServerTrial> table) {
    return table.rows(
        List.of("a=%ff", "a=%C3", "a=%ff&a=x", "a=x&a=%ff"),
        (trial, broken) -> {
          Request request = trial.handshake().target("/?b=c&" + broken);
          assertEquals(101, trial.ask(request).status());
          Handshake handshake = trial.events().opened().connection().handshake();
          assertEquals(List.of(), handshake.parameters("a"));
          assertEquals("c", handshake.parameter("b"));
        });
  }

  @TestFactory
  default Stream<DynamicTest> rule_2_22_extensions_that_are_no_list_of_extensions_get_400(
      Table<ServerTrial> table) {
    String extensions = "Sec-WebSocket-Extensions";
    String deflate = "permessage-deflate";
    return table.rows(
        Stream.of(
                deflate + ";",
                deflate + "; =",
                deflate + "; ;",
                deflate + " client_max_window_bits",
                deflate + "; client_max_window_bits=",
                deflate + "; client_max_window_bits=\"",
                deflate + "; client_max_window_bits=\"10",
                deflate + "; client_max_window_bits=\"\"",
                deflate + "; client_max_window_bits=\"1 0\"",
                "(" + deflate + ")",
                "; a=b",
                "foo, \"bar\"")
            .map(value -> row(400, value, r -> r.with(extensions, deflate).with(extensions, value)))
            .toList(),
        (trial, row) -> ask(trial, row));
  }
}
