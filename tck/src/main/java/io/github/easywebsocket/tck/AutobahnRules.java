package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Limits;
import io.github.easywebsocket.Message;
import io.github.easywebsocket.WebSocketException;
import io.github.easywebsocket.WebSocketException.Kind;
import io.github.easywebsocket.tck.Recording.Call;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The cases of the Autobahn test suite that need no compression, by their numbers: sections 1 to 7,
 * 9 and 10. Those of section 9 are of a quarter of the size or number, as the mechanism is the
 * same.
 */
interface AutobahnRules {

  /** What the peer does, and what it and the application see. */
  @FunctionalInterface
  interface Script {
    /** Runs the case. */
    void run(Link link) throws Exception;
  }

  /** A case and its number. */
  record Case(String number, Script script) {
    @Override
    public String toString() {
      return "Autobahn " + number;
    }
  }

  /** Room for the largest message and the most fragments. */
  Limits LIMITS = Limits.DEFAULT.withMaxMessageSize(4 << 20).withMaxFragments(1 << 15);

  private static Stream<DynamicTest> run(Table<Trial> table, List<Case> cases) {
    return table.rows(cases, (trial, row) -> row.script().run(trial.open(LIMITS)));
  }

  // ---- how bytes are cut: whole, frame by frame, byte by byte

  private static void send(Link link, int size, Frame... frames) {
    byte[] bytes = link.peer().encode(frames);
    for (int from = 0; from < bytes.length; from += size) {
      byte[] part = Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + size));
      try {
        link.peer().send(part, "bytes from " + from);
      } catch (UncheckedIOException e) {
        return; // a violation has ended the connection
      }
    }
  }

  private static void sendAll(Link link, Frame... frames) {
    send(link, Integer.MAX_VALUE, frames);
  }

  private static void sendEach(Link link, Frame... frames) {
    for (Frame frame : frames) {
      link.peer().trySend(frame);
    }
  }

  // ---- sections 1, 5, 9 and 10: messages

  private static Frame data(boolean text, int size) {
    byte[] payload = new byte[size];
    Arrays.fill(payload, (byte) '*');
    return Frame.of(text ? Frame.TEXT : Frame.BINARY, payload);
  }

  private static void expect(Link link, Frame frame) throws InterruptedException {
    if (frame.opcode() == Frame.TEXT) {
      link.app().expectText(frame.text());
    } else {
      link.app().expectBinary(frame.payload());
    }
  }

  private static Script message(boolean text, int size, int cut) {
    return link -> {
      Frame frame = data(text, size);
      send(link, cut, frame);
      expect(link, frame);
      link.endWell();
    };
  }

  private static Script inFragments(boolean text, int size, int fragment) {
    return link -> {
      Frame whole = data(text, size);
      for (int from = 0; from < size; from += fragment) {
        int to = Math.min(size, from + fragment);
        byte[] part = Arrays.copyOfRange(whole.payload(), from, to);
        Frame frame = Frame.of(from == 0 ? whole.opcode() : Frame.CONTINUATION, part);
        link.peer().send(to < size ? frame.notLast() : frame);
      }
      expect(link, whole);
      link.endWell();
    };
  }

  /** How frames are sent. */
  @FunctionalInterface
  interface Cut {
    /** Sends the frames. */
    void send(Link link, Frame... frames);
  }

  private static Script twoFragments(Cut cut) {
    return link -> {
      cut.send(link, Frame.text("fragment1").notLast(), Frame.continuation("fragment2"));
      link.app().expectText("fragment1fragment2");
      link.endWell();
    };
  }

  private static Script pingBetweenTwoFragments(Cut cut) {
    return link -> {
      Frame first = Frame.text("fragment1").notLast();
      cut.send(link, first, Frame.ping("between"), Frame.continuation("fragment2"));
      link.peer().expect(Frame.pong("between"));
      link.app().expectPing("between").expectText("fragment1fragment2");
      link.endWell();
    };
  }

  private static Script pingsBetweenFiveFragments(Cut cut) {
    return link -> {
      Frame second = Frame.continuation("2").notLast();
      cut.send(link, Frame.text("1").notLast(), second, Frame.ping("one"));
      link.peer().expect(Frame.pong("one"));
      Frame third = Frame.continuation("3").notLast();
      cut.send(link, third, Frame.continuation("4").notLast(), Frame.ping("two"));
      link.peer().expect(Frame.pong("two"));
      cut.send(link, Frame.continuation("5"));
      link.app().expectPing("one").expectPing("two").expectText("12345");
      link.endWell();
    };
  }

  /** All cases whose message is delivered. */
  static List<Case> messages() {
    List<Case> cases = new ArrayList<>();
    int[] sizes = {0, 125, 126, 127, 128, 65_535, 65_536};
    int[] cuts = {64, 128, 256, 512, 1024, 2048};
    for (boolean text : new boolean[] {true, false}) {
      String kind = text ? "1." : "2.";
      for (int i = 0; i < sizes.length; i++) {
        cases.add(new Case("1." + kind + (i + 1), message(text, sizes[i], Integer.MAX_VALUE)));
      }
      cases.add(new Case("1." + kind + "8", message(text, 65_536, 997)));
      int[] large = {16 << 10, 64 << 10, 256 << 10, 1 << 20, 2 << 20, 4 << 20};
      for (int i = 0; i < large.length; i++) {
        cases.add(new Case("9." + kind + (i + 1), message(text, large[i], Integer.MAX_VALUE)));
      }
      for (int i = 0, size = 64; i < 9; i++, size *= 4) {
        String number = (text ? "9.3." : "9.4.") + (i + 1);
        cases.add(new Case(number, inFragments(text, 1 << 20, size)));
      }
      for (int i = 0; i < cuts.length; i++) {
        cases.add(new Case((text ? "9.5." : "9.6.") + (i + 1), message(text, 256 << 10, cuts[i])));
      }
    }
    cases.add(new Case("5.3", twoFragments(AutobahnRules::sendEach)));
    cases.add(new Case("5.4", twoFragments(AutobahnRules::sendAll)));
    cases.add(new Case("5.5", twoFragments((link, frames) -> send(link, 1, frames))));
    cases.add(new Case("5.6", pingBetweenTwoFragments(AutobahnRules::sendEach)));
    cases.add(new Case("5.7", pingBetweenTwoFragments(AutobahnRules::sendAll)));
    cases.add(new Case("5.8", pingBetweenTwoFragments((link, frames) -> send(link, 1, frames))));
    cases.add(new Case("5.19", pingsBetweenFiveFragments(AutobahnRules::sendEach)));
    cases.add(new Case("5.20", pingsBetweenFiveFragments((link, frames) -> send(link, 1, frames))));
    cases.add(new Case("10.1.1", inFragments(true, 65_536, 1300)));
    return cases;
  }

  @TestFactory
  default Stream<DynamicTest> rule_3_1_messages_are_delivered_whole(Table<Trial> table) {
    return run(table, messages());
  }

  /** Many messages, each sent back before the next. */
  static List<Case> echoes() {
    List<Case> cases = new ArrayList<>();
    int[] sizes = {0, 16, 64, 256, 1024, 4096};
    for (boolean text : new boolean[] {true, false}) {
      for (int i = 0; i < sizes.length; i++) {
        Frame frame = data(text, sizes[i]);
        Script script =
            link -> {
              for (int round = 0; round < 250; round++) {
                link.peer().send(frame).expect(frame);
                expect(link, frame);
              }
              link.endWell();
            };
        cases.add(new Case((text ? "9.7." : "9.8.") + (i + 1), script));
      }
    }
    return cases;
  }

  @TestFactory
  default Stream<DynamicTest> rule_4_1_every_message_is_sent_back(Table<Trial> table) {
    return table.rows(
        echoes(),
        (trial, row) -> {
          trial
              .events()
              .on(
                  Call.MESSAGE,
                  (connection, message) ->
                      connection.send(assertInstanceOf(Message.class, message)));
          row.script().run(trial.open(LIMITS));
        });
  }

  // ---- section 2: pings and pongs

  private static Script ping(byte[] payload, int cut) {
    return link -> {
      link.app().ignoreRest();
      send(link, cut, Frame.of(Frame.PING, payload));
      link.peer().expect(Frame.of(Frame.PONG, payload));
    };
  }

  private static Script tenPings(int cut) {
    return link -> {
      link.app().ignoreRest();
      Frame[] pings = new Frame[10];
      Arrays.setAll(pings, i -> Frame.ping("payload-" + i));
      send(link, cut, pings);
      while (!link.peer().expectFrame("a pong").equals(Frame.pong("payload-9"))) {
        // that of an earlier ping, which may be left out
      }
    };
  }

  /** The pings that are answered. */
  static List<Case> pings() {
    byte[] odd = {0, -1, -2, -3, -4, -5, 0, -1};
    byte[] longest = new byte[125];
    Arrays.fill(longest, (byte) 0xfe);
    return List.of(
        new Case("2.1", ping(new byte[0], Integer.MAX_VALUE)),
        new Case("2.2", ping("Hello, world!".getBytes(StandardCharsets.UTF_8), Integer.MAX_VALUE)),
        new Case("2.3", ping(odd, Integer.MAX_VALUE)),
        new Case("2.4", ping(longest, Integer.MAX_VALUE)),
        new Case("2.6", ping(longest, 1)),
        new Case(
            "2.9",
            link -> {
              link.app().ignoreRest();
              link.peer().send(Frame.pong("unsolicited"), Frame.ping("asked"));
              link.peer().expect(Frame.pong("asked"));
            }),
        new Case("2.10", tenPings(Integer.MAX_VALUE)),
        new Case("2.11", tenPings(1)));
  }

  @TestFactory
  default Stream<DynamicTest> rule_3_7_pings_are_answered(Table<Trial> table) {
    return run(table, pings());
  }

  private static Script pong(String payload) {
    return link -> {
      link.peer().send(Frame.pong(payload));
      link.app().expectPong(payload);
      link.expectAlive().endWell();
    };
  }

  /** The pongs nobody asked for. */
  static List<Case> pongs() {
    return List.of(new Case("2.7", pong("")), new Case("2.8", pong("unsolicited")));
  }

  @TestFactory
  default Stream<DynamicTest> rule_3_8_pongs_nobody_asked_for_do_no_harm(Table<Trial> table) {
    return run(table, pongs());
  }

  // ---- sections 2 to 5: what is not protocol

  private static Script bad(Cut cut, Frame... frames) {
    return link -> {
      cut.send(link, frames);
      link.expectFailed(1002, Kind.PROTOCOL);
    };
  }

  /** A message, then what is not protocol, then a ping that is not answered. */
  private static Script badBehindText(Cut cut, Frame bad) {
    return link -> {
      cut.send(link, Frame.text("Hello"), bad, Frame.ping("too late"));
      link.app().expectText("Hello");
      link.expectFailed(1002, Kind.PROTOCOL);
    };
  }

  /** All cases of protocol errors but those of close frames. */
  static List<Case> violations() {
    Cut all = AutobahnRules::sendAll;
    Cut each = AutobahnRules::sendEach;
    Cut bytes = (link, frames) -> send(link, 1, frames);
    List<Case> cases = new ArrayList<>();
    cases.add(new Case("2.5", bad(all, Frame.of(Frame.PING, new byte[126]))));
    cases.add(new Case("3.1", bad(all, Frame.text("Hello").reserved(1))));
    cases.add(new Case("3.2", badBehindText(all, Frame.text("bad").reserved(2))));
    cases.add(new Case("3.3", badBehindText(each, Frame.text("bad").reserved(3))));
    cases.add(new Case("3.4", badBehindText(bytes, Frame.text("bad").reserved(4))));
    cases.add(new Case("3.5", bad(all, Frame.binary((byte) 1).reserved(5))));
    cases.add(new Case("3.6", bad(all, Frame.ping("bad").reserved(6))));
    cases.add(new Case("3.7", bad(all, Frame.close().reserved(7))));
    for (int section = 1; section <= 2; section++) {
      int opcode = section == 1 ? 3 : 11;
      Frame[] frames = new Frame[5];
      Arrays.setAll(frames, i -> Frame.of(opcode + i, (byte) 'x'));
      cases.add(new Case("4." + section + ".1", bad(all, Frame.of(opcode))));
      cases.add(new Case("4." + section + ".2", bad(all, frames[1])));
      cases.add(new Case("4." + section + ".3", badBehindText(each, Frame.of(opcode + 2))));
      cases.add(new Case("4." + section + ".4", badBehindText(each, frames[3])));
      cases.add(new Case("4." + section + ".5", badBehindText(bytes, frames[4])));
    }
    Frame rest = Frame.continuation("fragment2");
    cases.add(new Case("5.1", bad(all, Frame.ping("fragment1").notLast(), rest)));
    cases.add(new Case("5.2", bad(all, Frame.pong("fragment1").notLast(), rest)));
    Frame nothing = Frame.continuation("nothing to continue");
    cases.add(new Case("5.9", bad(all, nothing, Frame.text("Hello"))));
    cases.add(new Case("5.10", bad(each, nothing, Frame.text("Hello"))));
    cases.add(new Case("5.11", bad(bytes, nothing, Frame.text("Hello"))));
    cases.add(new Case("5.12", bad(all, nothing.notLast(), Frame.text("Hello"))));
    cases.add(new Case("5.13", bad(each, nothing.notLast(), Frame.text("Hello"))));
    cases.add(new Case("5.14", bad(bytes, nothing.notLast(), Frame.text("Hello"))));
    Frame begin = Frame.text("fragment1").notLast();
    cases.add(
        new Case(
            "5.15",
            link -> {
              sendAll(link, begin, rest, Frame.continuation("3").notLast(), Frame.text("4"));
              link.app().expectText("fragment1fragment2");
              link.expectFailed(1002, Kind.PROTOCOL);
            }));
    cases.add(new Case("5.16", bad(all, nothing.notLast(), begin, rest)));
    cases.add(new Case("5.17", bad(all, nothing, begin, rest)));
    cases.add(new Case("5.18", bad(all, begin, Frame.text("fragment2"))));
    cases.add(new Case("7.3.6", bad(all, Frame.close(1000, "x".repeat(124)))));
    return cases;
  }

  @TestFactory
  default Stream<DynamicTest> rule_3_4_what_is_not_protocol_fails_with_1002(Table<Trial> table) {
    return run(table, violations());
  }

  // ---- section 6: UTF-8

  @TestFactory
  default Stream<DynamicTest> rule_3_1_text_of_utf8_is_delivered(Table<Trial> table) {
    return run(table, AutobahnTexts.valid());
  }

  @TestFactory
  default Stream<DynamicTest> rule_3_3_text_of_other_bytes_fails_with_1007(Table<Trial> table) {
    return run(table, AutobahnTexts.invalid());
  }

  // ---- section 7: closing

  private static Script close(int code, String reason, Frame... frames) {
    return link -> {
      sendAll(link, frames);
      link.peer().expectClose(code);
      link.app().expectClose(code, reason);
    };
  }

  /** The close frames in order, and what may be before and behind them. */
  static List<Case> closes() {
    Frame close = Frame.close(1000, "");
    return List.of(
        new Case(
            "7.1.1",
            link -> {
              sendAll(link, Frame.text("Hello"), close);
              link.app().expectText("Hello").expectClose(1000);
              link.peer().expectClose(1000);
            }),
        new Case("7.1.2", close(1000, "", close, close)),
        new Case("7.1.3", close(1000, "", close, Frame.ping("late"))),
        new Case("7.1.4", close(1000, "", close, Frame.text("late"))),
        new Case(
            "7.1.5", close(1000, "", Frame.text("1").notLast(), close, Frame.continuation("2"))),
        new Case(
            "7.1.6",
            link -> {
              Frame large = data(true, 256 << 10);
              link.peer().trySend(large, close, Frame.ping("late"));
              expect(link, large);
              link.peer().expectClose(1000);
              link.app().expectClose(1000);
            }),
        new Case("7.3.1", close(1005, "", Frame.close())),
        new Case("7.3.3", close(1000, "", close)),
        new Case("7.3.4", close(1000, "Hello", Frame.close(1000, "Hello"))),
        new Case("7.3.5", close(1000, "x".repeat(123), Frame.close(1000, "x".repeat(123)))));
  }

  @TestFactory
  default Stream<DynamicTest> rule_5_2_close_frames_in_order_are_answered(Table<Trial> table) {
    return run(table, closes());
  }

  /** The close frames that are not in order. */
  static List<Case> badCloses() {
    List<Case> cases = new ArrayList<>();
    cases.add(new Case("7.3.2", bad(AutobahnRules::sendAll, Frame.of(Frame.CLOSE, (byte) 'x'))));
    cases.add(
        new Case(
            "7.5.1",
            link -> {
              byte[] reason = Utf8Rules.INVALID.get(0).bytes();
              link.peer().send(Frame.close(1000, reason));
              int code = link.peer().expectFrame("a close frame").closeCode();
              assertTrue(code == 1007 || code == 1002, "1007 or 1002, not " + code);
              assertInstanceOf(WebSocketException.class, link.app().expectError());
              link.app().expectClose(code);
            }));
    int[] codes = {0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999};
    for (int i = 0; i < codes.length; i++) {
      Frame frame = Frame.close(codes[i], "");
      cases.add(new Case("7.9." + (i + 1), bad(AutobahnRules::sendAll, frame)));
    }
    cases.add(new Case("7.13.1", bad(AutobahnRules::sendAll, Frame.close(5000, ""))));
    cases.add(new Case("7.13.2", bad(AutobahnRules::sendAll, Frame.close(65_535, ""))));
    return cases;
  }

  @TestFactory
  default Stream<DynamicTest> rule_5_5_close_frames_out_of_order_fail(Table<Trial> table) {
    return run(table, badCloses());
  }

  /** The codes of a peer that are taken. */
  static List<Case> codes() {
    List<Case> cases = new ArrayList<>();
    int[] codes = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999};
    for (int i = 0; i < codes.length; i++) {
      cases.add(new Case("7.7." + (i + 1), close(codes[i], "", Frame.close(codes[i], ""))));
    }
    return cases;
  }

  @TestFactory
  default Stream<DynamicTest> rule_5_6_codes_in_order_are_taken(Table<Trial> table) {
    return run(table, codes());
  }
}
