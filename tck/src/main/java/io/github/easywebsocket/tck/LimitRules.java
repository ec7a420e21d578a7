package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Limits;
import io.github.easywebsocket.Limits.Overflow;
import io.github.easywebsocket.Timeouts;
import io.github.easywebsocket.WebSocketException.Kind;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Section 6, limits and time-outs. */
interface LimitRules {

  // ---- 6.1 to 6.3: size and fragments

  /** A length above a limit. */
  record Excess(int limit, long length) {
    @Override
    public String toString() {
      return length + " bytes, limit " + limit;
    }
  }

  private static Stream<DynamicTest> allFailAtTheHeader(Table<Trial> table, Excess... rows) {
    return table.rows(
        List.of(rows),
        (trial, row) -> {
          for (Frame frame : List.of(Frame.text(""), Frame.binary(), Frame.text("").notLast())) {
            Link link = trial.open(Limits.DEFAULT.withMaxMessageSize(row.limit()));
            link.peer().announce(frame, row.length());
            link.expectFailed(1009, Kind.MESSAGE_TOO_BIG);
          }
        });
  }

  @TestFactory
  default Stream<DynamicTest> rule_6_1_a_message_over_the_limit_fails_at_its_header(
      Table<Trial> table) {
    return allFailAtTheHeader(
        table,
        new Excess(1, 2),
        new Excess(100, 101),
        new Excess(125, 126),
        new Excess(1000, 1001),
        new Excess(65_535, 65_536),
        new Excess(1 << 20, (1 << 20) + 1),
        new Excess(1 << 20, Integer.MAX_VALUE));
  }

  @TestFactory
  default Stream<DynamicTest> rule_6_1_a_message_of_2_GiB_and_more_fails_at_its_header(
      Table<Trial> table) {
    return allFailAtTheHeader(
        table,
        new Excess(1 << 20, 1L << 31),
        new Excess(1 << 20, 1L << 32),
        new Excess(1 << 20, (1L << 32) + 5),
        new Excess(1 << 20, 1L << 62),
        new Excess(1 << 20, Long.MAX_VALUE));
  }

  @TestFactory
  default Stream<DynamicTest> rule_6_1_a_message_over_the_limit_fails(Table<Trial> table) {
    return table.rows(
        List.of(1, 125, 1000, 65_535, 1 << 20),
        (trial, limit) -> {
          Link link = trial.open(Limits.DEFAULT.withMaxMessageSize(limit));
          Frame frame = Frame.binary(new byte[limit + 1]);
          CompletableFuture<?> sending = Background.run(() -> link.peer().trySend(frame));
          link.expectFailed(1009, Kind.MESSAGE_TOO_BIG);
          Patience.get(sending, "sending");
        });
  }

  @TestFactory
  default Stream<DynamicTest> rule_6_1_a_fragment_over_the_rest_of_the_limit_fails_at_its_header(
      Table<Trial> table) {
    return table.rows(
        List.of(1, 400, 600, 1000),
        (trial, first) -> {
          Link link = trial.open(Limits.DEFAULT.withMaxMessageSize(1000));
          link.peer().send(Frame.text("x".repeat(first)).notLast());
          link.peer().announce(Frame.continuation(""), 1001 - first);
          link.expectFailed(1009, Kind.MESSAGE_TOO_BIG);
        });
  }

  @TestFactory
  default Stream<DynamicTest> rule_6_1_fragments_are_summed(Table<Trial> table) {
    return table.rows(
        List.of(1, 400, 600, 1000),
        (trial, first) -> {
          Link link = trial.open(Limits.DEFAULT.withMaxMessageSize(1000));
          link.peer().send(Frame.text("x".repeat(first)).notLast());
          link.peer().trySend(Frame.continuation("x".repeat(1001 - first)).notLast());
          link.expectFailed(1009, Kind.MESSAGE_TOO_BIG);
        });
  }

  @Test
  default void rule_6_1_the_limit_counts_bytes_not_characters(Trial trial) throws Exception {
    Link link = trial.open(Limits.DEFAULT.withMaxMessageSize(299));
    link.peer().text("\u20ac".repeat(100));
    link.expectFailed(1009, Kind.MESSAGE_TOO_BIG);
  }

  @Test
  default void rule_6_1_the_limit_is_for_each_message(Trial trial) throws Exception {
    Link link = trial.open(Limits.DEFAULT.withMaxMessageSize(1000));
    for (int i = 0; i < 5; i++) {
      link.peer().text("x".repeat(900));
      link.app().expectText("x".repeat(900));
    }
    link.endWell();
  }

  @TestFactory
  default Stream<DynamicTest> rule_6_2_a_message_of_exactly_the_limit_is_delivered(
      Table<Trial> table) {
    return table.rows(
        List.of(1, 2, 125, 126, 1000, 65_535, 65_536, 1 << 20),
        (trial, limit) -> {
          byte[] bytes = ReceivingRules.bytes(limit);
          Link link = trial.open(Limits.DEFAULT.withMaxMessageSize(limit));
          link.peer().send(Frame.binary(bytes));
          link.app().expectBinary(bytes);
          String text = "x".repeat(limit);
          link.peer().send(Frame.text(text).notLast(), Frame.continuation(""));
          link.app().expectText(text);
          link.expectOpen();
        });
  }

  @Test
  default void rule_6_2_the_limit_is_not_for_control_frames(Trial trial) throws Exception {
    Link link = trial.open(Limits.DEFAULT.withMaxMessageSize(10));
    String payload = "p".repeat(125);
    link.peer().send(Frame.ping(payload)).expect(Frame.pong(payload));
    link.app().expectPing(payload);
    link.peer().send(Frame.close(1000, "r".repeat(123))).expectClose(1000);
    link.app().expectClose(1000, "r".repeat(123));
  }

  @Test
  default void rule_6_3_as_many_fragments_as_allowed_are_delivered(Trial trial) throws Exception {
    Link link = trial.open(Limits.DEFAULT.withMaxFragments(8));
    for (int message = 0; message < 3; message++) {
      link.peer().send(Frame.text("a").notLast());
      for (int i = 0; i < 6; i++) {
        link.peer().send(Frame.continuation("b").notLast());
      }
      link.peer().send(Frame.continuation("c"));
      link.app().expectText("abbbbbbc");
    }
    link.endWell();
  }

  @TestFactory
  default Stream<DynamicTest> rule_6_3_one_fragment_more_fails_with_1009(Table<Trial> table) {
    return table.rows(
        List.of("x", ""),
        (trial, payload) -> {
          Link link = trial.open(Limits.DEFAULT.withMaxFragments(8));
          link.peer().send(Frame.text("a").notLast());
          for (int i = 0; i < 8; i++) {
            link.peer().trySend(Frame.continuation(payload).notLast());
          }
          link.expectFailed(1009, Kind.MESSAGE_TOO_BIG);
        });
  }

  @Test
  default void rule_6_3_a_flood_of_fragments_is_ended(Trial trial) throws Exception {
    Link link = trial.open();
    link.peer().send(Frame.text("").notLast());
    Frame[] flood = new Frame[1100];
    Arrays.fill(flood, Frame.continuation("").notLast());
    link.peer().trySend(flood);
    link.expectFailed(1009, Kind.MESSAGE_TOO_BIG);
  }

  // ---- 6.4 and 6.5: silence

  private static Link openWithoutPings(Trial trial) throws Exception {
    return trial.open(setup -> setup.timeouts(Timeouts.DEFAULT.withPing(Duration.ZERO)));
  }

  @Test
  default void rule_6_4_a_silent_peer_is_closed_with_1001(Trial trial) throws Exception {
    Link link = openWithoutPings(trial);
    trial.time().advance(Duration.ofSeconds(58));
    link.expectAlive();
    trial.pass(Duration.ofSeconds(58));
    assertTrue(link.connection().isOpen(), "58 s after the peer was heard");
    trial.time().advance(Duration.ofSeconds(4));
    link.peer().expectClose(1001);
    link.app().expectError(Kind.TIMEOUT).expectClose(1001);
  }

  @TestFactory
  default Stream<DynamicTest> rule_6_4_every_kind_of_frame_counts_as_life(Table<Trial> table) {
    return table.rows(
        List.of("text", "ping", "pong", "fragment"),
        (trial, row) -> {
          Link link = openWithoutPings(trial);
          for (int i = 0; i < 3; i++) {
            trial.pass(Duration.ofSeconds(50));
            switch (row) {
              case "text" -> link.expectAlive();
              case "ping" -> {
                link.peer().send(Frame.ping("p")).expect(Frame.pong("p"));
                link.app().expectPing("p");
              }
              case "pong" -> {
                link.peer().send(Frame.pong("p"));
                link.app().expectPong("p");
              }
              default -> {
                Frame part = i == 0 ? Frame.text("a") : Frame.continuation("b");
                link.peer().send(part.notLast(), Frame.pong("fence"));
                link.app().expectPong("fence");
              }
            }
          }
          assertTrue(link.connection().isOpen(), "150 s, never 60 of them silent");
        });
  }

  @Test
  default void rule_6_4_every_byte_counts_as_life(Trial trial) throws Exception {
    Link link = openWithoutPings(trial);
    byte[] bytes = link.peer().encode(Frame.text("abc"));
    for (byte one : bytes) {
      trial.pass(Duration.ofSeconds(50));
      link.peer().send(new byte[] {one}, "one byte");
    }
    link.app().expectText("abc");
    link.endWell();
  }

  @Test
  default void rule_6_4_zero_is_never(Trial trial) throws Exception {
    Timeouts never = Timeouts.DEFAULT.withIdle(Duration.ZERO).withPing(Duration.ZERO);
    Link link = trial.open(setup -> setup.timeouts(never));
    trial.time().advance(Duration.ofHours(1));
    link.expectAlive().endWell();
  }

  @Test
  default void rule_6_5_a_silent_peer_is_sent_a_ping(Trial trial) throws Exception {
    Link link = trial.open();
    link.app().ignoreRest();
    for (int i = 0; i < 4; i++) {
      trial.pass(Duration.ofSeconds(26));
      Frame ping = link.peer().expectFrame("a ping");
      assertEquals(Frame.PING, ping.opcode());
      link.peer().send(Frame.of(Frame.PONG, ping.payload()));
      link.app().expectPong(ping.text());
    }
    link.expectAlive().endWell();
  }

  @Test
  default void rule_6_5_a_peer_that_talks_is_not_pinged(Trial trial) throws Exception {
    Link link = trial.open();
    for (int i = 0; i < 5; i++) {
      trial.pass(Duration.ofSeconds(20));
      link.expectAlive();
    }
    link.endWell(); // the next frame is the close
  }

  // ---- 6.6: a send without progress

  private static SlowPeer openStuck(Trial trial) throws Exception {
    return SlowPeer.open(trial, Overflow.FAIL, SlowPeer.PATIENT).fill();
  }

  @Test
  default void rule_6_6_a_send_without_progress_is_aborted(Trial trial) throws Exception {
    SlowPeer slow = openStuck(trial).awaitStuck(trial);
    Link link = slow.link();
    trial.time().advance(Duration.ofSeconds(6));
    assertTrue(link.connection().isOpen(), "the write time-out is 10 s");
    slow.letTimeOut(trial);
    link.app().expectError(Kind.TIMEOUT).expectClose(1006);
    link.peer().expectGone();
  }

  @Test
  default void rule_6_6_a_send_with_progress_goes_on(Trial trial) throws Exception {
    SlowPeer slow = openStuck(trial);
    int read = 0;
    for (int i = 0; i < 3; i++) {
      trial.time().advance(Duration.ofSeconds(8));
      long before = slow.link().connection().pendingBytes();
      while (slow.link().connection().pendingBytes() == before) {
        slow.read(read, read + 1);
        read++;
      }
      slow.fill();
    }
    slow.read(read, slow.taken().size());
    slow.link().expectAlive().endWell(); // 24 s, never 10 of them without progress
  }

  // ---- 6.7: a peer that reads slowly

  @Test
  default void rule_6_7_a_peer_that_reads_slowly_is_not_cut_off(Trial trial) throws Exception {
    SlowPeer slow = SlowPeer.open(trial, Overflow.FAIL, SlowPeer.PATIENT);
    slow.readSlowly(trial);
    slow.link().expectAlive().endWell();
  }
}
