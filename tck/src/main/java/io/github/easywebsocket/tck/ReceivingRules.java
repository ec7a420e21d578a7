package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Limits;
import io.github.easywebsocket.Message;
import io.github.easywebsocket.tck.Recording.Call;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Section 3, receiving: messages, pings and pongs of a peer that keeps the protocol. */
interface ReceivingRules {

  /** Bytes of a size, each other than its neighbours. */
  static byte[] bytes(int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (i * 31 + (i >> 8));
    }
    return bytes;
  }

  // ---- 3.1: whole messages

  /** The sizes where the form of the length changes, and around them. */
  List<Integer> SIZES =
      List.of(0, 1, 2, 125, 126, 127, 128, 65_535, 65_536, 65_537, 131_072, 1 << 20);

  @TestFactory
  default Stream<DynamicTest> rule_3_1_text_of_every_size_is_delivered(Table<Trial> table) {
    return table.rows(
        SIZES,
        (trial, size) -> {
          Link link = trial.open();
          String text = "*".repeat(size);
          link.peer().text(text);
          link.app().expectText(text);
          link.endWell();
        });
  }

  @TestFactory
  default Stream<DynamicTest> rule_3_1_binary_of_every_size_is_delivered(Table<Trial> table) {
    return table.rows(
        SIZES,
        (trial, size) -> {
          Link link = trial.open();
          link.peer().send(Frame.binary(bytes(size)));
          link.app().expectBinary(bytes(size));
          link.endWell();
        });
  }

  @TestFactory
  default Stream<DynamicTest> rule_3_1_a_message_in_fragments_is_delivered_whole(
      Table<Trial> table) {
    return table.rows(
        List.of(1, 2, 3, 64, 125, 126, 1000, 65_536),
        (trial, size) -> {
          byte[] message = bytes(size * 3);
          Link link = trial.open();
          link.peer().send(Frame.binary(Arrays.copyOf(message, size)).notLast());
          byte[] second = Arrays.copyOfRange(message, size, 2 * size);
          link.peer().send(Frame.of(Frame.CONTINUATION, second).notLast());
          byte[] third = Arrays.copyOfRange(message, 2 * size, 3 * size);
          link.peer().send(Frame.of(Frame.CONTINUATION, third));
          link.app().expectBinary(message);
          link.endWell();
        });
  }

  @Test
  default void rule_3_1_empty_fragments_add_nothing(Trial trial) throws Exception {
    Link link = trial.open();
    Frame nothing = Frame.continuation("");
    link.peer().send(Frame.text("").notLast(), nothing.notLast(), nothing);
    link.app().expectText("");
    link.peer().send(Frame.text("").notLast(), Frame.continuation("a").notLast(), nothing);
    link.app().expectText("a");
    link.endWell();
  }

  @Test
  default void rule_3_1_a_character_may_be_cut_by_fragments(Trial trial) throws Exception {
    Link link = trial.open();
    byte[] euro = {(byte) 0xe2, (byte) 0x82, (byte) 0xac};
    link.peer()
        .send(
            Frame.of(Frame.TEXT, euro[0]).notLast(),
            Frame.of(Frame.CONTINUATION, euro[1]).notLast(),
            Frame.of(Frame.CONTINUATION, euro[2]));
    link.app().expectText("\u20ac");
    link.endWell();
  }

  @Test
  default void rule_3_1_many_messages_in_one_write_are_all_delivered(Trial trial) throws Exception {
    Link link = trial.open();
    link.peer()
        .send(IntStream.range(0, 1000).mapToObj(i -> Frame.text("m" + i)).toArray(Frame[]::new));
    for (int i = 0; i < 1000; i++) {
      link.app().expectText("m" + i);
    }
    link.endWell();
  }

  /** A short conversation of all that a peer may send. */
  List<Frame> SCRIPT =
      List.of(
          Frame.text("Hello"),
          Frame.text("fr\u00e4").notLast(),
          Frame.ping("p"),
          Frame.continuation("gm\u20acnt"),
          Frame.binary((byte) 0, (byte) 0xff),
          Frame.text(""),
          Frame.pong(""),
          Frame.close(1000, "bye"));

  private static void expectScript(Link link) throws Exception {
    link.app().expectText("Hello").expectPing("p").expectText("fr\u00e4gm\u20acnt");
    link.app().expectBinary((byte) 0, (byte) 0xff).expectText("").expectPong("");
    link.app().expectClose(1000, "bye");
    link.peer().expect(Frame.pong("p")).expectClose(1000);
  }

  @Test
  default void rule_3_1_bytes_may_come_one_by_one(Trial trial) throws Exception {
    Link link = trial.open();
    link.peer().dribble(SCRIPT.toArray(Frame[]::new));
    expectScript(link);
  }

  @Test
  default void rule_3_1_bytes_may_be_cut_anywhere(Trial trial) throws Exception {
    Link link = trial.open();
    Frame[] script = SCRIPT.toArray(Frame[]::new);
    byte[] bytes = link.peer().encode(script);
    for (int cut = 1; cut < bytes.length; cut++) {
      link.peer().send(Arrays.copyOf(bytes, cut), "the script up to byte " + cut);
      link.peer().send(Arrays.copyOfRange(bytes, cut, bytes.length), "the rest");
      expectScript(link);
      link = trial.openAnother();
    }
  }

  @Test
  default void rule_3_1_the_bytes_of_a_long_message_may_be_cut_anywhere(Trial trial)
      throws Exception {
    Link link = trial.open();
    byte[] message = bytes(200_000);
    byte[] bytes = link.peer().encode(Frame.binary(message));
    for (int from = 0, size = 1; from < bytes.length; from += size, size = size * 2 + 1) {
      int to = Math.min(bytes.length, from + size);
      link.peer().send(Arrays.copyOfRange(bytes, from, to), "a part of a long message");
    }
    link.app().expectBinary(message);
    link.endWell();
  }

  // ---- 3.2: control frames between fragments

  @Test
  default void rule_3_2_a_ping_between_fragments_is_answered_at_once(Trial trial) throws Exception {
    Link link = trial.open();
    link.peer().send(Frame.text("one ").notLast(), Frame.ping("first"));
    link.peer().expect(Frame.pong("first"));
    link.app().expectPing("first");
    link.peer().send(Frame.continuation("two ").notLast(), Frame.ping("second"));
    link.peer().expect(Frame.pong("second"));
    link.app().expectPing("second");
    link.peer().send(Frame.continuation("three"));
    link.app().expectText("one two three");
    link.endWell();
  }

  @Test
  default void rule_3_2_a_pong_between_fragments_does_not_disturb(Trial trial) throws Exception {
    Link link = trial.open();
    link.peer().send(Frame.text("a").notLast(), Frame.pong("x"), Frame.continuation("b"));
    link.app().expectPong("x").expectText("ab");
    link.endWell();
  }

  @Test
  default void rule_3_2_a_close_between_fragments_closes(Trial trial) throws Exception {
    Link link = trial.open();
    link.peer().send(Frame.text("never whole").notLast(), Frame.close(1000, "enough"));
    link.peer().expectClose(1000);
    link.app().expectClose(1000, "enough");
  }

  // ---- 3.7 to 3.9: pings, pongs, close

  @TestFactory
  default Stream<DynamicTest> rule_3_7_a_ping_is_answered_with_its_payload(Table<Trial> table) {
    return table.rows(
        List.of(0, 1, 2, 64, 124, 125),
        (trial, size) -> {
          Link link = trial.open();
          link.app().ignoreRest();
          link.peer().send(Frame.of(Frame.PING, bytes(size)));
          link.peer().expect(Frame.of(Frame.PONG, bytes(size)));
        });
  }

  @Test
  default void rule_3_7_of_many_pings_the_latest_is_answered(Trial trial) throws Exception {
    Link link = trial.open();
    link.app().ignoreRest();
    link.peer()
        .send(IntStream.range(0, 10).mapToObj(i -> Frame.ping("" + i)).toArray(Frame[]::new));
    int last = -1;
    while (last < 9) {
      Frame pong = link.peer().expectFrame("a pong");
      assertEquals(Frame.PONG, pong.opcode());
      int number = Integer.parseInt(pong.text());
      assertTrue(number > last, "pong " + number + " comes after " + last);
      last = number;
    }
  }

  @Test
  @HandlersBlock
  default void rule_3_7_a_ping_is_answered_while_a_handler_blocks(Trial trial) throws Exception {
    Gate gate = trial.gate();
    trial.events().on(Call.MESSAGE, (connection, message) -> gate.pass());
    Link link = trial.open();
    link.peer().text("block");
    gate.awaitEntered();
    link.peer().send(Frame.ping("alive?")).expect(Frame.pong("alive?"));
    gate.open();
    link.app().expectText("block").expectPing("alive?");
    link.endWell();
  }

  @Test
  default void rule_3_8_an_unsolicited_pong_does_no_harm(Trial trial) throws Exception {
    Link link = trial.open();
    link.peer().send(Frame.pong(""), Frame.pong("x".repeat(125)), Frame.pong("12345678"));
    link.app().expectPong("").expectPong("x".repeat(125)).expectPong("12345678");
    link.expectAlive().endWell();
  }

  @Test
  default void rule_3_9_nothing_behind_the_peers_close_is_delivered(Trial trial) throws Exception {
    Link link = trial.open();
    link.peer()
        .send(
            Frame.text("before"),
            Frame.close(1000, ""),
            Frame.text("behind"),
            Frame.ping("behind"),
            Frame.close(4000, "second"));
    link.app().expectText("before").expectClose(1000);
    link.peer().expectClose(1000);
  }

  @Test
  default void rule_3_9_garbage_behind_the_peers_close_is_no_failure(Trial trial) throws Exception {
    Link link = trial.open();
    byte[] close = link.peer().encode(Frame.close(1000, ""));
    byte[] both = Arrays.copyOf(close, close.length + 20);
    Arrays.fill(both, close.length, both.length, (byte) 0xff);
    link.peer().send(both, "a close frame and garbage");
    link.app().expectClose(1000);
    link.peer().expectClose(1000);
  }

  // ---- 3.10: what is received is the application's

  @Test
  default void rule_3_10_messages_may_be_kept(Trial trial) throws Exception {
    List<Message> kept = new ArrayList<>();
    List<ByteBuffer> payloads = new ArrayList<>();
    Link link = trial.open();
    for (int i = 0; i < 50; i++) {
      link.peer().send(Frame.binary(bytes(i * 100)), Frame.text("text " + i));
      Message binary = link.app().expectMessage("binary");
      kept.add(binary);
      payloads.add(binary.payload());
      kept.add(link.app().expectMessage("text"));
    }
    for (int i = 0; i < 50; i++) {
      assertEquals(Message.binary(bytes(i * 100)), kept.get(2 * i), "message " + i);
      assertEquals(ByteBuffer.wrap(bytes(i * 100)), payloads.get(i), "payload " + i);
      assertEquals("text " + i, kept.get(2 * i + 1).text(), "text " + i);
    }
    link.endWell();
  }

  // ---- 3.11: back pressure

  @Test
  @HandlersBlock
  default void rule_3_11_a_handler_that_blocks_stops_the_reading(Trial trial) throws Exception {
    int messages = 512;
    Gate gate = trial.gate();
    trial.events().on(Call.MESSAGE, (connection, message) -> gate.pass());
    Link link = trial.open(Limits.DEFAULT);
    byte[] payload = bytes(64 << 10);
    Work sending = Work.of(messages, i -> link.peer().send(Frame.binary(payload)));
    gate.awaitEntered();
    sending.expectHeldUp("32 MiB are read while the handler blocks");
    gate.open();
    sending.expectDone("sending when the handler goes on");
    for (int i = 0; i < messages; i++) {
      link.app().expectBinary(payload);
    }
    link.endWell();
  }

  @Test
  @HandlersBlock
  default void rule_3_11_other_connections_are_read_meanwhile(Trial trial) throws Exception {
    Gate gate = trial.gate();
    trial
        .events()
        .on(
            Call.MESSAGE,
            (connection, message) -> {
              if (message instanceof Message m && !m.isText()) {
                gate.pass();
              }
            });
    Link blocked = trial.open();
    byte[] payload = bytes(64 << 10);
    blocked.app().ignoreRest();
    Background.run(
        () -> {
          for (int i = 0; i < 512; i++) {
            blocked.peer().send(Frame.binary(payload));
          }
        });
    gate.awaitEntered();
    Link free = trial.openAnother();
    for (int i = 0; i < 100; i++) {
      free.expectAlive();
    }
    free.endWell();
  }
}
