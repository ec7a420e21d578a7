package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.CloseReason;
import io.github.easywebsocket.Limits;
import io.github.easywebsocket.Limits.Overflow;
import io.github.easywebsocket.WebSocketException;
import io.github.easywebsocket.WebSocketException.Kind;
import io.github.easywebsocket.tck.Recording.Call;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Section 5, closing. */
interface ClosingRules {

  /** Codes that may be sent and are taken. */
  List<Integer> GOOD_CODES =
      List.of(
          1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000,
          4999);

  /** Codes that may neither be sent nor received. */
  List<Integer> BAD_CODES =
      List.of(0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535);

  // ---- 5.1: the first close wins

  @Test
  default void rule_5_1_our_first_close_wins(Trial trial) throws Exception {
    Link link = trial.open();
    link.connection().close(4001, "first");
    link.connection().close(4002, "second");
    link.peer().expect(Frame.close(4001, "first")).send(Frame.close(4003, "third"));
    link.app().expectClose(4001, "first");
  }

  @Test
  default void rule_5_1_the_peers_close_wins_when_it_is_first(Trial trial) throws Exception {
    trial.events().on(Call.CLOSE, (connection, reason) -> connection.close(4002, "too late"));
    Link link = trial.open();
    link.peer().send(Frame.close(4001, "first"), Frame.close(4003, "third"));
    link.peer().expectClose(4001);
    link.app().expectClose(4001, "first");
  }

  @Test
  default void rule_5_1_a_close_in_a_handler_wins_over_the_peers_behind_it(Trial trial)
      throws Exception {
    trial.events().on(Call.MESSAGE, (connection, message) -> connection.close(4001, "ours"));
    Link link = trial.open();
    link.peer().send(Frame.text("close!"), Frame.close(4002, "theirs"));
    link.peer().expect(Frame.close(4001, "ours"));
    link.app().expectText("close!").expectClose(4001, "ours");
  }

  @Test
  default void rule_5_1_a_failure_behind_a_close_changes_nothing(Trial trial) throws Exception {
    RuntimeException thrown = new RuntimeException("planted by the suite");
    trial
        .events()
        .on(
            Call.MESSAGE,
            (connection, message) -> {
              connection.close(4001, "ours");
              throw thrown;
            });
    Link link = trial.open();
    link.peer().text("close!").expect(Frame.close(4001, "ours")).send(Frame.close(4001, "ours"));
    link.app().expectText("close!").expectError(thrown).expectClose(4001, "ours");
  }

  // ---- 5.2, 5.3, 5.6: codes

  @TestFactory
  default Stream<DynamicTest> rule_5_2_a_close_frame_is_answered_with_its_code(Table<Trial> table) {
    return table.rows(
        List.of(1000, 1001, 1003, 3000, 4999),
        (trial, code) -> {
          Link link = trial.open();
          link.peer().send(Frame.close(code, "why")).expectClose(code);
          link.app().expectClose(code, "why");
        });
  }

  @Test
  default void rule_5_2_an_empty_close_frame_is_answered_by_an_empty_one(Trial trial)
      throws Exception {
    Link link = trial.open();
    link.peer().send(Frame.close()).expect(Frame.close());
    link.app().expectClose(1005);
  }

  @Test
  default void rule_5_2_messages_before_the_close_are_handled_before_its_answer(Trial trial)
      throws Exception {
    trial.events().on(Call.MESSAGE, (connection, message) -> connection.send("first"));
    Link link = trial.open();
    link.peer().send(Frame.text("a"), Frame.close(1000, ""));
    link.peer().expectText("first").expectClose(1000);
    link.app().expectText("a").expectClose(1000);
  }

  @Test
  default void rule_5_3_an_empty_close_frame_is_1005_to_the_application(Trial trial)
      throws Exception {
    Link link = trial.open();
    link.peer().send(Frame.close());
    link.app().expectClose(1005);
  }

  @Test
  default void rule_5_3_an_end_without_a_close_frame_is_1006_to_the_application(Trial trial)
      throws Exception {
    Link link = trial.open();
    link.peer().finish();
    link.app().expectClose(1006);
  }

  @TestFactory
  default Stream<DynamicTest> rule_5_4_a_code_that_may_not_be_sent_is_refused(Table<Trial> table) {
    List<Integer> codes =
        Stream.concat(BAD_CODES.stream(), Stream.of(-1, 65_536 + 1000, Integer.MIN_VALUE)).toList();
    return table.rows(
        codes,
        (trial, code) -> {
          Link link = trial.open();
          Exception refusal =
              assertThrows(
                  IllegalArgumentException.class, () -> link.connection().close(code, "x"));
          assertTrue(
              String.valueOf(refusal.getMessage()).contains(code.toString()),
              () -> "names the code: " + refusal);
          assertTrue(link.connection().isOpen(), "nothing happened");
          link.expectAlive().endWell();
        });
  }

  @TestFactory
  default Stream<DynamicTest> rule_5_5_a_close_frame_with_a_bad_code_fails_with_1002(
      Table<Trial> table) {
    return table.rows(
        BAD_CODES,
        (trial, code) -> {
          Link link = trial.open();
          link.peer().send(Frame.close(code, "x"));
          link.expectFailed(1002, Kind.PROTOCOL);
        });
  }

  @Test
  default void rule_5_5_a_close_frame_of_one_byte_fails_with_1002(Trial trial) throws Exception {
    Link link = trial.open();
    link.peer().send(Frame.of(Frame.CLOSE, (byte) 3));
    link.expectFailed(1002, Kind.PROTOCOL);
  }

  @TestFactory
  default Stream<DynamicTest> rule_5_5_a_reason_that_is_not_utf8_fails(Table<Trial> table) {
    return table.rows(
        Utf8Rules.INVALID.stream().filter(text -> text.bytes().length < 4).toList(),
        (trial, text) -> {
          Link link = trial.open();
          link.peer().send(Frame.close(1000, text.bytes()));
          int code = link.peer().expectFrame("a close frame").closeCode();
          assertTrue(code == 1007 || code == 1002, "1007 or 1002, not " + code);
          assertInstanceOf(WebSocketException.class, link.app().expectError());
          link.app().expectClose(code);
        });
  }

  @TestFactory
  default Stream<DynamicTest> rule_5_6_every_good_code_is_taken(Table<Trial> table) {
    return table.rows(
        GOOD_CODES,
        (trial, code) -> {
          Link link = trial.open();
          link.peer().send(Frame.close(code, "")).expectClose(code);
          link.app().expectClose(code);
        });
  }

  @TestFactory
  default Stream<DynamicTest> rule_5_6_every_good_code_may_be_sent(Table<Trial> table) {
    return table.rows(
        GOOD_CODES,
        (trial, code) -> {
          Link link = trial.open();
          link.connection().close(code, "why");
          link.peer().expect(Frame.close(code, "why")).send(Frame.close(code, ""));
          link.app().expectClose(code, "why");
        });
  }

  // ---- 5.7: reasons

  /** A reason that is given, and what of it is sent. */
  record Reason(String name, String given, String sent) implements Row {}

  @TestFactory
  default Stream<DynamicTest> rule_5_7_a_long_reason_is_cut_at_a_character(Table<Trial> table) {
    return table.rows(
        List.of(
            new Reason("empty", "", ""),
            new Reason("123 bytes", "x".repeat(123), "x".repeat(123)),
            new Reason("124 bytes", "x".repeat(124), "x".repeat(123)),
            new Reason("10,000 bytes", "x".repeat(10_000), "x".repeat(123)),
            new Reason("characters of two bytes", "\u00e4".repeat(62), "\u00e4".repeat(61)),
            new Reason("41 of three bytes", "\u20ac".repeat(41), "\u20ac".repeat(41)),
            new Reason("42 of three bytes", "\u20ac".repeat(42), "\u20ac".repeat(41)),
            new Reason(
                "characters of four bytes", "\ud83d\ude00".repeat(31), "\ud83d\ude00".repeat(30)),
            new Reason(
                "a character across the end", "x".repeat(121) + "\u20ac\u20ac", "x".repeat(121))),
        (trial, row) -> {
          Link link = trial.open();
          link.connection().close(4000, row.given());
          link.peer().expect(Frame.close(4000, row.sent())).send(Frame.close(4000, ""));
          link.app().expectClose(4000, row.sent());
        });
  }

  @Test
  default void rule_5_7_a_long_reason_of_the_peer_is_taken(Trial trial) throws Exception {
    Link link = trial.open();
    link.peer().send(Frame.close(4000, "\u20ac".repeat(41))).expectClose(4000);
    link.app().expectClose(4000, "\u20ac".repeat(41));
  }

  // ---- 5.8, 5.9: what is under way

  @Test
  default void rule_5_8_what_was_sent_before_goes_out_first(Trial trial) throws Exception {
    Link link = trial.open();
    for (int i = 0; i < 200; i++) {
      link.connection().send("m" + i);
    }
    link.connection().close(4000, "");
    for (int i = 0; i < 200; i++) {
      link.peer().expectText("m" + i);
    }
    link.peer().expectClose(4000).send(Frame.close(4000, ""));
    link.app().expectClose(4000);
  }

  @Test
  default void rule_5_8_a_full_queue_goes_out_first(Trial trial) throws Exception {
    Link link = trial.open(Setup::smallWindow);
    String text = "x".repeat(50_000);
    for (int i = 0; i < 18; i++) {
      link.connection().send(text);
    }
    link.connection().close(4000, "");
    for (int i = 0; i < 18; i++) {
      link.peer().expectText(text);
    }
    link.peer().expectClose(4000).send(Frame.close(4000, ""));
    link.app().expectClose(4000);
  }

  @Test
  default void rule_5_9_no_message_is_delivered_after_our_close(Trial trial) throws Exception {
    Link link = trial.open();
    link.connection().close(4000, "");
    link.peer().send(Frame.text("late"), Frame.ping("late"), Frame.binary((byte) 1));
    link.peer().expectClose(4000).send(Frame.text("later"), Frame.close(4000, ""));
    link.app().expectClose(4000);
  }

  @Test
  default void rule_5_9_no_message_is_delivered_after_a_close_in_a_handler(Trial trial)
      throws Exception {
    trial.events().on(Call.MESSAGE, (connection, message) -> connection.close(4000, ""));
    Link link = trial.open();
    link.peer().send(Frame.text("one"), Frame.text("two"), Frame.text("three"));
    link.peer().expectClose(4000).send(Frame.close(4000, ""));
    link.app().expectText("one").expectClose(4000);
  }

  @Test
  @HandlersBlock
  default void rule_5_9_no_message_is_delivered_after_a_close_though_the_peer_has_gone(Trial trial)
      throws Exception {
    Gate gate = trial.gate();
    trial
        .events()
        .on(
            Call.MESSAGE,
            (connection, message) -> {
              gate.pass();
              connection.close(4000, "");
            });
    Link link = trial.open();
    link.peer().send(Frame.text("one"), Frame.text("two"), Frame.text("three")).finish();
    gate.awaitEntered();
    Patience.until(() -> !link.connection().isOpen(), "the end of TCP is noticed");
    gate.open();
    link.app().expectText("one").expectClose(1006);
  }

  // ---- 5.11 to 5.14: the end

  @Test
  default void rule_5_11_a_peer_that_does_not_answer_our_close_is_aborted(Trial trial)
      throws Exception {
    Link link = trial.open();
    link.connection().close(4000, "");
    link.peer().expectClose(4000);
    trial.time().advance(Duration.ofSeconds(4));
    assertFalse(link.app().hasNext(), "the close time-out is 5 s");
    trial.time().advance(Duration.ofSeconds(2));
    link.app().expectError(Kind.TIMEOUT).expectClose(1006);
    link.peer().expectGone();
  }

  @Test
  default void rule_5_11_a_peer_that_sends_on_is_aborted_too(Trial trial) throws Exception {
    Link link = trial.open();
    link.connection().close(4000, "");
    link.peer().expectClose(4000);
    for (int second = 0; second < 6; second++) {
      link.peer().trySend(Frame.text("I am not listening"));
      trial.time().advance(Duration.ofSeconds(1));
    }
    link.app().expectError(Kind.TIMEOUT).expectClose(1006);
    link.peer().expectGone();
  }

  @Test
  default void rule_5_12_abort_ends_tcp_at_once(Trial trial) throws Exception {
    Link link = trial.open();
    link.connection().abort();
    link.peer().expectGone();
    link.app().expectClose(1006);
  }

  @Test
  default void rule_5_12_abort_works_with_a_full_queue(Trial trial) throws Exception {
    Link link = trial.open(Setup::smallWindow);
    for (int i = 0; i < 18; i++) {
      link.connection().send("x".repeat(50_000));
    }
    link.connection().abort();
    link.app().expectClose(1006);
    link.peer().expectGone();
  }

  @TestFactory
  default Stream<DynamicTest> rule_5_13_the_close_frame_of_a_failure_can_be_read(
      Table<Trial> table) {
    return table.rows(
        List.of(0, 1, 10_000, 300_000),
        (trial, size) -> {
          Link link = trial.open();
          byte[] bad = link.peer().encode(Frame.text("x").reserved(7));
          byte[] all = Arrays.copyOf(bad, bad.length + size);
          CompletableFuture<?> sending =
              Background.run(() -> link.peer().send(all, "a bad frame and " + size + " bytes"));
          link.peer().expectClose(1002);
          link.app().expectError(Kind.PROTOCOL).expectClose(1002);
          sending.handle((done, failure) -> done).get();
        });
  }

  /** A message that fails the connection. */
  record Fatal(String name, int code, Kind kind, Frame frame) implements Row {}

  @TestFactory
  default Stream<DynamicTest> rule_5_13_the_close_frame_of_a_failure_carries_its_code(
      Table<Trial> table) {
    byte[] large = new byte[2000];
    return table.rows(
        List.of(
            new Fatal("a protocol error", 1002, Kind.PROTOCOL, Frame.of(3)),
            new Fatal("not UTF-8", 1007, Kind.INVALID_TEXT, Frame.of(Frame.TEXT, (byte) 0xff)),
            new Fatal("too big", 1009, Kind.MESSAGE_TOO_BIG, Frame.binary(large))),
        (trial, row) -> {
          Link link = trial.open(Limits.DEFAULT.withMaxMessageSize(1000));
          link.peer().send(row.frame());
          link.expectFailed(row.code(), row.kind());
        });
  }

  @Test
  default void rule_5_14_closed_completes_after_onClose_has_returned(Trial trial) throws Exception {
    CompletableFuture<Boolean> doneInside = new CompletableFuture<>();
    trial
        .events()
        .on(
            Call.CLOSE,
            (connection, reason) ->
                doneInside.complete(connection.closed().toCompletableFuture().isDone()));
    Link link = trial.open();
    CompletableFuture<CloseReason> closed = link.connection().closed().toCompletableFuture();
    assertFalse(closed.isDone(), "the connection is open");
    link.peer().send(Frame.close(4000, "why")).expectClose(4000);
    assertEquals(new CloseReason(4000, "why"), Patience.get(closed, "closed()"));
    assertFalse(Patience.get(doneInside, "onClose"), "closed() was done inside of onClose");
    link.app().expectClose(4000, "why");
  }

  @Test
  default void rule_5_14_closed_completes_when_onClose_throws(Trial trial) throws Exception {
    trial
        .events()
        .on(
            Call.CLOSE,
            (connection, reason) -> {
              throw new IllegalStateException("planted by the suite");
            });
    Link link = trial.open();
    link.endWell();
    assertEquals(
        new CloseReason(1000, "done"), Patience.get(link.connection().closed(), "closed()"));
  }

  // ---- 5.15: what is under way when the peer closes

  /** A connection with a full queue, on which the peer's close has taken effect. */
  private static SlowPeer closedByASlowPeer(Trial trial) throws Exception {
    SlowPeer slow = SlowPeer.open(trial, Overflow.FAIL).fill();
    Link link = slow.link();
    link.peer().send(Frame.close(4001, "theirs"));
    Patience.until(() -> !link.connection().isOpen(), "the peer's close has taken effect");
    return slow;
  }

  @Test
  default void rule_5_15_a_full_queue_goes_out_before_the_peers_close_is_answered(Trial trial)
      throws Exception {
    SlowPeer slow = closedByASlowPeer(trial);
    slow.read(0, slow.taken().size());
    slow.link().peer().expectClose(4001);
    slow.link().app().expectClose(4001, "theirs");
    for (CompletableFuture<Void> send : slow.taken()) {
      Patience.get(send, "a send that was taken");
    }
  }

  @Test
  default void rule_5_15_a_peer_that_closes_and_ends_its_side_at_once_gets_all_as_well(Trial trial)
      throws Exception {
    SlowPeer slow = SlowPeer.open(trial, Overflow.FAIL).fill();
    RawPeer peer = slow.link().peer();
    peer.send(Frame.close(4001, "theirs")).finish();
    Patience.until(() -> !slow.link().connection().isOpen(), "the peer's close has taken effect");
    Patience.letHappen(); // the end of its side, too
    slow.read(0, slow.taken().size());
    peer.expectClose(4001).expectFin();
    slow.link().app().expectClose(4001, "theirs");
  }

  @Test
  default void rule_5_15_a_peer_that_closes_and_does_not_read_is_aborted(Trial trial)
      throws Exception {
    Link link = closedByASlowPeer(trial).link();
    trial.time().advance(Duration.ofSeconds(4));
    assertFalse(link.app().hasNext(), "the close time-out is 5 s");
    trial.time().advance(Duration.ofSeconds(2));
    link.app().expectError(Kind.TIMEOUT).expectClose(4001, "theirs");
    link.peer().expectGone();
  }
}
