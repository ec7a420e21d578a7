package io.github.easywebsocket.tck;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Compression;
import io.github.easywebsocket.OutgoingMessage;
import io.github.easywebsocket.WebSocketException.Kind;
import io.github.easywebsocket.spi.Capability;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Section 9, compression: context takeover, what is sent, and the end. */
interface CompressionRules {

  // ---- 9.11: context takeover

  @Test
  @Requires(Capability.COMPRESSION)
  default void rule_9_11_with_takeover_the_peer_may_refer_to_its_earlier_messages(Trial trial)
      throws Exception {
    DeflateLink link = DeflateLink.open(trial, NegotiationRules.TAKEOVER, "permessage-deflate");
    link.peer()
        .send(
            Samples.compressed(Samples.HELLO),
            Samples.compressed(Samples.HELLO_AGAIN),
            Samples.compressed(Samples.HELLO_AGAIN));
    link.app().expectText("Hello").expectText("Hello").expectText("Hello");
    link.link().endWell();
  }

  @TestFactory
  @Requires(Capability.COMPRESSION)
  default Stream<DynamicTest> rule_9_11_without_takeover_the_peer_may_not(Table<Trial> table) {
    return table.rows(
        List.of(
            new Agreement(NegotiationRules.NO_TAKEOVER, "permessage-deflate"),
            new Agreement(
                NegotiationRules.TAKEOVER, "permessage-deflate; client_no_context_takeover")),
        (trial, row) -> {
          DeflateLink link = DeflateLink.open(trial, row);
          link.peer().send(Samples.compressed(Samples.HELLO));
          link.app().expectText("Hello");
          link.peer().trySend(Samples.compressed(Samples.HELLO_AGAIN));
          link.link().expectFailed(1002, Kind.PROTOCOL);
        });
  }

  @Test
  @Requires(Capability.COMPRESSION)
  default void rule_9_11_with_takeover_what_is_sent_refers_to_what_was(Trial trial)
      throws Exception {
    DeflateLink link = DeflateLink.open(trial, Samples.EVERYTHING, "permessage-deflate");
    String text = Samples.text(1, 500);
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
      Table<Trial> table) {
    return table.rows(
        List.of(
            new Agreement(Compression.DEFAULT, "permessage-deflate"),
            new Agreement(Samples.EVERYTHING, "permessage-deflate; server_no_context_takeover")),
        (trial, row) -> {
          DeflateLink link = DeflateLink.open(trial, row);
          String text = Samples.text(1, 500);
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
  default void rule_9_11_one_connection_does_not_refer_to_another(Trial trial) throws Exception {
    DeflateLink one = DeflateLink.open(trial, Samples.EVERYTHING, "permessage-deflate");
    DeflateLink two = trial.openAnotherDeflate("permessage-deflate");
    DeflateLink three = trial.openAnotherDeflate("permessage-deflate");
    String text = Samples.text(1, 500);
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
  default void rule_9_11_what_many_threads_send_is_inflated_in_its_order(Trial trial)
      throws Exception {
    DeflateLink link = DeflateLink.open(trial, Samples.EVERYTHING, "permessage-deflate");
    int threads = 8;
    int messages = 50;
    List<CompletableFuture<?>> senders = new ArrayList<>();
    for (int thread = 0; thread < threads; thread++) {
      int id = thread;
      senders.add(
          Background.run(
              () ->
                  IntStream.range(0, messages)
                      .forEach(i -> link.connection().send(id + " " + i + Samples.text(i, 400)))));
    }
    int[] next = new int[threads];
    for (int i = 0; i < threads * messages; i++) {
      String seen = link.readMessage().text();
      int id = seen.charAt(0) - '0';
      assertEquals(id + " " + next[id] + Samples.text(next[id], 400), seen);
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
      Trial trial) throws Exception {
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
  default void rule_9_12_what_would_not_get_shorter_is_sent_as_it_is(Trial trial) throws Exception {
    DeflateLink link = DeflateLink.open(trial);
    byte[] noise = Samples.noise(1, 1000);
    link.connection().send(ByteBuffer.wrap(noise));
    link.peer().expect(Frame.binary(noise));
    link.link().endWell();
  }

  @Test
  @Requires(Capability.COMPRESSION)
  default void rule_9_12_control_frames_are_not_compressed(Trial trial) throws Exception {
    DeflateLink link = DeflateLink.open(trial, Samples.EVERYTHING, "permessage-deflate");
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
    String large = Samples.text(1, 200_000);
    return List.of(
        List.of(Samples.text(2, 500)),
        List.of(Samples.text(2, 500), "", "x", large, Samples.text(3, 500)),
        List.of(Samples.text(2, 500), "\u20ac".repeat(300)));
  }

  @TestFactory
  @Requires(Capability.COMPRESSION)
  default Stream<DynamicTest> rule_9_16_parts_are_compressed_and_each_can_be_inflated_at_its_end(
      Table<Trial> table) {
    return table.rows(
        List.of(Compression.DEFAULT, Samples.EVERYTHING),
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
            link.connection().send(Samples.text(2, 500)); // the next message is in order
            link.expectText(Samples.text(2, 500));
          }
          link.link().endWell();
        });
  }

  @Test
  @Requires(Capability.COMPRESSION)
  default void rule_9_16_a_message_whose_first_part_is_short_is_not_compressed(Trial trial)
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
  default void rule_9_16_pings_between_parts_are_not_compressed(Trial trial) throws Exception {
    DeflateLink link = DeflateLink.open(trial);
    OutgoingMessage message = link.connection().startText();
    message.send(Samples.text(1, 1000));
    assertEquals(
        Samples.text(1, 1000), link.inflatedPart(link.peer().expectFrame("the first part")));
    link.peer().send(Frame.ping("between")).expect(Frame.pong("between"));
    link.app().expectPing("between");
    message.send(Samples.text(2, 1000));
    assertEquals(
        Samples.text(2, 1000), link.inflatedPart(link.peer().expectFrame("the second part")));
    message.finish();
    link.expectEndOfParts();
    link.link().endWell();
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
      Table<Trial> table) {
    return table.rows(
        List.of(Ending.values()),
        (trial, row) -> {
          DeflateLink link = DeflateLink.open(trial, Samples.EVERYTHING, "permessage-deflate");
          link.connection().send(Samples.text(1, 5000));
          link.expectText(Samples.text(1, 5000));
          link.peer().send(DeflateLink.fragments(link.text(Samples.text(2, 5000)), 100)[0]);
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
          link.connection().send(Samples.text(3, 5000));
          assertFalse(trial.log().contains("Exception"), () -> "the log: " + trial.log());
        });
  }
}
