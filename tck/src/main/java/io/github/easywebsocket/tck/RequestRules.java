package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.easywebsocket.Handshake;
import io.github.easywebsocket.HttpHandler.Response;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Section 2, opening handshake: requests that some would read otherwise, or not at all. */
interface RequestRules {

  /** How many headers a request may have. */
  int MOST_HEADERS = 200;

  /** What is done to the text of a request. */
  record Changed(String name, UnaryOperator<String> change) implements Row {}

  private static Changed header(String line) {
    String shown = Wire.printable(line);
    return new Changed(shown, text -> text.replaceFirst("\r\n", "\r\n" + line + "\r\n"));
  }

  private static Changed host(String host) {
    return new Changed("Host: " + host, text -> text.replaceFirst("Host: .*", "Host: " + host));
  }

  private static Answer ask(ServerTrial trial, Request request, Changed row) throws Exception {
    byte[] bytes = row.change().apply(request.toString()).getBytes(StandardCharsets.ISO_8859_1);
    try (RawPeer peer = trial.connect()) {
      return peer.send(bytes, row.name()).readAnswer();
    }
  }

  /** Neither a handshake nor a plain request with that is more than refused. */
  private static void expect400(ServerTrial trial, Changed row) throws Exception {
    trial.start(builder -> builder.allowedHosts("*").http(request -> Response.of(200)));
    assertEquals(400, ask(trial, trial.handshake(), row).status(), "a handshake");
    assertFalse(trial.events().hasOpened(), "no handler sees it");
    Request plain = Request.get("/ws", trial.server().port());
    assertEquals(400, ask(trial, plain, row).status(), "a plain request");
  }

  private static Request withHeaders(Request request, int count) {
    Request longer = request;
    for (int i = 0; i < count; i++) {
      longer = longer.with("X-" + i, "x");
    }
    return longer;
  }

  @Test
  default void rule_2_15_200_headers_are_taken_and_201_are_not(ServerTrial trial) throws Exception {
    int own = trial.handshake().toString().split("\r\n").length - 1;
    Request most = withHeaders(trial.handshake(), MOST_HEADERS - own);
    assertEquals(101, trial.ask(most).status());
    expectRefused(trial.ask(most.with("X-Last", "x")), "201 headers");
  }

  @Test
  default void rule_2_15_a_head_of_8_KiB_is_taken_and_a_byte_more_is_not(ServerTrial trial)
      throws Exception {
    int size = trial.handshake().with("X-Long", "").toString().length();
    String rest = "x".repeat((8 << 10) - size);
    assertEquals(101, trial.ask(trial.handshake().with("X-Long", rest)).status());
    Request longer = trial.handshake().with("X-Long", rest + "x");
    expectRefused(trial.ask(longer), "a head of 8,193 bytes, the request line among them");
  }

  private static void expectRefused(Answer answer, String what) {
    if (answer.status() / 100 != 4) {
      throw new AssertionError(what + ": expected status 4xx, seen: " + answer.status());
    }
  }

  @TestFactory
  default Stream<DynamicTest> rule_2_30_a_target_that_is_none_gets_400(Table<ServerTrial> table) {
    return table.rows(
        Stream.of(
                "/ws#",
                "/ws#a",
                "/ws?a=b#c",
                "/ws?#",
                "http://127.0.0.1#a",
                "/ws%zz",
                "/ws?%",
                "/ws?a=%",
                "/ws?a=%4",
                "/ws?a=%zz&b=c",
                "/ws?%u1234",
                "/ws?a=\u00e4",
                "/ws\u00c3\u00a4",
                "/ws?\u0001",
                "/ws?\t",
                "/ws\u007f")
            .map(
                target ->
                    new Changed(
                        Wire.printable(target),
                        text -> text.replaceFirst(" /ws ", " " + target + " ")))
            .toList(),
        RequestRules::expect400);
  }

  @TestFactory
  default Stream<DynamicTest> rule_2_30_other_characters_of_a_query_stand_as_sent(
      Table<ServerTrial> table) {
    return table.rows(
        List.of("a={b}|[c]", "a=<\"b\">", "a=b\\c^d`e'f", "a?b/c:d@e;f", "a&".repeat(3000)),
        (trial, query) -> {
          assertEquals(101, trial.ask(trial.handshake().target("/ws?" + query)).status());
          Handshake handshake = trial.events().opened().connection().handshake();
          assertEquals(query, handshake.query());
        });
  }

  @TestFactory
  default Stream<DynamicTest> rule_2_31_a_host_that_is_none_gets_400(Table<ServerTrial> table) {
    return table.rows(
        List.of(
            host(""),
            host("a b"),
            host("a, b"),
            host("user@127.0.0.1"),
            host("127.0.0.1/ws"),
            host("127.0.0.1:x"),
            host("127.0.0.1:80:80"),
            host("[::1"),
            host("a\r\nHost: b"),
            new Changed("no Host", text -> text.replaceFirst("Host: .*\r\n", ""))),
        RequestRules::expect400);
  }

  @TestFactory
  default Stream<DynamicTest> rule_2_31_a_head_that_is_not_in_order_gets_400(
      Table<ServerTrial> table) {
    return table.rows(
        List.of(
            new Changed("bare LFs", text -> text.replace("\r\n", "\n")),
            new Changed("a bare LF at the end", text -> text.replace("\r\n\r\n", "\r\n\n")),
            new Changed("a bare LF in the first line", text -> text.replaceFirst("\r\n", "\n")),
            header("X-A: a\nX-B: b"),
            header("X-A: a\rX-B: b"),
            header("X-A: a\0b"),
            header("X-A: a\u007fb"),
            header("X-A : a"),
            header("X-A"),
            header(": a"),
            header("X(A): a")),
        RequestRules::expect400);
  }

  /** To the client, and to what stands between, a 2xx is a tunnel from there on. */
  @TestFactory
  default Stream<DynamicTest> rule_2_31_a_CONNECT_gets_400(Table<ServerTrial> table) {
    return table.rows(
        List.of("/ws", "127.0.0.1:80", "http://127.0.0.1/ws"),
        (trial, target) -> {
          trial.start(builder -> builder.allowedHosts("*").http(request -> Response.of(200)));
          Request connect = Request.get(target, 80).method("CONNECT");
          assertEquals(400, trial.ask(connect).status());
        });
  }

  @TestFactory
  default Stream<DynamicTest> rule_2_31_a_body_whose_end_is_in_doubt_gets_400(
      Table<ServerTrial> table) {
    return table.rows(
        List.of(
            header("Content-Length: 5\r\nContent-Length: 6"),
            header("Content-Length: 5, 5"),
            header("Content-Length: +5"),
            header("Content-Length: 0x5"),
            header("Content-Length: -5"),
            header("Content-Length: 5\r\nTransfer-Encoding: chunked"),
            header("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
            header("Transfer-Encoding: chunked, gzip"),
            header("Transfer-Encoding: gzip, chunked"),
            header("Transfer-Encoding: xchunked"),
            header("Transfer-Encoding: identity")),
        (trial, row) -> {
          expect400(trial, row);
          Request post = Request.get("/ws", trial.server().port()).method("POST");
          assertEquals(400, ask(trial, post, row).status(), "POST");
        });
  }

  /** RFC 9112 §5.2 allows both. */
  @Test
  default void rule_2_31_a_folded_line_is_one_line_or_gets_400(ServerTrial trial) throws Exception {
    trial.server();
    int status = ask(trial, trial.handshake(), header("X-A: a\r\n b")).status();
    if (status == 101) {
      Handshake handshake = trial.events().opened().connection().handshake();
      assertEquals("a b", handshake.header("X-A"));
    } else {
      assertEquals(400, status);
    }
  }
}
