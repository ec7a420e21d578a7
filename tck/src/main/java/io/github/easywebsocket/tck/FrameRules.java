package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.WebSocketException;
import io.github.easywebsocket.WebSocketException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Section 3, receiving: frames that are not allowed. */
interface FrameRules {

  /** Something a peer does to an open connection. */
  @FunctionalInterface
  interface Offence {
    /** Commits the offence. */
    void by(RawPeer peer);
  }

  /** An offence and its name. */
  record Bad(String name, Offence offence) implements Row {}

  private static Stream<DynamicTest> allFailWith1002(Table<Trial> table, List<Bad> rows) {
    return table.rows(
        rows,
        (trial, row) -> {
          Link link = trial.open();
          link.expectAlive();
          row.offence().by(link.peer());
          link.expectFailed(1002, Kind.PROTOCOL);
        });
  }

  @TestFactory
  default Stream<DynamicTest> rule_3_4_the_wrong_mask_fails_with_1002(Table<Trial> table) {
    List<Bad> rows = new ArrayList<>();
    for (Frame frame :
        List.of(
            Frame.text("x"),
            Frame.text(""),
            Frame.binary((byte) 1),
            Frame.ping("x"),
            Frame.pong("x"),
            Frame.close(1000, ""))) {
      rows.add(new Bad(frame + " wrongly masked", peer -> peer.sendWronglyMasked(frame)));
    }
    return allFailWith1002(table, rows);
  }

  @TestFactory
  default Stream<DynamicTest> rule_3_4_reserved_bits_fail_with_1002(Table<Trial> table) {
    List<Bad> rows = new ArrayList<>();
    for (int bits = 1; bits < 8; bits++) {
      int reserved = bits;
      rows.add(
          new Bad("text with RSV " + bits, peer -> peer.send(Frame.text("x").reserved(reserved))));
    }
    rows.add(new Bad("binary with RSV1", peer -> peer.send(Frame.binary().reserved(4))));
    rows.add(new Bad("ping with RSV1", peer -> peer.send(Frame.ping("x").reserved(4))));
    rows.add(new Bad("pong with RSV2", peer -> peer.send(Frame.pong("x").reserved(2))));
    rows.add(new Bad("close with RSV3", peer -> peer.send(Frame.close().reserved(1))));
    rows.add(
        new Bad(
            "continuation with RSV1",
            peer -> peer.send(Frame.text("x").notLast(), Frame.continuation("y").reserved(4))));
    return allFailWith1002(table, rows);
  }

  @TestFactory
  default Stream<DynamicTest> rule_3_4_reserved_opcodes_fail_with_1002(Table<Trial> table) {
    List<Bad> rows = new ArrayList<>();
    for (int opcode : List.of(3, 4, 5, 6, 7, 11, 12, 13, 14, 15)) {
      rows.add(new Bad("opcode " + opcode, peer -> peer.send(Frame.of(opcode))));
      rows.add(
          new Bad(
              "opcode " + opcode + " with a payload",
              peer -> peer.send(Frame.of(opcode, (byte) 'x', (byte) 'y'))));
    }
    rows.add(
        new Bad(
            "opcode 3 between fragments",
            peer -> peer.send(Frame.text("x").notLast(), Frame.of(3, (byte) 'y'))));
    return allFailWith1002(table, rows);
  }

  @TestFactory
  default Stream<DynamicTest> rule_3_4_fragmented_or_long_control_frames_fail_with_1002(
      Table<Trial> table) {
    byte[] payload126 = ReceivingRules.bytes(126);
    return allFailWith1002(
        table,
        List.of(
            new Bad("ping without FIN", peer -> peer.send(Frame.ping("x").notLast())),
            new Bad("pong without FIN", peer -> peer.send(Frame.pong("x").notLast())),
            new Bad("close without FIN", peer -> peer.send(Frame.close(1000, "").notLast())),
            new Bad("ping of 126 bytes", peer -> peer.send(Frame.of(Frame.PING, payload126))),
            new Bad("pong of 126 bytes", peer -> peer.send(Frame.of(Frame.PONG, payload126))),
            new Bad("close of 126 bytes", peer -> peer.send(Frame.close(1000, "x".repeat(124)))),
            new Bad("ping of 65,536 bytes", peer -> peer.send(Frame.ping("x".repeat(65_536)))),
            new Bad(
                "ping of 126 bytes between fragments",
                peer -> peer.send(Frame.text("x").notLast(), Frame.of(Frame.PING, payload126)))));
  }

  @TestFactory
  default Stream<DynamicTest> rule_3_4_fragments_out_of_order_fail_with_1002(Table<Trial> table) {
    Frame begin = Frame.text("a").notLast();
    return allFailWith1002(
        table,
        List.of(
            new Bad("a continuation first", peer -> peer.send(Frame.continuation("b"))),
            new Bad("an empty continuation first", peer -> peer.send(Frame.continuation(""))),
            new Bad("one without FIN first", peer -> peer.send(Frame.continuation("b").notLast())),
            new Bad("text inside of text", peer -> peer.send(begin, Frame.text("b"))),
            new Bad("binary inside of text", peer -> peer.send(begin, Frame.binary((byte) 1))),
            new Bad("text begun inside of text", peer -> peer.send(begin, begin)),
            new Bad(
                "text inside of binary",
                peer -> peer.send(Frame.binary((byte) 1).notLast(), Frame.text("b"))),
            new Bad("an empty text inside of text", peer -> peer.send(begin, Frame.text("")))));
  }

  @TestFactory
  default Stream<DynamicTest> rule_3_4_a_continuation_behind_a_whole_message_fails_with_1002(
      Table<Trial> table) {
    return table.rows(
        List.of("in one frame", "in two frames"),
        (trial, row) -> {
          Link link = trial.open();
          if (row.equals("in one frame")) {
            link.peer().text("ab");
          } else {
            link.peer().send(Frame.text("a").notLast(), Frame.continuation("b"));
          }
          link.app().expectText("ab");
          link.peer().send(Frame.continuation("c"));
          link.expectFailed(1002, Kind.PROTOCOL);
        });
  }

  // ---- 3.5 and 3.6: lengths

  /** A length that is announced. */
  record Announced(Frame frame, long length) {
    @Override
    public String toString() {
      return frame + " of " + Long.toUnsignedString(length) + " bytes";
    }
  }

  @TestFactory
  default Stream<DynamicTest> rule_3_5_a_length_with_its_top_bit_set_fails_at_the_header(
      Table<Trial> table) {
    List<Announced> rows = new ArrayList<>();
    for (Frame frame : List.of(Frame.text(""), Frame.binary(), Frame.text("").notLast())) {
      rows.add(new Announced(frame, Long.MIN_VALUE));
      rows.add(new Announced(frame, Long.MIN_VALUE + 5));
      rows.add(new Announced(frame, -1));
    }
    return table.rows(
        rows,
        (trial, row) -> {
          Link link = trial.open();
          link.peer().announce(row.frame(), Frame.Length.BITS_64, row.length());
          Frame close = link.peer().expectFrame("a close frame");
          int code = close.closeCode();
          assertTrue(code == 1002 || code == 1009, "1002 or 1009, not " + close);
          assertInstanceOf(WebSocketException.class, link.app().expectError());
          link.app().expectClose(code);
        });
  }

  @TestFactory
  default Stream<DynamicTest> rule_3_6_a_length_not_in_the_fewest_bytes_fails_with_1002(
      Table<Trial> table) {
    List<Bad> rows = new ArrayList<>();
    for (int size : List.of(0, 1, 125)) {
      rows.add(lengthAs(Frame.binary(new byte[size]), Frame.Length.BITS_16));
    }
    for (int size : List.of(0, 1, 125, 126, 127, 65_535)) {
      rows.add(lengthAs(Frame.binary(new byte[size]), Frame.Length.BITS_64));
    }
    rows.add(lengthAs(Frame.text("x"), Frame.Length.BITS_16));
    rows.add(lengthAs(Frame.ping("x"), Frame.Length.BITS_16));
    rows.add(lengthAs(Frame.ping("x"), Frame.Length.BITS_64));
    rows.add(lengthAs(Frame.close(1000, ""), Frame.Length.BITS_16));
    return allFailWith1002(table, rows);
  }

  private static Bad lengthAs(Frame frame, Frame.Length form) {
    int size = frame.payload().length;
    String name = "opcode " + frame.opcode() + " of " + size + " bytes with a length of " + form;
    return new Bad(name, peer -> peer.send(frame, form));
  }
}
