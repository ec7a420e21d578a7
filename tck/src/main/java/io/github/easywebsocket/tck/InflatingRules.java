package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.easywebsocket.Compression;
import io.github.easywebsocket.Limits;
import io.github.easywebsocket.WebSocketException.Kind;
import io.github.easywebsocket.spi.Capability;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Section 9, compression: what is received. */
interface InflatingRules {

  // ---- 9.6: what is received

  /** A message of RFC 7692 §7.2.3, or one much like it. */
  record Example(String name, String text, String... frames) implements Row {}

  @TestFactory
  @Requires(Capability.COMPRESSION)
  default Stream<DynamicTest> rule_9_6_messages_of_every_form_are_inflated(Table<Trial> table) {
    return table.rows(
        List.of(
            new Example("one block", "Hello", "f2 48 cd c9 c9 07 00"),
            new Example("two fragments", "Hello", "f2 48 cd", "c9 c9 07 00"),
            new Example("an empty fragment first", "Hello", "", "f2 48 cd c9 c9 07 00"),
            new Example("an empty fragment last", "Hello", "f2 48 cd c9 c9 07 00", ""),
            new Example("a block not compressed", "Hello", "00 05 00 fa ff 48 65 6c 6c 6f 00"),
            new Example("a block with BFINAL", "Hello", "f3 48 cd c9 c9 07 00 00"),
            new Example("two blocks", "Hello", "f2 48 05 00 00 00 ff ff ca c9 c9 07 00"),
            new Example("no bytes of text", "", "00"),
            new Example("no bytes at all", "", ""),
            new Example("no text in fragments", "", "", "00", ""),
            new Example("a flush between", "Hello", "f2 48 05 00", "00 00 ff ff ca c9 c9 07 00")),
        (trial, row) -> {
          DeflateLink link = DeflateLink.open(trial);
          for (int time = 0; time < 2; time++) {
            for (int i = 0; i < row.frames().length; i++) {
              byte[] payload =
                  row.frames()[i].isEmpty() ? new byte[0] : Samples.hex(row.frames()[i]);
              Frame frame =
                  i == 0 ? Samples.compressed(payload) : Frame.of(Frame.CONTINUATION, payload);
              link.peer().send(i == row.frames().length - 1 ? frame : frame.notLast());
            }
            link.app().expectText(row.text());
          }
          link.link().endWell();
        });
  }

  private static List<Agreement> agreements() {
    String deflate = "permessage-deflate";
    Compression both = Samples.EVERYTHING;
    return List.of(
        new Agreement(both, deflate),
        new Agreement(both, deflate, 256),
        new Agreement(both, deflate + "; client_no_context_takeover"),
        new Agreement(both, deflate + "; server_no_context_takeover"),
        new Agreement(
            both, deflate + "; client_no_context_takeover; server_no_context_takeover", 1000),
        new Agreement(both, deflate + "; client_max_window_bits=8"),
        new Agreement(both, deflate + "; server_max_window_bits=15"),
        new Agreement(both.withLevel(1), deflate),
        new Agreement(both.withLevel(9), deflate),
        new Agreement(both.withLevel(0), deflate),
        new Agreement(both.withServerContextTakeover(false), deflate),
        new Agreement(both.withClientContextTakeover(false), deflate, 4096),
        new Agreement(Compression.DEFAULT, deflate));
  }

  @TestFactory
  @Requires(Capability.COMPRESSION)
  default Stream<DynamicTest> rule_9_6_sizes_and_agreements_in_both_directions(Table<Trial> table) {
    return table.rows(
        agreements(),
        (trial, row) -> {
          DeflateLink link = DeflateLink.open(trial, row);
          for (int size :
              List.of(
                  0, 1, 16, 125, 126, 256, 1024, 4096, 8192, 16_384, 32_768, 65_535, 65_536,
                  131_072)) {
            String text = Samples.text(size, size);
            link.peer().send(DeflateLink.fragments(link.text(text), row.fragment()));
            link.app().expectText(text);
            link.connection().send(text);
            assertEquals(Frame.text(text), link.readMessage());
            byte[] noise = Samples.noise(size, size);
            link.peer().send(DeflateLink.fragments(link.binary(noise), row.fragment()));
            link.app().expectBinary(noise);
            link.connection().send(ByteBuffer.wrap(noise));
            assertEquals(Frame.binary(noise), link.readMessage());
          }
          link.link().endWell();
        });
  }

  @Test
  @Requires(Capability.COMPRESSION)
  default void rule_9_6_every_cut_of_the_bytes_gives_the_same(Trial trial) throws Exception {
    DeflateLink link = DeflateLink.open(trial, Samples.EVERYTHING, "permessage-deflate");
    String text = Samples.text(1, 300);
    Frame[] frames = DeflateLink.fragments(link.text(text), 50);
    link.peer().dribble(frames);
    link.app().expectText(text);
    link.peer().dribble(link.text(text));
    link.app().expectText(text);
    link.link().endWell();
  }

  @Test
  @Requires(Capability.COMPRESSION)
  default void rule_9_6_control_frames_and_plain_messages_may_be_between(Trial trial)
      throws Exception {
    DeflateLink link = DeflateLink.open(trial, Samples.EVERYTHING, "permessage-deflate");
    String text = Samples.text(1, 1000);
    for (Frame fragment : DeflateLink.fragments(link.text(text), 60)) {
      link.peer().send(fragment);
      link.peer().send(Frame.ping("p")).expect(Frame.pong("p"));
      if (fragment.isLast()) {
        link.app().expectText(text);
      }
      link.app().expectPing("p");
    }
    link.peer().send(Frame.text("plain"), Frame.text("pl").notLast(), Frame.continuation("ain"));
    link.app().expectText("plain").expectText("plain");
    link.peer().send(link.text(text));
    link.app().expectText(text);
    link.link().endWell();
  }

  // ---- 9.7: reserved bits

  /** Frames of which the last has a bit that it must not have. */
  record BadBits(String name, Frame... frames) implements Row {}

  @TestFactory
  @Requires(Capability.COMPRESSION)
  default Stream<DynamicTest> rule_9_7_reserved_bits_out_of_place_fail_with_1002(
      Table<Trial> table) {
    Frame first = Samples.compressed(Arrays.copyOf(Samples.HELLO, 3)).notLast();
    return table.rows(
        List.of(
            new BadBits("RSV1 on a continuation", first, Frame.continuation("x").reserved(4)),
            new BadBits(
                "RSV1 on a continuation of a plain message",
                Frame.text("a").notLast(),
                Frame.continuation("x").reserved(4)),
            new BadBits("RSV1 on a ping", Frame.ping("x").reserved(4)),
            new BadBits("RSV1 on a pong", Frame.pong("x").reserved(4)),
            new BadBits("RSV1 on a close", Frame.close(1000, "").reserved(4)),
            new BadBits("RSV2", Frame.text("x").reserved(2)),
            new BadBits("RSV3", Frame.text("x").reserved(1)),
            new BadBits("RSV1 and RSV2", Samples.compressed(Samples.HELLO).reserved(2)),
            new BadBits("RSV1 and RSV3", Samples.compressed(Samples.HELLO).reserved(1))),
        (trial, row) -> {
          DeflateLink link = DeflateLink.open(trial);
          link.peer().trySend(row.frames());
          link.link().expectFailed(1002, Kind.PROTOCOL);
        });
  }

  // ---- 9.8: bounds

  @TestFactory
  @Requires(Capability.COMPRESSION)
  default Stream<DynamicTest> rule_9_8_a_message_of_the_limit_is_delivered_and_one_more_is_not(
      Table<Trial> table) {
    return table.rows(
        List.of(1, 125, 1000, 65_535, 1 << 20),
        (trial, limit) -> {
          Limits limits = Limits.DEFAULT.withMaxMessageSize(limit);
          DeflateLink link =
              DeflateLink.open(trial, limits, NegotiationRules.TAKEOVER, "permessage-deflate");
          link.peer().send(link.binary(new byte[limit]));
          link.app().expectBinary(new byte[limit]);
          byte[] noise = Samples.noise(limit, limit); // which is longer when compressed
          link.peer().send(DeflateLink.fragments(link.binary(noise), 1 << 14));
          link.app().expectBinary(noise);
          link.peer().trySend(link.binary(new byte[limit + 1]));
          link.link().expectFailed(1009, Kind.MESSAGE_TOO_BIG);
        });
  }

  @Test
  @Requires(Capability.COMPRESSION)
  default void rule_9_8_a_bomb_fails_before_its_end(Trial trial) throws Exception {
    DeflateLink link = DeflateLink.open(trial); // 1 MiB
    byte[] bomb = link.deflate(new byte[100 << 20]); // about 100 KB
    Frame beginning = Frame.of(Frame.BINARY, Arrays.copyOf(bomb, 2000)).reserved(4).notLast();
    link.peer().trySend(beginning);
    link.link().expectFailed(1009, Kind.MESSAGE_TOO_BIG);
  }

  @Test
  @Requires(Capability.COMPRESSION)
  default void rule_9_8_fragments_are_summed_as_inflated(Trial trial) throws Exception {
    Limits limits = Limits.DEFAULT.withMaxMessageSize(1000);
    DeflateLink link = DeflateLink.open(trial, limits, Compression.DEFAULT, "permessage-deflate");
    Frame[] frames = DeflateLink.fragments(link.text("x".repeat(1001)), 2);
    link.peer().trySend(frames);
    link.link().expectFailed(1009, Kind.MESSAGE_TOO_BIG);
  }

  @Test
  @Requires(Capability.COMPRESSION)
  default void rule_9_8_input_that_inflates_to_nothing_is_bounded(Trial trial) throws Exception {
    Limits limits = Limits.DEFAULT.withMaxMessageSize(1000);
    DeflateLink link = DeflateLink.open(trial, limits, Compression.DEFAULT, "permessage-deflate");
    byte[] empty = Samples.hex("00 00 00 ff ff");
    byte[] blocks = new byte[empty.length * 1000];
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = empty[i % empty.length];
    }
    link.peer().trySend(Samples.compressed(blocks).notLast());
    link.link().expectFailed(1009, Kind.MESSAGE_TOO_BIG);
  }

  // ---- 9.9, 9.10: bad data

  /** A payload that is no deflate data. */
  record Corrupt(String name, String payload) implements Row {
    void expectFailure(Trial trial) throws Exception {
      DeflateLink link = DeflateLink.open(trial);
      link.peer().trySend(Frame.of(Frame.BINARY, Samples.hex(payload)).reserved(4));
      link.link().expectFailed(1002, Kind.PROTOCOL);
    }
  }

  @TestFactory
  @Requires(Capability.COMPRESSION)
  default Stream<DynamicTest> rule_9_9_what_cannot_be_inflated_fails_with_1002(Table<Trial> table) {
    return table.rows(
        List.of(
            new Corrupt("an unknown kind of block", "ff ff ff ff"),
            new Corrupt("a reference before the beginning", "f2 00 11 00 00"),
            new Corrupt("a length that does not match its complement", "00 05 00 00 00 48 65"),
            new Corrupt("an unknown kind of block behind a good one", "f2 48 cd c9 c9 07 06 ff")),
        (trial, row) -> row.expectFailure(trial));
  }

  @TestFactory
  @Requires(Capability.COMPRESSION)
  default Stream<DynamicTest> rule_9_14_what_ends_inside_of_a_block_fails_with_1002(
      Table<Trial> table) {
    return table.rows(
        List.of(
            new Corrupt("one block, cut", "f2 48 cd"),
            new Corrupt("a block not compressed, cut", "00 05 00 fa ff 48 65"),
            new Corrupt("the header of a block, cut", "f2 48 cd c9 c9 07 00 00 05"),
            new Corrupt("BFINAL and nothing behind", "f3 48 cd c9 c9 07 00")),
        (trial, row) -> row.expectFailure(trial));
  }

  @TestFactory
  @Requires(Capability.COMPRESSION)
  default Stream<DynamicTest> rule_9_10_inflated_text_that_is_not_utf8_fails_with_1007(
      Table<Trial> table) {
    return table.rows(
        List.of("61 ff 62", "61 e2 82", "c0 80", "ed a0 80", "f4 90 80 80"),
        (trial, bytes) -> {
          DeflateLink link = DeflateLink.open(trial);
          link.peer().trySend(Samples.compressed(link.deflate(Samples.hex(bytes))));
          link.link().expectFailed(1007, Kind.INVALID_TEXT);
        });
  }

  @Test
  @Requires(Capability.COMPRESSION)
  default void rule_9_10_a_character_may_be_cut_anywhere(Trial trial) throws Exception {
    DeflateLink link = DeflateLink.open(trial);
    String text = "\u20ac\ud83d\ude00\u00e4".repeat(40);
    link.peer().send(DeflateLink.fragments(link.text(text), 1));
    link.app().expectText(text);
    link.peer()
        .send(
            Samples.compressed(
                Samples.hex("f2 48 cd c9 c9 07 00"))); // no UTF-8 in its compressed form
    link.app().expectText("Hello");
    link.link().endWell();
  }
}
