package io.github.easywebsocket.tck;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Limits;
import io.github.easywebsocket.Limits.Overflow;
import io.github.easywebsocket.WebSocketException;
import io.github.easywebsocket.WebSocketException.Kind;
import io.github.easywebsocket.tck.Recording.Call;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Section 4, sending: a peer that reads slowly, and what becomes of what it has not read. */
interface BackPressureRules {

  // ---- 4.4: a full queue

  @Test
  default void rule_4_4_with_FAIL_a_send_to_a_full_queue_fails(Trial trial) throws Exception {
    SlowPeer slow = SlowPeer.open(trial, Overflow.FAIL).fill();
    Link link = slow.link();
    assertEquals(Kind.QUEUE_FULL, SlowPeer.kindOf(slow.refused()));
    long pending = link.connection().pendingBytes();
    assertTrue(pending > 0, "bytes are pending");
    assertTrue(pending < SlowPeer.QUEUE + 10 * SlowPeer.SIZE, "pending are " + pending);
    assertTrue(link.connection().isOpen(), "the connection goes on");
    slow.read(0, slow.taken().size());
    for (CompletableFuture<Void> send : slow.taken()) {
      Patience.get(send, "a send that was taken");
    }
    link.connection().send("room again");
    link.peer().expectText("room again");
    link.expectAlive().endWell();
  }

  @Test
  default void rule_4_4_with_BLOCK_a_send_waits_for_room(Trial trial) throws Exception {
    SlowPeer slow = SlowPeer.open(trial, Overflow.BLOCK);
    int messages = 600;
    Work sending = Work.of(messages, i -> slow.link().connection().send(SlowPeer.message(i)));
    sending.expectHeldUp("12 MB are taken for a peer that does not read");
    slow.read(0, messages);
    sending.expectDone("the sender");
    slow.link().endWell();
  }

  @Test
  default void rule_4_4_a_sender_that_waits_is_woken_by_the_end(Trial trial) throws Exception {
    Link link = SlowPeer.open(trial, Overflow.BLOCK).link();
    CompletableFuture<Kind> waiting =
        Background.call(
            () -> {
              CompletableFuture<Void> last = new CompletableFuture<>();
              for (int i = 0; i < SlowPeer.MANY && !last.isCompletedExceptionally(); i++) {
                last = link.connection().send(SlowPeer.message(i)).toCompletableFuture();
              }
              return SlowPeer.kindOf(last);
            });
    assertFalse(Patience.happens(waiting), "the sender waits");
    link.connection().abort();
    assertEquals(Kind.CLOSED, Patience.get(waiting, "the sender that waits"));
    link.app().expectClose(1006);
  }

  @Test
  default void rule_4_4_a_handler_that_may_not_block_does_not(Trial trial) throws Exception {
    CompletableFuture<Kind> outcome = new CompletableFuture<>();
    trial
        .events()
        .on(
            Call.MESSAGE,
            (connection, message) -> {
              for (int i = 0; i < SlowPeer.MANY && !outcome.isDone(); i++) {
                connection
                    .send(SlowPeer.message(i))
                    .whenComplete((done, failure) -> completeWithKind(outcome, failure));
              }
            });
    // handlers that may block are told to fail, those that may not do so by themselves
    Overflow policy = trial.inline() ? Overflow.BLOCK : Overflow.FAIL;
    Link link = SlowPeer.open(trial, policy).link();
    link.app().ignoreRest();
    link.peer().text("fill it");
    assertEquals(Kind.QUEUE_FULL, Patience.get(outcome, "a send of the handler"));
  }

  private static void completeWithKind(
      CompletableFuture<Kind> outcome, @Nullable Throwable failure) {
    if (failure instanceof WebSocketException e) {
      outcome.complete(e.kind());
    }
  }

  @Test
  default void rule_4_4_one_message_longer_than_the_queue_is_taken(Trial trial) throws Exception {
    Link link = trial.open(Limits.DEFAULT.withSendQueueBytes(100).withOverflow(Overflow.FAIL));
    String text = "x".repeat(500_000);
    CompletableFuture<Void> send = link.connection().send(text).toCompletableFuture();
    link.peer().expectText(text);
    Patience.get(send, "the send");
    link.endWell();
  }

  @Test
  default void rule_4_4_the_messages_that_wait_are_counted(Trial trial) throws Exception {
    Limits limits = Limits.DEFAULT.withSendQueueMessages(5).withOverflow(Overflow.FAIL);
    SlowPeer slow = SlowPeer.of(trial.open(setup -> setup.limits(limits).smallWindow())).fill();
    assertEquals(Kind.QUEUE_FULL, SlowPeer.kindOf(slow.refused()));
    long waiting = slow.taken().stream().filter(send -> !send.isDone()).count();
    assertTrue(waiting <= 6, waiting + " sends wait: more than five and the one under way");
    slow.read(0, slow.taken().size());
    slow.link().expectAlive().endWell();
  }

  // ---- 4.11, 4.12: other policies

  @Test
  default void rule_4_11_with_DROP_OLDEST_the_newest_messages_arrive(Trial trial) throws Exception {
    Link link = SlowPeer.open(trial, Overflow.DROP_OLDEST).link();
    List<CompletableFuture<Void>> sends = new ArrayList<>();
    for (int i = 0; i < SlowPeer.MANY; i++) {
      CompletableFuture<Void> send =
          link.connection().send(SlowPeer.message(i)).toCompletableFuture();
      assertFalse(send.isCompletedExceptionally(), "a send fails at once");
      sends.add(send);
    }
    List<Integer> arrived = new ArrayList<>();
    while (arrived.isEmpty() || arrived.get(arrived.size() - 1) < SlowPeer.MANY - 1) {
      String text = link.peer().expectMessage("a message").text();
      int number = Integer.parseInt(text.split(" ")[1]);
      assertEquals(SlowPeer.message(number), text);
      arrived.add(number);
    }
    assertEquals(arrived.stream().sorted().toList(), arrived, "the order of what has arrived");
    assertTrue(arrived.size() < SlowPeer.MANY, "some were dropped");
    for (int i = 0; i < SlowPeer.MANY; i++) {
      if (arrived.contains(i)) {
        Patience.get(sends.get(i), "a send that has arrived");
      } else {
        assertEquals(Kind.QUEUE_FULL, SlowPeer.kindOf(sends.get(i)));
      }
    }
    link.expectAlive().endWell();
  }

  @Test
  default void rule_4_12_with_CLOSE_a_send_to_a_full_queue_closes_with_1008(Trial trial)
      throws Exception {
    Link link = SlowPeer.open(trial, Overflow.CLOSE).link();
    CompletableFuture<Void> refused = new CompletableFuture<>();
    for (int i = 0; i < SlowPeer.MANY && !refused.isCompletedExceptionally(); i++) {
      refused = link.connection().send(SlowPeer.message(i)).toCompletableFuture();
    }
    assertEquals(Kind.QUEUE_FULL, SlowPeer.kindOf(refused));
    assertFalse(link.connection().isOpen(), "the connection is open");
    Frame close = link.peer().skipToClose();
    assertEquals(1008, close.closeCode());
    assertEquals("", close.closeReason());
    link.app().expectError(Kind.QUEUE_FULL).expectClose(1008);
  }

  // ---- 3.15: pongs

  @Test
  default void rule_3_15_the_pongs_for_a_peer_that_does_not_read_are_bounded(Trial trial)
      throws Exception {
    int writes = 200;
    int each = 500; // 13 MB of pings, and as much of pongs if each is answered
    int last = writes * each - 1;
    CompletableFuture<Boolean> handled = new CompletableFuture<>();
    Link link = trial.open(Setup::smallWindow);
    link.app().ignoreRest();
    trial
        .events()
        .on(
            Call.PING,
            (connection, payload) -> {
              if (number((String) payload) == last) {
                handled.complete(true);
              }
            });
    Work flood =
        Work.of(writes, i -> link.peer().send(pings(link.peer(), i * each, each), each + " pings"));
    if (!flood.comesToItsEnd()) {
      link.peer().reset(); // the reading has stopped, and with it the pongs
      return;
    }
    handled.get(); // however long it takes
    CompletableFuture<Boolean> read =
        Background.run(() -> readPongs(link.peer(), last, last / 2)); // each in its time
    while (!Patience.happens(read)) {
      trial.time().advance(Duration.ofMillis(100)); // what waits for the peer to read may go now
    }
  }

  private static byte[] pings(RawPeer peer, int from, int count) {
    Frame[] frames = new Frame[count];
    for (int i = 0; i < count; i++) {
      frames[i] = Frame.ping("%-125d".formatted(from + i));
    }
    return peer.encode(frames);
  }

  private static int number(@Nullable String payload) {
    return Integer.parseInt(requireNonNull(payload).strip());
  }

  /** Reads to the pong of the last ping. */
  private static void readPongs(RawPeer peer, int last, int most) throws IOException {
    int count = 0;
    for (int number = -1; number != last; count++) {
      Frame pong = peer.expectFrame("a pong");
      assertEquals(Frame.PONG, pong.opcode());
      number = number(pong.text());
      assertTrue(
          count < most, "no more than " + most + " pongs wait for a peer that does not read");
    }
  }

  // ---- 4.2: completion

  @TestFactory
  default Stream<DynamicTest> rule_4_2_every_send_completes_when_the_connection_ends(
      Table<Trial> table) {
    return table.rows(
        List.of("RST", "abort", "close time-out", "write time-out", "stop", "protocol error"),
        (trial, row) -> {
          SlowPeer slow = SlowPeer.open(trial, Overflow.FAIL).fill();
          slow.link().app().ignoreRest();
          end(row, trial, slow);
          int failed = 0;
          for (CompletableFuture<Void> send : slow.taken()) {
            CompletableFuture<Boolean> fails = send.handle((done, failure) -> failure != null);
            failed += Patience.get(fails, "a send, after " + row) ? 1 : 0;
          }
          assertTrue(failed > 1, "sends that could not go out have failed, after " + row);
        });
  }

  private static void end(String how, Trial trial, SlowPeer slow) throws Exception {
    Link link = slow.link();
    switch (how) {
      case "RST" -> link.peer().reset();
      case "abort" -> link.connection().abort();
      case "close time-out" -> {
        link.connection().close(4000, "");
        trial.time().advance(Duration.ofSeconds(6));
      }
      case "write time-out" -> slow.letTimeOut(trial);
      case "protocol error" -> {
        link.peer().send(Frame.text("x").reserved(7));
        link.peer().reset();
      }
      default -> {
        link.peer().close();
        trial.stop();
      }
    }
  }

  @Test
  default void rule_4_2_every_send_completes_when_all_goes_well(Trial trial) throws Exception {
    Link link = trial.open();
    List<CompletableFuture<Void>> sends = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      sends.add(link.connection().send(SlowPeer.message(i)).toCompletableFuture());
      link.peer().expectText(SlowPeer.message(i));
    }
    for (CompletableFuture<Void> send : sends) {
      Patience.get(send, "a send");
    }
    link.endWell();
  }

  // ---- 4.8: pendingBytes

  @Test
  default void rule_4_8_pendingBytes_returns_to_0(Trial trial) throws Exception {
    SlowPeer slow = SlowPeer.open(trial, Overflow.FAIL).fill();
    Link link = slow.link();
    assertTrue(link.connection().pendingBytes() > 0, "bytes are pending");
    slow.read(0, slow.taken().size());
    Patience.until(() -> link.connection().pendingBytes() == 0, "pendingBytes() is 0");
    link.endWell();
  }

  @Test
  default void rule_4_8_pendingBytes_is_0_before_and_after_a_small_send(Trial trial)
      throws Exception {
    Link link = trial.open();
    assertEquals(0, link.connection().pendingBytes());
    link.connection().send("small");
    link.peer().expectText("small");
    Patience.until(() -> link.connection().pendingBytes() == 0, "pendingBytes() is 0");
    link.endWell();
  }

  // ---- 4.14: when to send

  @Test
  default void rule_4_14_onWritable_tells_that_the_queue_has_emptied(Trial trial) throws Exception {
    CompletableFuture<Boolean> writable = new CompletableFuture<>();
    SlowPeer slow = SlowPeer.open(trial, Overflow.FAIL).fill();
    trial
        .events()
        .on(Call.WRITABLE, (connection, none) -> writable.complete(connection.isWritable()));
    assertFalse(slow.link().connection().isWritable(), "a full queue says that it is not");
    assertFalse(Patience.happens(writable), "onWritable though the queue is full");
    slow.read(0, slow.taken().size());
    assertTrue(Patience.get(writable, "onWritable"), "isWritable() inside of onWritable");
    slow.link().endWell();
  }
}
