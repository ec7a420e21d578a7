package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.github.easywebsocket.Compression;
import io.github.easywebsocket.WebSocketClient;
import io.github.easywebsocket.WebSocketException;
import io.github.easywebsocket.WebSocketException.Kind;
import io.github.easywebsocket.spi.Capability;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Section 9, compression: what a client offers, and which answers it takes. */
interface ClientDeflateRules {

  // ---- 9.1: off by default

  @Test
  default void rule_9_1_without_compression_the_bit_stays_reserved(ClientTrial trial)
      throws Exception {
    Link link = trial.open();
    link.peer().trySend(Samples.compressed(Samples.HELLO));
    link.expectFailed(1002, Kind.PROTOCOL);
  }

  // ---- 9.17: offer and answer

  /** What a client wants, and the header that says so or that answers it; empty for none. */
  record Wanted(Compression compression, String header) {
    @Override
    public String toString() {
      return "\"" + header + "\" with " + compression;
    }
  }

  private static Stream<Wanted> all(Compression compression, String... headers) {
    return Stream.of(headers).map(header -> new Wanted(compression, header));
  }

  @TestFactory
  @Requires(Capability.COMPRESSION)
  default Stream<DynamicTest> rule_9_17_the_offer_is_what_is_wanted(Table<ClientTrial> table) {
    return table.rows(
        List.of(
            new Wanted(NegotiationRules.TAKEOVER, "permessage-deflate"),
            new Wanted(
                NegotiationRules.NO_TAKEOVER,
                "permessage-deflate; server_no_context_takeover; client_no_context_takeover"),
            new Wanted(
                NegotiationRules.TAKEOVER.withServerContextTakeover(false),
                "permessage-deflate; server_no_context_takeover"),
            new Wanted(
                NegotiationRules.TAKEOVER.withClientContextTakeover(false),
                "permessage-deflate; client_no_context_takeover")),
        (trial, row) -> {
          RawServer server = trial.listen();
          trial.connect(trial.builder(server.uri()).compression(row.compression()));
          Head request = trial.keep(server.accept(trial.newWire())).readHead();
          assertEquals(List.of(row.header()), request.all("Sec-WebSocket-Extensions"));
        });
  }

  @TestFactory
  @Requires(Capability.COMPRESSION)
  default Stream<DynamicTest> rule_9_17_an_answer_in_order_is_kept(Table<ClientTrial> table) {
    return table.rows(
        Stream.concat(
                all(
                    NegotiationRules.TAKEOVER,
                    "",
                    "permessage-deflate",
                    "permessage-deflate; server_no_context_takeover",
                    "permessage-deflate; client_no_context_takeover",
                    "permessage-deflate ; server_max_window_bits = \"10\"",
                    "permessage-deflate; server_max_window_bits=15; client_no_context_takeover"),
                all(
                    NegotiationRules.NO_TAKEOVER,
                    "",
                    "permessage-deflate; server_no_context_takeover",
                    "permessage-deflate; client_no_context_takeover; server_no_context_takeover"))
            .toList(),
        (trial, row) -> {
          RawServer server = trial.listen();
          CompletableFuture<WebSocketClient> connected =
              trial.connect(trial.builder(server.uri()).compression(row.compression()));
          RawPeer peer = trial.keep(server.accept(trial.newWire()));
          ClientTrial.answer(peer, peer.readHead(), row.header());
          Patience.get(connected, "connect");
          Link link = new Link(trial.events().opened(), peer);
          link.connection().send("x".repeat(1000));
          Frame frame = link.peer().expectMessage("a message");
          assertEquals(
              row.header().isEmpty() ? 0 : 4, frame.reserved(), "whether it is compressed");
          link.endWell();
        });
  }

  @TestFactory
  @Requires(Capability.COMPRESSION)
  default Stream<DynamicTest> rule_9_17_another_answer_fails_the_handshake(
      Table<ClientTrial> table) {
    return table.rows(
        Stream.concat(
                all(
                    NegotiationRules.TAKEOVER,
                    "permessage-deflate; unknown",
                    "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
                    "permessage-deflate; server_no_context_takeover=1",
                    "permessage-deflate; client_no_context_takeover=1",
                    "permessage-deflate; client_max_window_bits=15",
                    "permessage-deflate; server_max_window_bits",
                    "permessage-deflate; server_max_window_bits=7",
                    "permessage-deflate; server_max_window_bits=16",
                    "permessage-deflate; server_max_window_bits=08",
                    "permessage-deflate, permessage-deflate",
                    "permessage-deflate\npermessage-deflate",
                    "permessage-deflate, foo",
                    "permessage-deflate; =",
                    "permessage-deflates",
                    "x-webkit-deflate-frame"),
                all(
                    NegotiationRules.NO_TAKEOVER,
                    "permessage-deflate",
                    "permessage-deflate; client_no_context_takeover"))
            .toList(),
        (trial, row) -> {
          RawServer server = trial.listen();
          CompletableFuture<WebSocketClient> connected =
              trial.connect(trial.builder(server.uri()).compression(row.compression()));
          RawPeer peer = trial.keep(server.accept(trial.newWire()));
          ClientTrial.answer(peer, peer.readHead(), row.header());
          Throwable failure = Patience.failure(connected, "connect");
          WebSocketException refusal = assertInstanceOf(WebSocketException.class, failure);
          assertEquals(Kind.HANDSHAKE, refusal.kind(), refusal::toString);
          assertFalse(trial.events().hasOpened(), "no handler sees it");
        });
  }
}
