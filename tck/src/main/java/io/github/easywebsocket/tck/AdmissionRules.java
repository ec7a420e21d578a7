package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Handshake;
import io.github.easywebsocket.Timeouts;
import io.github.easywebsocket.Verdict;
import io.github.easywebsocket.WebSocketException;
import io.github.easywebsocket.tck.Recording.Call;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Section 2, opening handshake: early frames, bounds, and handshakes that fail. */
interface AdmissionRules {

  // ---- 1.13

  @TestFactory
  default Stream<DynamicTest> rule_1_13_a_handshake_that_failed_is_never_seen_by_a_handler(
      Table<ServerTrial> table) {
    return table.rows(
        List.of("wrong version", "wrong path", "wrong origin", "rejected", "broken verifier"),
        (trial, row) -> {
          trial.start(builder -> builder.path("/ws").verifier(AdmissionRules::verify));
          Request good = trial.handshake();
          Request bad =
              switch (row) {
                case "wrong version" -> good.set("Sec-WebSocket-Version", "8");
                case "wrong path" -> good.target("/other");
                case "wrong origin" -> good.with("Origin", "https://evil.example");
                case "rejected" -> good.with("X-Verdict", "reject");
                default -> good.with("X-Verdict", "throw");
              };
          assertTrue(trial.ask(bad).status() >= 400, "the handshake is refused");
          trial.shakeHands(trial.connect());
          trial.events().opened();
          assertEquals(1, trial.events().all().size(), "connections that handlers have seen");
        });
  }

  private static Verdict verify(Handshake handshake) {
    String wanted = String.valueOf(handshake.header("X-Verdict"));
    if (wanted.equals("throw")) {
      throw new IllegalStateException("planted by the suite");
    }
    return wanted.equals("reject") ? Verdict.reject(401) : Verdict.accept();
  }

  @Test
  default void rule_1_13_a_peer_that_leaves_inside_of_its_request_is_never_seen(ServerTrial trial)
      throws Exception {
    byte[] request = trial.handshake().encode();
    for (int length : new int[] {0, 1, 20, request.length - 2}) {
      byte[] part = Arrays.copyOf(request, length);
      trial.connect().send(part, "a part of a request").finish();
      trial.connect().send(part, "a part of a request").reset();
    }
    trial.connectOpen();
    trial.events().opened();
    assertEquals(1, trial.events().all().size(), "connections that handlers have seen");
  }

  // ---- 2.13

  @Test
  default void rule_2_13_frames_behind_the_handshake_are_delivered(ServerTrial trial)
      throws Exception {
    trial.server();
    RawPeer peer = trial.connect();
    byte[] request = trial.handshake().encode();
    byte[] frames = peer.encode(Frame.text("early"), Frame.ping("p"), Frame.text("bird"));
    byte[] all = Arrays.copyOf(request, request.length + frames.length);
    System.arraycopy(frames, 0, all, request.length, frames.length);
    peer.send(all, "a handshake and three frames in one write");
    assertEquals(101, peer.readAnswer().status());
    Recording app = trial.events().opened();
    app.expectText("early").expectPing("p").expectText("bird");
    peer.expect(Frame.pong("p"));
    new Link(app, peer).endWell();
  }

  @Test
  default void rule_5_13_the_close_frame_of_a_failure_right_behind_the_handshake_can_be_read(
      ServerTrial trial) throws Exception {
    trial.server();
    RawPeer peer = trial.connect();
    byte[] request = trial.handshake().encode();
    byte[] bad = peer.encode(Frame.text("x").reserved(4));
    byte[] all = Arrays.copyOf(request, request.length + bad.length);
    System.arraycopy(bad, 0, all, request.length, bad.length);
    peer.send(all, "a handshake and a bad frame in one write");
    assertEquals(101, peer.readAnswer().status());
    new Link(trial.events().opened(), peer).expectFailed(1002, WebSocketException.Kind.PROTOCOL);
  }

  @Test
  default void rule_2_13_a_handshake_may_come_byte_by_byte(ServerTrial trial) throws Exception {
    trial.server();
    RawPeer peer = trial.connect();
    for (byte one : trial.handshake().encode()) {
      peer.send(new byte[] {one}, "one byte");
    }
    peer.text("at last");
    assertEquals(101, peer.readAnswer().status());
    Recording app = trial.events().opened().expectText("at last");
    new Link(app, peer).endWell();
  }

  @Test
  @HandlersBlock
  default void rule_2_13_frames_that_come_while_the_verifier_runs_are_delivered(ServerTrial trial)
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
    peer.text("early").text("bird");
    gate.open();
    assertEquals(101, peer.readAnswer().status());
    Recording app = trial.events().opened().expectText("early").expectText("bird");
    new Link(app, peer).endWell();
  }

  @Test
  default void rule_2_13_a_close_behind_the_handshake_comes_after_onOpen(ServerTrial trial)
      throws Exception {
    trial.events().on(Call.OPEN, (connection, none) -> connection.send("hello"));
    trial.server();
    RawPeer peer = trial.connect();
    peer.send(trial.handshake()).send(Frame.text("bye"), Frame.close(1000, ""));
    assertEquals(101, peer.readAnswer().status());
    peer.expectText("hello").expectClose(1000);
    trial.events().opened().expectText("bye").expectClose(1000);
  }

  // ---- 2.14

  @Test
  default void rule_2_14_above_maxConnections_a_handshake_gets_503(ServerTrial trial)
      throws Exception {
    trial.start(builder -> builder.maxConnections(2));
    RawPeer first = trial.connectOpen();
    trial.connectOpen();
    trial.events().opened();
    trial.events().opened();
    Answer refused = trial.ask(trial.handshake());
    assertEquals(503, refused.status());
    assertEquals(2, trial.events().all().size(), "connections that handlers have seen");
    first.close();
    awaitRoom(trial, 503);
  }

  /** Tries until a handshake is taken: when exactly a place is free again, no one can see. */
  static void awaitRoom(ServerTrial trial, int refusal) throws Exception {
    long deadline = System.nanoTime() + Patience.TIME.toNanos();
    int status = 0;
    while (status != 101) {
      RawPeer peer = trial.connect();
      status = peer.send(trial.handshake()).readAnswer().status();
      assertTrue(status == 101 || status == refusal, "status " + status);
      assertTrue(System.nanoTime() < deadline, "a place that was left is never free again");
    }
    trial.events().opened();
  }

  // ---- 2.26

  @Test
  default void rule_2_26_beyond_maxTcpConnections_a_connection_waits_until_one_ends(
      ServerTrial trial) throws Exception {
    trial.start(builder -> builder.maxTcpConnections(3));
    RawPeer silent = trial.connect();
    trial.connectOpen();
    trial.connectOpen();
    trial.events().opened();
    trial.events().opened();
    RawPeer waiting = trial.connect().send(trial.handshake());
    Patience.letHappen();
    assertFalse(trial.events().hasOpened(), "a connection beyond the bound is accepted");
    silent.finish();
    assertEquals(101, waiting.readAnswer().status());
    new Link(trial.events().opened(), waiting).expectAlive().endWell();
  }

  // ---- 2.15

  /** A head that is too long. */
  record LongHead(String name, int headers, int size) implements Row {}

  @TestFactory
  default Stream<DynamicTest> rule_2_15_a_head_above_8_KiB_is_refused(Table<ServerTrial> table) {
    return table.rows(
        List.of(
            new LongHead("one header of 9 KiB", 1, 9 << 10),
            new LongHead("one header of 64 KiB", 1, 64 << 10),
            new LongHead("90 headers of 100 bytes", 90, 100),
            new LongHead("2,000 headers of 100 bytes", 2_000, 100)),
        (trial, row) -> {
          trial.server();
          Request request = trial.handshake();
          for (int i = 0; i < row.headers(); i++) {
            request = request.with("X-Long-" + i, "x".repeat(row.size()));
          }
          int status = sendHuge(trial, request);
          assertTrue(status == 431 || status == 400 || status == 0, "status " + status);
          trial.connectOpen();
          trial.events().opened();
          assertEquals(1, trial.events().all().size(), "connections that handlers have seen");
        });
  }

  @Test
  default void rule_2_15_a_long_target_is_refused(ServerTrial trial) throws Exception {
    trial.server();
    int status = sendHuge(trial, trial.handshake().target("/" + "a".repeat(9 << 10)));
    assertTrue(List.of(400, 414, 431).contains(status), "status " + status);
  }

  /** The status that a huge request gets; 0 if a reset overtakes it. */
  private static int sendHuge(ServerTrial trial, Request request) throws Exception {
    try (RawPeer peer = trial.connect()) {
      return peer.send(request).readAnswer().status();
    } catch (IOException | UncheckedIOException e) {
      return 0;
    }
  }

  @TestFactory
  default Stream<DynamicTest> rule_2_15_a_head_that_does_not_come_ends_its_connection(
      Table<ServerTrial> table) {
    return table.rows(
        List.of("", "GET", "GET /ws HTTP/1.1\r\nHost: a\r\n", "GET /ws HTTP/1.1\r\nHost: a\r\nX"),
        (trial, begun) -> {
          Timeouts quick = Timeouts.DEFAULT.withHandshake(Duration.ofMillis(200));
          trial.start(builder -> builder.timeouts(quick));
          RawPeer peer = trial.connect();
          if (!begun.isEmpty()) {
            peer.send(begun.getBytes(StandardCharsets.US_ASCII), "half a head");
          }
          peer.expectGone();
          assertFalse(trial.events().hasOpened(), "no handler sees it");
        });
  }
}
