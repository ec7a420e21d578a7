package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.github.easywebsocket.Compression;
import io.github.easywebsocket.Endpoint;
import io.github.easywebsocket.spi.Capability;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Section 9, compression: what is answered to which offers. */
interface NegotiationRules {

  Compression NO_TAKEOVER = Compression.DEFAULT;
  Compression TAKEOVER =
      Compression.DEFAULT.withServerContextTakeover(true).withClientContextTakeover(true);

  /** The peer offers in lines of the header; the answer, empty for none. */
  record Offered(String answer, String... lines) {
    @Override
    public String toString() {
      return "\"" + String.join("\" and \"", lines) + "\" is answered \"" + answer + "\"";
    }
  }

  private static Offered offer(String lines, String answer) {
    return new Offered(answer, lines.split("\n"));
  }

  private static Stream<DynamicTest> answers(
      Table<ServerTrial> table, Compression compression, Offered... rows) {
    return table.rows(
        List.of(rows),
        (trial, row) -> {
          trial.start(builder -> builder.compression(compression));
          expectAnswer(trial, row);
        });
  }

  private static void expectAnswer(ServerTrial trial, Offered row) throws Exception {
    Request request = trial.handshake();
    for (String line : row.lines()) {
      request = request.with("Sec-WebSocket-Extensions", line);
    }
    RawPeer peer = trial.connect();
    Answer answer = peer.send(request).readAnswer();
    assertEquals(101, answer.status());
    assertEquals(
        row.answer().isEmpty() ? List.of() : List.of(row.answer()),
        answer.headers("Sec-WebSocket-Extensions"));
    Link link = new Link(trial.events().opened(), peer);
    if (row.answer().isEmpty()) {
      expectPlain(link);
    }
    link.endWell();
  }

  private static void expectPlain(Link link) throws Exception {
    String text = "not compressed ".repeat(1000);
    link.peer().text(text);
    link.app().expectText(text);
    link.connection().send(text);
    link.peer().expectText(text); // without RSV1
  }

  // ---- 9.1, 9.2: off by default

  @TestFactory
  default Stream<DynamicTest> rule_9_1_without_compression_offers_are_declined(
      Table<ServerTrial> table) {
    return table.rows(
        List.of(
            offer("permessage-deflate", ""),
            offer("permessage-deflate; client_max_window_bits", ""),
            offer("permessage-deflate; server_no_context_takeover; server_max_window_bits=15", ""),
            offer("permessage-deflate; unknown=1", ""),
            offer("x-webkit-deflate-frame", ""),
            offer("foo, permessage-deflate", "")),
        NegotiationRules::expectAnswer);
  }

  @Test
  default void rule_9_1_without_compression_the_bit_stays_reserved(ServerTrial trial)
      throws Exception {
    RawPeer peer = trial.connect();
    Request offer = trial.handshake().with("Sec-WebSocket-Extensions", "permessage-deflate");
    assertEquals(101, peer.send(offer).readAnswer().status());
    Link link = new Link(trial.events().opened(), peer);
    peer.trySend(Frame.of(Frame.TEXT, (byte) 0x00).reserved(4));
    link.app().ignoreRest();
    assertEquals(1002, peer.skipToClose().closeCode());
  }

  @Test
  @Requires(Capability.COMPRESSION)
  default void rule_9_2_with_the_capability_compression_may_be_asked_for(ServerTrial trial)
      throws Exception {
    trial.start(builder -> builder.compression(Compression.DEFAULT));
    trial.openAnother().expectAlive().endWell(); // a peer that offers nothing
  }

  @Test
  @Requires(Capability.COMPRESSION)
  default void rule_9_2_an_endpoint_may_compress_alone(ServerTrial trial) throws Exception {
    trial.start(
        builder ->
            builder
                .endpoint(
                    Endpoint.at("/zip").handler(trial.events()).compression(Compression.DEFAULT))
                .endpoint(Endpoint.at("/plain").handler(trial.events())));
    Request request = trial.handshake().with("Sec-WebSocket-Extensions", "permessage-deflate");
    assertNotNull(trial.ask(request.target("/zip")).header("Sec-WebSocket-Extensions"));
    assertNull(trial.ask(request.target("/plain")).header("Sec-WebSocket-Extensions"));
  }

  // ---- 9.3 to 9.5: offers

  @TestFactory
  @Requires(Capability.COMPRESSION)
  default Stream<DynamicTest> rule_9_3_what_cannot_be_kept_is_declined(Table<ServerTrial> table) {
    return answers(
        table,
        TAKEOVER,
        offer("permessage-deflate; unknown", ""),
        offer("permessage-deflate; level=9", ""),
        offer("permessage-deflate; server_no_context_takeover=1", ""),
        offer("permessage-deflate; server_no_context_takeover=\"true\"", ""),
        offer("permessage-deflate; client_no_context_takeover=1", ""),
        offer("permessage-deflate; server_no_context_takeover; server_no_context_takeover", ""),
        offer("permessage-deflate; client_no_context_takeover; client_no_context_takeover", ""),
        offer("permessage-deflate; client_max_window_bits; client_max_window_bits=10", ""),
        offer("permessage-deflate; server_max_window_bits=15; server_max_window_bits=15", ""),
        offer("permessage-deflate; server_max_window_bits", ""),
        offer("permessage-deflate; server_max_window_bits=7", ""),
        offer("permessage-deflate; server_max_window_bits=8", ""),
        offer("permessage-deflate; server_max_window_bits=9", ""),
        offer("permessage-deflate; server_max_window_bits=14", ""),
        offer("permessage-deflate; server_max_window_bits=16", ""),
        offer("permessage-deflate; server_max_window_bits=015", ""),
        offer("permessage-deflate; server_max_window_bits=-15", ""),
        offer("permessage-deflate; client_max_window_bits=7", ""),
        offer("permessage-deflate; client_max_window_bits=16", ""),
        offer("permessage-deflate; client_max_window_bits=08", ""),
        offer("permessage-deflate; client_max_window_bits=x", ""),
        offer("permessage-deflates", ""),
        offer("permessage-bzip2", ""),
        offer("x-webkit-deflate-frame", ""));
  }

  @TestFactory
  @Requires(Capability.COMPRESSION)
  default Stream<DynamicTest> rule_9_4_the_first_acceptable_offer_is_answered(
      Table<ServerTrial> table) {
    return answers(
        table,
        TAKEOVER,
        offer("foo, permessage-deflate", "permessage-deflate"),
        offer("foo; a=\"b\"; c, , permessage-deflate", "permessage-deflate"),
        offer("foo\npermessage-deflate", "permessage-deflate"),
        offer(
            "permessage-deflate; server_no_context_takeover, permessage-deflate",
            "permessage-deflate; server_no_context_takeover"),
        offer("permessage-deflate\npermessage-deflate; unknown", "permessage-deflate"),
        offer(
            "permessage-deflate; server_max_window_bits=10, permessage-deflate",
            "permessage-deflate"),
        offer(
            "permessage-deflate; unknown\npermessage-deflate; client_no_context_takeover",
            "permessage-deflate; client_no_context_takeover"),
        offer("permessage-deflate; unknown, permessage-deflate; server_max_window_bits=8", ""));
  }

  @TestFactory
  @Requires(Capability.COMPRESSION)
  default Stream<DynamicTest> rule_9_5_the_answer_tells_what_the_client_asked_for(
      Table<ServerTrial> table) {
    return answers(
        table,
        TAKEOVER,
        offer("permessage-deflate", "permessage-deflate"),
        offer("permessage-deflate; client_max_window_bits", "permessage-deflate"),
        offer("permessage-deflate; client_max_window_bits=8", "permessage-deflate"),
        offer("permessage-deflate ;client_max_window_bits = \"10\"", "permessage-deflate"),
        offer(
            "permessage-deflate; server_no_context_takeover",
            "permessage-deflate; server_no_context_takeover"),
        offer(
            "permessage-deflate; client_no_context_takeover",
            "permessage-deflate; client_no_context_takeover"),
        offer(
            "permessage-deflate; server_max_window_bits=15",
            "permessage-deflate; server_max_window_bits=15"),
        offer(
            "permessage-deflate; server_max_window_bits=15; client_max_window_bits=15;"
                + " client_no_context_takeover; server_no_context_takeover",
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover;"
                + " server_max_window_bits=15"));
  }

  @TestFactory
  @Requires(Capability.COMPRESSION)
  default Stream<DynamicTest> rule_9_5_the_answer_tells_what_the_server_wants(
      Table<ServerTrial> table) {
    return answers(
        table,
        NO_TAKEOVER,
        offer(
            "permessage-deflate",
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover"),
        offer(
            "permessage-deflate; server_no_context_takeover",
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover"));
  }

  // ---- 9.15: endpoints

  @Test
  @Requires(Capability.COMPRESSION)
  default void rule_9_15_an_endpoint_may_compress_nothing(ServerTrial trial) throws Exception {
    trial.startWithoutHandler(
        builder ->
            builder
                .compression(Samples.EVERYTHING)
                .endpoint(Endpoint.at("/plain").handler(trial.events()).withoutCompression())
                .endpoint(Endpoint.at("/as-the-server").handler(trial.events()))
                .endpoint(
                    Endpoint.at("/own")
                        .handler(trial.events())
                        .withoutCompression()
                        .compression(Compression.DEFAULT)));
    assertEquals("permessage-deflate", answerAt(trial, "/as-the-server"));
    assertEquals(
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
        answerAt(trial, "/own"));
    assertNull(answerAt(trial, "/plain"));
    RawPeer peer = trial.connect();
    peer.send(offer(trial, "/plain")).readAnswer();
    peer.send(Samples.compressed(Samples.HELLO));
    peer.expectClose(1002);
    trial.events().all().forEach(Recording::ignoreRest);
  }

  private static Request offer(ServerTrial trial, String path) throws IOException {
    return trial.handshake().target(path).with("Sec-WebSocket-Extensions", "permessage-deflate");
  }

  private static @Nullable String answerAt(ServerTrial trial, String path) throws IOException {
    Answer answer = trial.ask(offer(trial, path));
    assertEquals(101, answer.status());
    return answer.header("Sec-WebSocket-Extensions");
  }
}
