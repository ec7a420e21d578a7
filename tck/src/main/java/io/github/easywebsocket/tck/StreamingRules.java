package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.IncomingMessage;
import io.github.easywebsocket.Limits;
import io.github.easywebsocket.MessagePart;
import io.github.easywebsocket.WebSocketException;
import io.github.easywebsocket.WebSocketException.Kind;
import io.github.easywebsocket.WebSocketHandler.Delivery;
import io.github.easywebsocket.tck.Recording.Call;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Section 3, messages that are received without being whole in memory, and the pace of reading. */
interface StreamingRules {

  // ---- 3.12: parts

  /** The parts of one message, put together; checks what they say of themselves. */
  private static byte[] expectParts(Link link, boolean text) throws InterruptedException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    MessagePart part = link.app().expectPart("the first part");
    assertTrue(part.isFirst(), "the first part says that it is");
    while (true) {
      assertEquals(text, part.isText(), "whether the part is text");
      assertEquals(part.size(), part.payload().remaining(), "size of a part");
      if (text) {
        byte[] again = part.text().getBytes(StandardCharsets.UTF_8);
        assertEquals(ByteBuffer.wrap(again), part.payload(), "a part of whole characters");
      }
      byte[] bytes = new byte[part.size()];
      part.payload().get(bytes);
      all.writeBytes(bytes);
      if (part.isLast()) {
        return all.toByteArray();
      }
      part = link.app().expectPart("a further part");
      assertFalse(part.isFirst(), "a further part says that it is");
    }
  }

  @Test
  default void rule_3_12_a_part_is_delivered_before_the_next_comes(Trial trial) throws Exception {
    Link link = trial.open(Delivery.PARTS);
    link.peer().send(Frame.text("begin").notLast());
    MessagePart first = link.app().expectPart("begin");
    assertEquals("begin", first.text());
    assertTrue(first.isFirst() && !first.isLast(), "the first, not the last");
    link.peer().send(Frame.ping("between"));
    link.app().expectPing("between");
    link.peer().expect(Frame.pong("between"));
    link.peer().send(Frame.continuation("end"));
    MessagePart part = link.app().expectPart("end");
    String rest = part.text();
    while (!part.isLast()) {
      part = link.app().expectPart("the rest");
      rest += part.text();
    }
    assertEquals("end", rest);
    link.endWell();
  }

  @TestFactory
  default Stream<DynamicTest> rule_3_12_the_limits_of_whole_messages_do_not_apply(
      Table<Trial> table) {
    return table.rows(
        List.of("one frame", "40 frames", "one frame, text"),
        (trial, row) -> {
          trial.events().take(Delivery.PARTS);
          Link link = trial.open(Limits.DEFAULT.withMaxMessageSize(1000).withMaxFragments(3));
          byte[] bytes = ReceivingRules.bytes(1 << 20);
          if (row.equals("one frame")) {
            link.peer().send(Frame.binary(bytes));
          } else if (row.equals("40 frames")) {
            int size = bytes.length / 40;
            for (int i = 0; i < 40; i++) {
              int end = i == 39 ? bytes.length : (i + 1) * size;
              byte[] piece = Arrays.copyOfRange(bytes, i * size, end);
              Frame frame = Frame.of(i == 0 ? Frame.BINARY : Frame.CONTINUATION, piece);
              link.peer().send(i == 39 ? frame : frame.notLast());
            }
          } else {
            bytes = "x\u20ac\ud83d\ude00".repeat(100_000).getBytes(StandardCharsets.UTF_8);
            link.peer().send(Frame.of(Frame.TEXT, bytes));
          }
          boolean text = row.endsWith("text");
          assertTrue(Arrays.equals(bytes, expectParts(link, text)), "the bytes are those sent");
          link.endWell();
        });
  }

  @TestFactory
  default Stream<DynamicTest> rule_3_12_text_is_cut_at_characters(Table<Trial> table) {
    byte[] text = "a\u00e4\u20ac\ud83d\ude00z".getBytes(StandardCharsets.UTF_8);
    return table.rows(
        List.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
        (trial, cut) -> {
          Link link = trial.open(Delivery.PARTS);
          link.peer().send(Frame.of(Frame.TEXT, Arrays.copyOf(text, cut)).notLast());
          byte[] rest = Arrays.copyOfRange(text, cut, text.length);
          link.peer().send(Frame.of(Frame.CONTINUATION, rest));
          assertEquals(ByteBuffer.wrap(text), ByteBuffer.wrap(expectParts(link, true)));
          link.endWell();
        });
  }

  @Test
  default void rule_3_12_an_empty_message_is_one_empty_part(Trial trial) throws Exception {
    Link link = trial.open(Delivery.PARTS);
    link.peer().text("");
    assertEquals(0, expectParts(link, true).length);
    link.peer().send(Frame.binary());
    assertEquals(0, expectParts(link, false).length);
    link.endWell();
  }

  @Test
  default void rule_3_12_text_in_parts_is_checked(Trial trial) throws Exception {
    Link link = trial.open(Delivery.PARTS);
    link.peer().send(Frame.text("good").notLast());
    link.app().expectPart("good");
    link.peer().send(Frame.of(Frame.CONTINUATION, (byte) 0xc3, (byte) 0x28));
    link.expectFailed(1007, Kind.INVALID_TEXT);
  }

  @Test
  default void rule_3_12_text_in_parts_does_not_end_inside_of_a_character(Trial trial)
      throws Exception {
    Link link = trial.open(Delivery.PARTS);
    link.peer().send(Frame.text("good").notLast());
    link.app().expectPart("good");
    link.peer().send(Frame.of(Frame.CONTINUATION, (byte) 0xe2, (byte) 0x82));
    link.expectFailed(1007, Kind.INVALID_TEXT);
  }

  // ---- 3.13: streams

  @Test
  @HandlersBlock
  default void rule_3_13_a_message_is_read_while_it_comes(Trial trial) throws Exception {
    trial
        .events()
        .on(
            Call.STREAM,
            (connection, message) -> {
              InputStream in = stream(message).inputStream();
              connection.send("began with " + in.read());
              connection.send("then " + in.readAllBytes().length);
            });
    Link link = trial.open(Delivery.STREAMS);
    link.peer().send(Frame.binary((byte) 7, (byte) 8).notLast());
    link.peer().expectText("began with 7");
    link.peer().send(Frame.of(Frame.CONTINUATION, new byte[1000]));
    link.peer().expectText("then 1001");
    link.app().expectStream("binary");
    link.endWell();
  }

  private static IncomingMessage stream(@Nullable Object argument) {
    assertNotNull(argument);
    return (IncomingMessage) argument;
  }

  @Test
  @HandlersBlock
  default void rule_3_13_text_is_read_as_characters(Trial trial) throws Exception {
    trial
        .events()
        .on(
            Call.STREAM,
            (connection, message) -> {
              StringBuilder text = new StringBuilder();
              for (int c; (c = stream(message).reader().read()) >= 0; ) {
                text.append((char) c);
              }
              connection.send(text);
            });
    Link link = trial.open(Delivery.STREAMS);
    byte[] text = "\u20ac\ud83d\ude00".getBytes(StandardCharsets.UTF_8);
    link.peer().send(Frame.of(Frame.TEXT, Arrays.copyOf(text, 4)).notLast());
    link.peer().send(Frame.of(Frame.CONTINUATION, Arrays.copyOfRange(text, 4, 7)));
    link.peer().expectText("\u20ac\ud83d\ude00");
    link.app().expectStream("text");
    link.endWell();
  }

  @Test
  @HandlersBlock
  default void rule_3_13_the_peer_is_slowed_down_to_the_pace_of_the_reader(Trial trial)
      throws Exception {
    int frames = 512;
    Gate gate = trial.gate();
    trial
        .events()
        .on(
            Call.STREAM,
            (connection, message) -> {
              gate.pass();
              long total =
                  stream(message).inputStream().transferTo(OutputStream.nullOutputStream());
              connection.send("read " + total);
            });
    Link link = trial.open(Delivery.STREAMS);
    byte[] payload = new byte[64 << 10];
    Work sending =
        Work.of(
            frames,
            i -> {
              Frame frame = Frame.of(i == 0 ? Frame.BINARY : Frame.CONTINUATION, payload);
              link.peer().send(i == frames - 1 ? frame : frame.notLast());
            });
    gate.awaitEntered();
    sending.expectHeldUp("32 MiB are taken while nobody reads them");
    gate.open();
    sending.expectDone("sending when the handler reads");
    link.peer().expectText("read " + (long) frames * payload.length);
    link.app().expectStream("binary");
    link.endWell();
  }

  /** How a connection ends inside of a message. */
  enum Break {
    RESET,
    FIN,
    PEER_CLOSES,
    CLOSE,
    ABORT;

    void end(Link link) throws IOException {
      switch (this) {
        case RESET -> link.peer().reset();
        case FIN -> link.peer().finish();
        case PEER_CLOSES -> link.peer().send(Frame.close(1000, ""));
        case CLOSE -> link.connection().close();
        default -> link.connection().abort();
      }
    }
  }

  /** What a handler does with the rest of a message. */
  @FunctionalInterface
  interface Reader {
    void read(InputStream rest) throws IOException;
  }

  /** Opens a connection whose handler is inside of a message, and reads the rest. */
  private static Link openInsideOfMessage(Trial trial, Reader reader) throws Exception {
    Gate reads = trial.gate();
    trial
        .events()
        .on(
            Call.STREAM,
            (connection, message) -> {
              InputStream in = stream(message).inputStream();
              in.readNBytes(5);
              reads.open();
              reader.read(in);
            });
    Link link = trial.open(Delivery.STREAMS);
    link.peer().send(Frame.text("begin").notLast());
    reads.pass();
    return link;
  }

  @TestFactory
  @HandlersBlock
  default Stream<DynamicTest> rule_3_13_a_reader_learns_that_the_rest_does_not_come(
      Table<Trial> table) {
    return table.rows(
        List.of(Break.values()),
        (trial, row) -> {
          CompletableFuture<Object> seen = new CompletableFuture<>();
          Link link =
              openInsideOfMessage(
                  trial,
                  rest -> {
                    try {
                      seen.complete(rest.readAllBytes());
                    } catch (WebSocketException e) {
                      seen.complete(e.kind());
                    } catch (IOException e) {
                      seen.complete(e);
                    }
                  });
          link.app().ignoreRest();
          row.end(link);
          assertEquals(Kind.CLOSED, Patience.get(seen, "the end of the reader"));
        });
  }

  @TestFactory
  @HandlersBlock
  default Stream<DynamicTest> rule_3_13_a_read_that_fails_with_the_connection_is_no_error(
      Table<Trial> table) {
    return table.rows(
        List.of(Break.RESET, Break.FIN, Break.PEER_CLOSES),
        (trial, row) -> {
          Link link =
              openInsideOfMessage(
                  trial,
                  rest -> {
                    try {
                      rest.transferTo(OutputStream.nullOutputStream());
                    } catch (IOException e) {
                      throw new UncheckedIOException(e); // as streams of java.util do
                    }
                  });
          row.end(link);
          link.app().expectStream("text").expectClose(row == Break.PEER_CLOSES ? 1000 : 1006);
        });
  }

  @Test
  @HandlersBlock
  default void rule_3_13_what_a_handler_leaves_is_thrown_away(Trial trial) throws Exception {
    Link link = trial.open(Delivery.STREAMS);
    link.peer().send(Frame.binary(new byte[100_000]));
    link.app().expectStream("binary");
    link.peer().send(Frame.binary(new byte[100_000]).notLast());
    link.app().expectStream("binary");
    link.peer().send(Frame.of(Frame.CONTINUATION, new byte[1 << 20]));
    link.peer().text("next");
    link.app().expectStream("text");
    link.endWell();
  }

  @Test
  @HandlersBlock
  default void rule_3_13_what_many_handlers_leave_holds_up_nobody(Trial trial) throws Exception {
    Link link = trial.open(Delivery.STREAMS);
    for (int i = 0; i < 20; i++) {
      link.peer().send(Frame.binary(new byte[100_000]));
      link.app().expectStream("binary");
    }
    link.endWell();
  }

  // ---- 3.14: pausing

  @Test
  default void rule_3_14_a_connection_that_is_paused_does_not_read(Trial trial) throws Exception {
    int messages = 512;
    CompletableFuture<Boolean> paused = new CompletableFuture<>();
    trial
        .events()
        .on(
            Call.OPEN,
            (connection, none) -> {
              connection.pauseReading();
              paused.complete(true);
            });
    Link link = trial.open();
    Patience.get(paused, "onOpen");
    byte[] payload = new byte[64 << 10];
    Work sending = Work.of(messages, i -> link.peer().send(Frame.binary(payload)));
    sending.expectHeldUp("32 MiB are read while reading is paused");
    link.connection().resumeReading();
    sending.expectDone("sending when reading goes on");
    for (int i = 0; i < messages; i++) {
      link.app().expectBinary(payload);
    }
    link.endWell();
  }

  @Test
  default void rule_3_14_a_pause_behind_what_another_thread_resumed_holds(Trial trial)
      throws Exception {
    CompletableFuture<Boolean> paused = new CompletableFuture<>();
    trial
        .events()
        .on(
            Call.PING,
            (connection, payload) -> {
              connection.pauseReading();
              Background.run(connection::resumeReading).join();
              connection.pauseReading();
              paused.complete(true);
            });
    Link link = trial.open();
    link.peer().send(Frame.ping(""));
    link.app().expectPing("");
    Patience.get(paused, "onPing");
    byte[] payload = new byte[64 << 10];
    Work sending = Work.of(512, i -> link.peer().send(Frame.binary(payload)));
    sending.expectHeldUp("32 MiB are read while reading is paused");
    link.app().ignoreRest();
    link.connection().resumeReading();
    sending.expectDone("sending when reading goes on");
  }

  @Test
  default void rule_3_14_a_paused_connection_closes_as_any_other(Trial trial) throws Exception {
    Link link = trial.open();
    link.connection().pauseReading();
    link.connection().close(1000, "");
    link.peer().expectClose(1000).send(Frame.close(1000, ""));
    link.app().expectClose(1000);
  }
}
