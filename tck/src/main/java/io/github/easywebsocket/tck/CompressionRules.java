package io.github.easywebsocket.tck;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Compression;
import io.github.easywebsocket.Endpoint;
import io.github.easywebsocket.Limits;
import io.github.easywebsocket.OutgoingMessage;
import io.github.easywebsocket.WebSocketException.Kind;
import io.github.easywebsocket.spi.Capability;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Section 9, compression: messages in both directions. */
interface CompressionRules {

  /** "Hello" in one block, RFC 7692 §7.2.3.1. */
  byte[] HELLO = hex("f2 48 cd c9 c9 07 00");

  /** "Hello" as a reference to an earlier one, RFC 7692 §7.2.3.2. */
  byte[] HELLO_AGAIN = hex("f2 00 11 00 00");

  private static byte[] hex(String bytes) {
    return HexFormat.ofDelimiter(" ").parseHex(bytes);
  }

  /** A compressed text message with this payload. */
  private static Frame compressed(byte... payload) {
    return Frame.of(Frame.TEXT, payload).reserved(4);
  }

  /** A text that can be compressed, another for each number. */
  private static String text(int number, int size) {
    StringBuilder text = new StringBuilder();
    for (int i = number; text.length() < size; i++) {
      text.append("{\"id\":").append(i * 7919).append(",\"name\":\"n\u00e4me ").append(i % 13);
      text.append("\"},");
    }
    return text.substring(0, size);
  }

  /** Bytes that cannot be compressed, others for each number. */
  private static byte[] noise(int number, int size) {
    byte[] bytes = new byte[size];
    new Random(number).nextBytes(bytes);
    return bytes;
  }

  private static Compression everything() {
    return NegotiationRules.TAKEOVER.withMinSize(1);
  }

  // ---- 9.6: what is received

  /** A message of RFC 7692 §7.2.3, or one much like it. */
  record Example(String name, String text, String... frames) {
    @Override
    public String toString() {
      return name;
    }
  }

  @TestFactory
  @Requires(Capability.COMPRESSION)
  default Stream<DynamicTest> rule_9_6_messages_of_every_form_are_inflated(
      Table<ServerTrial> table) {
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
              byte[] payload = row.frames()[i].isEmpty() ? new byte[0] : hex(row.frames()[i]);
              Frame frame = i == 0 ? compressed(payload) : Frame.of(Frame.CONTINUATION, payload);
              link.peer().send(i == row.frames().length - 1 ? frame : frame.notLast());
            }
            link.app().expectText(row.text());
          }
          link.link().endWell();
        });
  }

  /** Parameters of both ends, and how the peer cuts its messages. */
  record Agreement(Compression compression, String offer, int fragment) {
    @Override
    public String toString() {
      return offer
          + (compression.serverContextTakeover() ? "" : ", the server without takeover")
          + (compression.clientContextTakeover() ? "" : ", the client without takeover")
          + (fragment == Integer.MAX_VALUE ? "" : ", fragments of " + fragment);
    }
  }

  private static List<Agreement> agreements() {
    int whole = Integer.MAX_VALUE;
    String deflate = "permessage-deflate";
    Compression both = everything();
    return List.of(
        new Agreement(both, deflate, whole),
        new Agreement(both, deflate, 256),
        new Agreement(both, deflate + "; client_no_context_takeover", whole),
        new Agreement(both, deflate + "; server_no_context_takeover", whole),
        new Agreement(
            both, deflate + "; client_no_context_takeover; server_no_context_takeover", 1000),
        new Agreement(both, deflate + "; client_max_window_bits=8", whole),
        new Agreement(both, deflate + "; server_max_window_bits=15", whole),
        new Agreement(both.withLevel(1), deflate, whole),
        new Agreement(both.withLevel(9), deflate, whole),
        new Agreement(both.withLevel(0), deflate, whole),
        new Agreement(both.withServerContextTakeover(false), deflate, whole),
        new Agreement(both.withClientContextTakeover(false), deflate, 4096),
        new Agreement(Compression.DEFAULT, deflate, whole));
  }

  @TestFactory
  @Requires(Capability.COMPRESSION)
  default Stream<DynamicTest> rule_9_6_sizes_and_agreements_in_both_directions(
      Table<ServerTrial> table) {
    return table.rows(
        agreements(),
        (trial, row) -> {
          DeflateLink link = DeflateLink.open(trial, row.compression(), row.offer());
          for (int size :
              List.of(
                  0, 1, 16, 125, 126, 256, 1024, 4096, 8192, 16_384, 32_768, 65_535, 65_536,
                  131_072)) {
            String text = text(size, size);
            link.peer().send(DeflateLink.fragments(link.text(text), row.fragment()));
            link.app().expectText(text);
            link.connection().send(text);
            assertEquals(Frame.text(text), link.readMessage());
            byte[] noise = noise(size, size);
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
  default void rule_9_6_every_cut_of_the_bytes_gives_the_same(ServerTrial trial) throws Exception {
    DeflateLink link = DeflateLink.open(trial, everything(), "permessage-deflate");
    String text = text(1, 300);
    Frame[] frames = DeflateLink.fragments(link.text(text), 50);
    link.peer().dribble(frames);
    link.app().expectText(text);
    link.peer().dribble(link.text(text));
    link.app().expectText(text);
    link.link().endWell();
  }

  @Test
  @Requires(Capability.COMPRESSION)
  default void rule_9_6_control_frames_and_plain_messages_may_be_between(ServerTrial trial)
      throws Exception {
    DeflateLink link = DeflateLink.open(trial, everything(), "permessage-deflate");
    String text = text(1, 1000);
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
  record BadBits(String name, Frame... frames) {
    @Override
    public String toString() {
      return name;
    }
  }

  @TestFactory
  @Requires(Capability.COMPRESSION)
  default Stream<DynamicTest> rule_9_7_reserved_bits_out_of_place_fail_with_1002(
      Table<ServerTrial> table) {
    Frame first = compressed(Arrays.copyOf(HELLO, 3)).notLast();
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
            new BadBits("RSV1 and RSV2", compressed(HELLO).reserved(2)),
            new BadBits("RSV1 and RSV3", compressed(HELLO).reserved(1))),
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
      Table<ServerTrial> table) {
    return table.rows(
        List.of(1, 125, 1000, 65_535, 1 << 20),
        (trial, limit) -> {
          Limits limits = Limits.DEFAULT.withMaxMessageSize(limit);
          DeflateLink link =
              DeflateLink.open(trial, limits, NegotiationRules.TAKEOVER, "permessage-deflate");
          link.peer().send(link.binary(new byte[limit]));
          link.app().expectBinary(new byte[limit]);
          byte[] noise = noise(limit, limit); // which is longer when compressed
          link.peer().send(DeflateLink.fragments(link.binary(noise), 1 << 14));
          link.app().expectBinary(noise);
          link.peer().trySend(link.binary(new byte[limit + 1]));
          link.link().expectFailed(1009, Kind.MESSAGE_TOO_BIG);
        });
  }

  @Test
  @Requires(Capability.COMPRESSION)
  default void rule_9_8_a_bomb_fails_before_its_end(ServerTrial trial) throws Exception {
    DeflateLink link = DeflateLink.open(trial); // 1 MiB
    byte[] bomb = link.deflate(new byte[100 << 20]); // about 100 KB
    Frame beginning = Frame.of(Frame.BINARY, Arrays.copyOf(bomb, 2000)).reserved(4).notLast();
    link.peer().trySend(beginning);
    link.link().expectFailed(1009, Kind.MESSAGE_TOO_BIG);
  }

  @Test
  @Requires(Capability.COMPRESSION)
  default void rule_9_8_fragments_are_summed_as_inflated(ServerTrial trial) throws Exception {
    Limits limits = Limits.DEFAULT.withMaxMessageSize(1000);
    DeflateLink link = DeflateLink.open(trial, limits, Compression.DEFAULT, "permessage-deflate");
    Frame[] frames = DeflateLink.fragments(link.text("x".repeat(1001)), 2);
    link.peer().trySend(frames);
    link.link().expectFailed(1009, Kind.MESSAGE_TOO_BIG);
  }

  @Test
  @Requires(Capability.COMPRESSION)
  default void rule_9_8_input_that_inflates_to_nothing_is_bounded(ServerTrial trial)
      throws Exception {
    Limits limits = Limits.DEFAULT.withMaxMessageSize(1000);
    DeflateLink link = DeflateLink.open(trial, limits, Compression.DEFAULT, "permessage-deflate");
    byte[] empty = hex("00 00 00 ff ff");
    byte[] blocks = new byte[empty.length * 1000];
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = empty[i % empty.length];
    }
    link.peer().trySend(compressed(blocks).notLast());
    link.link().expectFailed(1009, Kind.MESSAGE_TOO_BIG);
  }

  // ---- 9.9, 9.10: bad data

  /** A payload that is no deflate data. */
  record Corrupt(String name, String payload) {
    @Override
    public String toString() {
      return name;
    }
  }

  @TestFactory
  @Requires(Capability.COMPRESSION)
  default Stream<DynamicTest> rule_9_9_what_cannot_be_inflated_fails_with_1002(
      Table<ServerTrial> table) {
    return table.rows(
        List.of(
            new Corrupt("an unknown kind of block", "ff ff ff ff"),
            new Corrupt("a reference before the beginning", "f2 00 11 00 00"),
            new Corrupt("a length that does not match its complement", "00 05 00 00 00 48 65"),
            new Corrupt("an unknown kind of block behind a good one", "f2 48 cd c9 c9 07 06 ff")),
        (trial, row) -> {
          DeflateLink link = DeflateLink.open(trial);
          link.peer().trySend(Frame.of(Frame.BINARY, hex(row.payload())).reserved(4));
          link.link().expectFailed(1002, Kind.PROTOCOL);
        });
  }

  @TestFactory
  @Requires(Capability.COMPRESSION)
  default Stream<DynamicTest> rule_9_14_what_ends_inside_of_a_block_fails_with_1002(
      Table<ServerTrial> table) {
    return table.rows(
        List.of(
            new Corrupt("one block, cut", "f2 48 cd"),
            new Corrupt("a block not compressed, cut", "00 05 00 fa ff 48 65"),
            new Corrupt("the header of a block, cut", "f2 48 cd c9 c9 07 00 00 05"),
            new Corrupt("BFINAL and nothing behind", "f3 48 cd c9 c9 07 00")),
        (trial, row) -> {
          DeflateLink link = DeflateLink.open(trial);
          link.peer().trySend(Frame.of(Frame.BINARY, hex(row.payload())).reserved(4));
          link.link().expectFailed(1002, Kind.PROTOCOL);
        });
  }

  @TestFactory
  @Requires(Capability.COMPRESSION)
  default Stream<DynamicTest> rule_9_10_inflated_text_that_is_not_utf8_fails_with_1007(
      Table<ServerTrial> table) {
    return table.rows(
        List.of("61 ff 62", "61 e2 82", "c0 80", "ed a0 80", "f4 90 80 80"),
        (trial, bytes) -> {
          DeflateLink link = DeflateLink.open(trial);
          link.peer().trySend(compressed(link.deflate(hex(bytes))));
          link.link().expectFailed(1007, Kind.INVALID_TEXT);
        });
  }

  @Test
  @Requires(Capability.COMPRESSION)
  default void rule_9_10_a_character_may_be_cut_anywhere(ServerTrial trial) throws Exception {
    DeflateLink link = DeflateLink.open(trial);
    String text = "\u20ac\ud83d\ude00\u00e4".repeat(40);
    link.peer().send(DeflateLink.fragments(link.text(text), 1));
    link.app().expectText(text);
    link.peer().send(compressed(hex("f2 48 cd c9 c9 07 00"))); // no UTF-8 in its compressed form
    link.app().expectText("Hello");
    link.link().endWell();
  }

  // ---- 9.11: context takeover

  @Test
  @Requires(Capability.COMPRESSION)
  default void rule_9_11_with_takeover_the_peer_may_refer_to_its_earlier_messages(ServerTrial trial)
      throws Exception {
    DeflateLink link = DeflateLink.open(trial, NegotiationRules.TAKEOVER, "permessage-deflate");
    link.peer().send(compressed(HELLO), compressed(HELLO_AGAIN), compressed(HELLO_AGAIN));
    link.app().expectText("Hello").expectText("Hello").expectText("Hello");
    link.link().endWell();
  }

  @TestFactory
  @Requires(Capability.COMPRESSION)
  default Stream<DynamicTest> rule_9_11_without_takeover_the_peer_may_not(
      Table<ServerTrial> table) {
    return table.rows(
        List.of(
            new Agreement(NegotiationRules.NO_TAKEOVER, "permessage-deflate", Integer.MAX_VALUE),
            new Agreement(
                NegotiationRules.TAKEOVER,
                "permessage-deflate; client_no_context_takeover",
                Integer.MAX_VALUE)),
        (trial, row) -> {
          DeflateLink link = DeflateLink.open(trial, row.compression(), row.offer());
          link.peer().send(compressed(HELLO));
          link.app().expectText("Hello");
          link.peer().trySend(compressed(HELLO_AGAIN));
          link.link().expectFailed(1002, Kind.PROTOCOL);
        });
  }

  @Test
  @Requires(Capability.COMPRESSION)
  default void rule_9_11_with_takeover_what_is_sent_refers_to_what_was(ServerTrial trial)
      throws Exception {
    DeflateLink link = DeflateLink.open(trial, everything(), "permessage-deflate");
    String text = text(1, 500);
    link.connection().send(text);
    Frame first = link.peer().expectFrame("the first message");
    link.connection().send(text);
    Frame second = link.peer().expectFrame("the second message");
    assertEquals(Frame.text(text), link.inflated(first));
    assertEquals(Frame.text(text), link.inflated(second));
    assertTrue(
        second.payload().length < first.payload().length / 2, "the second refers to the first");
    link.link().endWell();
  }

  @TestFactory
  @Requires(Capability.COMPRESSION)
  default Stream<DynamicTest> rule_9_11_without_takeover_each_message_sent_stands_alone(
      Table<ServerTrial> table) {
    return table.rows(
        List.of(
            new Agreement(Compression.DEFAULT, "permessage-deflate", Integer.MAX_VALUE),
            new Agreement(
                everything(), "permessage-deflate; server_no_context_takeover", Integer.MAX_VALUE)),
        (trial, row) -> {
          DeflateLink link = DeflateLink.open(trial, row.compression(), row.offer());
          String text = text(1, 500);
          link.connection().send(text);
          Frame first = link.peer().expectFrame("the first message");
          link.connection().send(text);
          link.peer().expect(first);
          assertEquals(Frame.text(text), link.inflated(first));
          link.link().endWell();
        });
  }

  @Test
  @Requires(Capability.COMPRESSION)
  default void rule_9_11_one_connection_does_not_refer_to_another(ServerTrial trial)
      throws Exception {
    DeflateLink one = DeflateLink.open(trial, everything(), "permessage-deflate");
    DeflateLink two = DeflateLink.openAnother(trial, "permessage-deflate");
    DeflateLink three = DeflateLink.openAnother(trial, "permessage-deflate");
    String text = text(1, 500);
    for (DeflateLink link : List.of(one, two, three, one)) {
      link.connection().send(text);
      link.expectText(text);
      link.peer().send(link.text(text));
      link.app().expectText(text);
    }
    for (DeflateLink link : List.of(one, two, three)) {
      link.link().endWell();
    }
  }

  @Test
  @Requires(Capability.COMPRESSION)
  default void rule_9_11_what_many_threads_send_is_inflated_in_its_order(ServerTrial trial)
      throws Exception {
    DeflateLink link = DeflateLink.open(trial, everything(), "permessage-deflate");
    int threads = 8;
    int messages = 50;
    List<CompletableFuture<?>> senders = new ArrayList<>();
    for (int thread = 0; thread < threads; thread++) {
      int id = thread;
      senders.add(
          Background.run(
              () ->
                  IntStream.range(0, messages)
                      .forEach(i -> link.connection().send(id + " " + i + text(i, 400)))));
    }
    int[] next = new int[threads];
    for (int i = 0; i < threads * messages; i++) {
      String seen = link.readMessage().text();
      int id = seen.charAt(0) - '0';
      assertEquals(id + " " + next[id] + text(next[id], 400), seen);
      next[id]++;
    }
    for (CompletableFuture<?> sender : senders) {
      Patience.get(sender, "sending");
    }
    link.link().endWell();
  }

  // ---- 9.12: what is compressed

  @Test
  @Requires(Capability.COMPRESSION)
  default void rule_9_12_messages_of_the_smallest_size_are_compressed_and_shorter_ones_not(
      ServerTrial trial) throws Exception {
    DeflateLink link =
        DeflateLink.open(trial, Compression.DEFAULT.withMinSize(100), "permessage-deflate");
    for (int size : List.of(0, 1, 99)) {
      link.connection().send("x".repeat(size));
      link.peer().expect(Frame.text("x".repeat(size)));
    }
    for (int size : List.of(100, 101, 100_000)) {
      link.connection().send("x".repeat(size));
      link.expectText("x".repeat(size));
    }
    link.connection().send("\u20ac".repeat(33)); // 99 bytes
    link.peer().expect(Frame.text("\u20ac".repeat(33)));
    link.connection().send("\u20ac".repeat(34)); // 102 bytes
    link.expectText("\u20ac".repeat(34));
    link.link().endWell();
  }

  @Test
  @Requires(Capability.COMPRESSION)
  default void rule_9_12_what_would_not_get_shorter_is_sent_as_it_is(ServerTrial trial)
      throws Exception {
    DeflateLink link = DeflateLink.open(trial);
    byte[] noise = noise(1, 1000);
    link.connection().send(ByteBuffer.wrap(noise));
    link.peer().expect(Frame.binary(noise));
    link.link().endWell();
  }

  @Test
  @Requires(Capability.COMPRESSION)
  default void rule_9_12_control_frames_are_not_compressed(ServerTrial trial) throws Exception {
    DeflateLink link = DeflateLink.open(trial, everything(), "permessage-deflate");
    String payload = "p".repeat(125);
    link.peer().send(Frame.ping(payload)).expect(Frame.pong(payload));
    link.app().expectPing(payload);
    link.connection().ping();
    assertEquals(0, link.peer().expectFrame("a ping").reserved());
    link.connection().close(4000, "r".repeat(123));
    link.peer().expect(Frame.close(4000, "r".repeat(123)));
    link.peer().send(Frame.close(4000, ""));
    link.app().expectClose(4000, "r".repeat(123));
  }

  // ---- 9.16: messages in parts

  /** Messages of all kinds of parts. */
  private static List<List<String>> messagesInParts() {
    String large = text(1, 200_000);
    return List.of(
        List.of(text(2, 500)),
        List.of(text(2, 500), "", "x", large, text(3, 500)),
        List.of(text(2, 500), "\u20ac".repeat(300)));
  }

  @TestFactory
  @Requires(Capability.COMPRESSION)
  default Stream<DynamicTest> rule_9_16_parts_are_compressed_and_each_can_be_inflated_at_its_end(
      Table<ServerTrial> table) {
    return table.rows(
        List.of(Compression.DEFAULT, everything()),
        (trial, compression) -> {
          DeflateLink link = DeflateLink.open(trial, compression, "permessage-deflate");
          for (List<String> parts : messagesInParts()) {
            OutgoingMessage message = link.connection().startText();
            boolean first = true;
            for (String part : parts) {
              message.send(part);
              Frame frame = link.peer().expectFrame("a part");
              assertEquals(first ? 4 : 0, frame.reserved(), "RSV1 of the first frame only");
              assertEquals(part, link.inflatedPart(frame));
              first = false;
            }
            message.finish();
            link.expectEndOfParts();
            link.connection().send(text(2, 500)); // the next message is in order
            link.expectText(text(2, 500));
          }
          link.link().endWell();
        });
  }

  @Test
  @Requires(Capability.COMPRESSION)
  default void rule_9_16_a_message_whose_first_part_is_short_is_not_compressed(ServerTrial trial)
      throws Exception {
    DeflateLink link = DeflateLink.open(trial);
    OutgoingMessage message = link.connection().startText();
    message.send("short");
    message.send("x".repeat(10_000));
    message.finish();
    link.peer().expect(Frame.of(Frame.TEXT, "short".getBytes(UTF_8)).notLast());
    link.peer().expect(Frame.of(0, "x".repeat(10_000).getBytes(UTF_8)).notLast());
    link.peer().expect(Frame.of(0, new byte[0]));
    link.link().endWell();
  }

  @Test
  @Requires(Capability.COMPRESSION)
  default void rule_9_16_pings_between_parts_are_not_compressed(ServerTrial trial)
      throws Exception {
    DeflateLink link = DeflateLink.open(trial);
    OutgoingMessage message = link.connection().startText();
    message.send(text(1, 1000));
    assertEquals(text(1, 1000), link.inflatedPart(link.peer().expectFrame("the first part")));
    link.peer().send(Frame.ping("between")).expect(Frame.pong("between"));
    link.app().expectPing("between");
    message.send(text(2, 1000));
    assertEquals(text(2, 1000), link.inflatedPart(link.peer().expectFrame("the second part")));
    message.finish();
    link.expectEndOfParts();
    link.link().endWell();
  }

  // ---- 9.15: endpoints

  @Test
  @Requires(Capability.COMPRESSION)
  default void rule_9_15_an_endpoint_may_compress_nothing(ServerTrial trial) throws Exception {
    trial.startWithoutHandler(
        builder ->
            builder
                .compression(everything())
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
    peer.send(compressed(HELLO));
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

  // ---- 9.13: the end

  /** How a connection ends. */
  enum Ending {
    PEER_CLOSES,
    PEER_FINISHES,
    PEER_RESETS,
    WE_CLOSE,
    WE_ABORT
  }

  @TestFactory
  @Requires(Capability.COMPRESSION)
  default Stream<DynamicTest> rule_9_13_it_may_end_inside_of_a_compressed_message(
      Table<ServerTrial> table) {
    return table.rows(
        List.of(Ending.values()),
        (trial, row) -> {
          DeflateLink link = DeflateLink.open(trial, everything(), "permessage-deflate");
          link.connection().send(text(1, 5000));
          link.expectText(text(1, 5000));
          link.peer().send(DeflateLink.fragments(link.text(text(2, 5000)), 100)[0]);
          link.peer().send(Frame.ping("here"));
          link.app().expectPing("here");
          link.app().ignoreRest();
          switch (row) {
            case PEER_CLOSES -> link.peer().send(Frame.close(1000, ""));
            case PEER_FINISHES -> link.peer().finish();
            case PEER_RESETS -> link.peer().reset();
            case WE_CLOSE -> link.connection().close();
            case WE_ABORT -> link.connection().abort();
          }
          if (row == Ending.WE_CLOSE) {
            link.peer().skipToClose();
            link.peer().trySend(Frame.close(1000, ""));
          }
          Patience.get(link.connection().closed(), "closed()");
          link.connection().send(text(3, 5000));
          assertFalse(trial.log().contains("Exception"), () -> "the log: " + trial.log());
        });
  }
}
