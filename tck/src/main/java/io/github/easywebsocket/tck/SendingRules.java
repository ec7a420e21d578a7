package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Message;
import io.github.easywebsocket.WebSocketConnection;
import io.github.easywebsocket.WebSocketException;
import io.github.easywebsocket.WebSocketException.Kind;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Section 4, sending: order, completion, what is sent. */
interface SendingRules {

  // ---- 4.1: threads and order

  @Test
  default void rule_4_1_four_threads_send_without_waiting_each_in_its_order(Trial trial)
      throws Exception {
    int threads = 4;
    int messages = 1000;
    Link link = trial.open();
    List<CompletableFuture<?>> senders = new ArrayList<>();
    for (int thread = 0; thread < threads; thread++) {
      int number = thread;
      senders.add(
          Background.run(
              () -> {
                for (int i = 0; i < messages; i++) {
                  String padding = "x".repeat(i % 7 == 0 ? i * 3 : i % 50);
                  link.connection().send(number + " " + i + " " + padding);
                }
              }));
    }
    int[] next = new int[threads];
    for (int i = 0; i < threads * messages; i++) {
      String[] parts = link.peer().expectMessage("a message").text().split(" ", -1);
      int thread = Integer.parseInt(parts[0]);
      assertEquals(next[thread]++, Integer.parseInt(parts[1]), "order of thread " + thread);
    }
    for (CompletableFuture<?> sender : senders) {
      Patience.get(sender, "a sender");
    }
    link.endWell();
  }

  @Test
  default void rule_4_1_text_binary_and_pings_of_many_threads_do_not_mix(Trial trial)
      throws Exception {
    int rounds = 200;
    Link link = trial.open();
    byte[] bytes = ReceivingRules.bytes(5000);
    String text = "\u20ac".repeat(3000);
    List<CompletableFuture<?>> senders =
        List.of(
            Background.run(() -> repeat(rounds, () -> link.connection().send(text))),
            Background.run(
                () -> repeat(rounds, () -> link.connection().send(ByteBuffer.wrap(bytes)))),
            Background.run(() -> repeat(20, () -> link.connection().ping())));
    int messages = 0;
    int pings = 0;
    while (messages < 2 * rounds || pings < 20) {
      Frame frame = link.peer().expectMessage("a message or a ping");
      switch (frame.opcode()) {
        case Frame.TEXT -> assertEquals(Frame.text(text), frame);
        case Frame.BINARY -> assertEquals(Frame.binary(bytes), frame);
        default -> assertEquals(Frame.PING, frame.opcode());
      }
      if (frame.opcode() == Frame.PING) {
        pings++;
      } else {
        messages++;
      }
    }
    for (CompletableFuture<?> sender : senders) {
      Patience.get(sender, "a sender");
    }
    link.endWell();
  }

  private static void repeat(int times, Runnable action) {
    for (int i = 0; i < times; i++) {
      action.run();
    }
  }

  @TestFactory
  default Stream<DynamicTest> rule_4_1_messages_of_every_size_arrive(Table<Trial> table) {
    return table.rows(
        ReceivingRules.SIZES,
        (trial, size) -> {
          Link link = trial.open();
          byte[] bytes = ReceivingRules.bytes(size);
          String text = "*".repeat(size);
          CompletionStage<Void> first = link.connection().send(text);
          link.peer().expectText(text);
          CompletionStage<Void> second = link.connection().send(ByteBuffer.wrap(bytes));
          assertEquals(Frame.binary(bytes), link.peer().expectMessage("the bytes"));
          Patience.get(first, "the send of text");
          Patience.get(second, "the send of bytes");
          link.endWell();
        });
  }

  @Test
  default void rule_4_1_one_message_may_be_sent_to_many(Trial trial) throws Exception {
    Link one = trial.open();
    Link two = trial.openAnother();
    Message message = Message.text("to all");
    for (int i = 0; i < 50; i++) {
      one.connection().send(message);
      two.connection().send(message);
    }
    for (int i = 0; i < 50; i++) {
      one.peer().expectText("to all");
      two.peer().expectText("to all");
    }
  }

  // ---- 4.3: a connection that is over

  private static void expectClosed(CompletionStage<?> stage, String what) throws Exception {
    Throwable failure = Patience.failure(stage, what);
    assertEquals(Kind.CLOSED, assertInstanceOf(WebSocketException.class, failure).kind(), what);
  }

  private static void expectAllSendsFail(WebSocketConnection connection) throws Exception {
    expectClosed(connection.send("text"), "a send of text");
    expectClosed(connection.send(ByteBuffer.allocate(1)), "a send of bytes");
    expectClosed(connection.send(Message.text("message")), "a send of a message");
    expectClosed(connection.ping(), "a ping");
  }

  @Test
  default void rule_4_3_a_send_on_a_closing_connection_fails(Trial trial) throws Exception {
    Link link = trial.open();
    link.connection().close(4000, "");
    expectAllSendsFail(link.connection());
    link.peer().expectClose(4000).send(Frame.close(4000, ""));
    link.app().expectClose(4000);
    expectAllSendsFail(link.connection());
  }

  @Test
  default void rule_4_3_a_send_after_the_peer_has_gone_fails(Trial trial) throws Exception {
    Link link = trial.open();
    link.peer().reset();
    link.app().expectClose(1006);
    expectAllSendsFail(link.connection());
  }

  @Test
  default void rule_4_3_a_send_after_abort_fails(Trial trial) throws Exception {
    Link link = trial.open();
    link.connection().abort();
    expectAllSendsFail(link.connection());
    link.app().expectClose(1006);
  }

  // ---- 4.5, 4.6: what is sent

  /** A buffer that holds "abc". */
  record Buffer(String name, ByteBuffer buffer) implements Row {}

  /** So that what is sent next waits as well: what is taken at once is copied anyway. */
  private static int sendUntilOneWaits(Link link) {
    int sent = 0;
    do {
      assertTrue(sent < SlowPeer.MANY, "all is taken for a peer that does not read");
      link.connection().send(SlowPeer.message(sent++));
    } while (link.connection().pendingBytes() == 0);
    return sent;
  }

  @TestFactory
  default Stream<DynamicTest> rule_4_5_a_buffer_is_copied_and_not_moved(Table<Trial> table) {
    byte[] abc = {'a', 'b', 'c'};
    byte[] around = {'x', 'a', 'b', 'c', 'x'};
    return table.rows(
        List.of(
            new Buffer("of the heap", ByteBuffer.wrap(abc.clone())),
            new Buffer("a part of the heap", ByteBuffer.wrap(around.clone(), 1, 3)),
            new Buffer("a slice", ByteBuffer.wrap(around.clone(), 1, 3).slice()),
            new Buffer("direct", ByteBuffer.allocateDirect(3).put(abc).flip()),
            new Buffer("read-only", ByteBuffer.wrap(abc.clone()).asReadOnlyBuffer())),
        (trial, row) -> {
          Link link = trial.open(Setup::smallWindow);
          int before = sendUntilOneWaits(link);
          ByteBuffer buffer = row.buffer();
          int position = buffer.position();
          link.connection().send(buffer);
          assertEquals(position, buffer.position(), "the position");
          assertEquals(3, buffer.remaining(), "what remains");
          if (!buffer.isReadOnly()) {
            for (int i = buffer.position(); i < buffer.limit(); i++) {
              buffer.put(i, (byte) '!');
            }
          }
          SlowPeer.of(link).read(0, before);
          assertEquals(Frame.binary(abc), link.peer().expectMessage("\"abc\""));
        });
  }

  @Test
  default void rule_4_5_an_array_is_copied(Trial trial) throws Exception {
    Link link = trial.open(Setup::smallWindow);
    int before = sendUntilOneWaits(link);
    byte[] array = {'a', 'b', 'c'};
    link.connection().send(array);
    Arrays.fill(array, (byte) '!');
    SlowPeer.of(link).read(0, before);
    assertEquals(Frame.binary(new byte[] {'a', 'b', 'c'}), link.peer().expectMessage("\"abc\""));
  }

  @TestFactory
  default Stream<DynamicTest> rule_4_6_a_lone_surrogate_fails_the_send(Table<Trial> table) {
    return table.rows(
        List.of(
            new Utf8Rules.Text("a high one", "d800"),
            new Utf8Rules.Text("a low one", "dc00"),
            new Utf8Rules.Text("a high one behind a letter", "0061 d83d"),
            new Utf8Rules.Text("a low one before a letter", "de00 0061"),
            new Utf8Rules.Text("two high ones and a low one", "d83d d83d de00"),
            new Utf8Rules.Text("a pair the wrong way round", "de00 d83d"),
            new Utf8Rules.Text("one behind a question mark", "003f d800")),
        (trial, row) -> {
          Link link = trial.open();
          StringBuilder text = new StringBuilder();
          ByteBuffer.wrap(row.bytes()).asCharBuffer().chars().forEach(c -> text.append((char) c));
          Throwable failure = Patience.failure(link.connection().send(text), "the send");
          assertInstanceOf(IllegalArgumentException.class, failure);
          link.connection().send("a ? and a \ud83d\ude00");
          link.peer().expectText("a ? and a \ud83d\ude00");
          link.expectAlive().endWell();
        });
  }

  // ---- 4.7: pings

  @Test
  default void rule_4_7_a_ping_completes_with_the_time_until_its_pong(Trial trial)
      throws Exception {
    Link link = trial.open();
    link.app().ignoreRest();
    CompletableFuture<Duration> ping = link.connection().ping().toCompletableFuture();
    Frame frame = link.peer().expectFrame("a ping");
    assertEquals(Frame.PING, frame.opcode());
    link.peer().send(Frame.pong("another")).text("fence");
    link.app().expectPong("another").expectText("fence");
    assertFalse(ping.isDone(), "a pong that does not match completes no ping");
    trial.time().advance(Duration.ofSeconds(3));
    link.peer().send(Frame.of(Frame.PONG, frame.payload()));
    assertEquals(Duration.ofSeconds(3), Patience.get(ping, "the ping"));
  }

  @Test
  default void rule_4_7_the_pong_of_the_latest_ping_completes_all(Trial trial) throws Exception {
    Link link = trial.open();
    link.app().ignoreRest();
    List<CompletionStage<Duration>> pings = new ArrayList<>();
    byte[] last = {};
    for (int i = 0; i < 5; i++) {
      pings.add(link.connection().ping());
      last = link.peer().expectFrame("a ping").payload();
    }
    link.peer().send(Frame.of(Frame.PONG, last));
    for (CompletionStage<Duration> ping : pings) {
      Patience.get(ping, "a ping");
    }
  }

  @Test
  default void rule_4_7_a_ping_fails_when_the_connection_ends(Trial trial) throws Exception {
    Link link = trial.open();
    CompletionStage<Duration> ping = link.connection().ping();
    link.peer().expectFrame("a ping");
    link.endWell();
    expectClosed(ping, "the ping");
  }

  @Test
  default void rule_4_7_a_ping_fails_when_the_connection_is_aborted(Trial trial) throws Exception {
    Link link = trial.open();
    CompletionStage<Duration> ping = link.connection().ping();
    link.connection().abort();
    expectClosed(ping, "the ping");
    link.app().expectClose(1006);
  }

  // ---- 4.9: the interrupt flag

  @Test
  default void rule_4_9_an_interrupted_thread_may_send(Trial trial) throws Exception {
    Link link = trial.open();
    Thread.currentThread().interrupt();
    CompletionStage<Void> small = link.connection().send("small");
    CompletionStage<Void> large = link.connection().send("x".repeat(300_000));
    assertTrue(Thread.interrupted(), "the interrupt flag stays");
    link.peer().expectText("small");
    link.peer().expectText("x".repeat(300_000));
    assertNull(Patience.get(small, "a send"));
    assertNull(Patience.get(large, "a large send"));
    link.endWell();
  }

  @Test
  default void rule_4_9_an_interrupted_thread_may_ping(Trial trial) throws Exception {
    Link link = trial.open();
    Thread.currentThread().interrupt();
    link.connection().ping();
    assertTrue(Thread.interrupted(), "the interrupt flag stays");
    assertEquals(Frame.PING, link.peer().expectFrame("a ping").opcode());
    link.endWell();
  }

  @Test
  default void rule_4_9_an_interrupted_thread_may_close(Trial trial) throws Exception {
    Link link = trial.open();
    Thread.currentThread().interrupt();
    link.connection().close(4000, "");
    assertTrue(Thread.interrupted(), "the interrupt flag stays");
    link.peer().expectClose(4000).send(Frame.close(4000, ""));
    link.app().expectClose(4000);
  }
}
