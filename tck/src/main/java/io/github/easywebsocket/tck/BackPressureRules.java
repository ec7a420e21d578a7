package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Limits;
import io.github.easywebsocket.Limits.Overflow;
import io.github.easywebsocket.WebSocketException;
import io.github.easywebsocket.WebSocketException.Kind;
import io.github.easywebsocket.tck.Recording.Call;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Section 4, sending: a peer that reads slowly, and what becomes of what it has not read. */
interface BackPressureRules {

  int QUEUE = 200_000;
  int SIZE = 20_000;

  /** More messages than a queue and the kernel's buffers hold. */
  int MANY = 2_000;

  /** A connection whose peer does not read. */
  private static Link openSlow(Trial trial, Overflow policy) throws Exception {
    Limits limits = Limits.DEFAULT.withSendQueueBytes(QUEUE).withOverflow(policy);
    return trial.open(setup -> setup.limits(limits).smallWindow());
  }

  private static String message(int number) {
    String text = "message " + number + " ";
    return text + "x".repeat(SIZE - text.length());
  }

  /** Sends until the queue is full; the last stage has failed. */
  private static List<CompletableFuture<Void>> fill(Link link) {
    List<CompletableFuture<Void>> sends = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      CompletableFuture<Void> send =
          link.connection().send(message(i)).toCompletableFuture();
      sends.add(send);
      if (send.isCompletedExceptionally()) {
        return sends;
      }
    }
    throw new AssertionError("40 MB are taken for a peer that does not read");
  }

  private static Kind kindOf(CompletableFuture<?> failed) throws InterruptedException {
    try {
      failed.get();
    } catch (ExecutionException | CompletionException e) {
      return assertInstanceOf(WebSocketException.class, e.getCause()).kind();
    }
    throw new AssertionError("the send must fail");
  }

  // ---- 4.4

  @Test
  default void rule_4_4_with_FAIL_a_send_to_a_full_queue_fails(Trial trial) throws Exception {
    Link link = openSlow(trial, Overflow.FAIL);
    List<CompletableFuture<Void>> sends = fill(link);
    int taken = sends.size() - 1;
    assertEquals(Kind.QUEUE_FULL, kindOf(sends.get(taken)));
    long pending = link.connection().pendingBytes();
    assertTrue(pending > 0, "bytes are pending");
    assertTrue(pending < QUEUE + 10 * SIZE, "pending are " + pending);
    assertTrue(link.connection().isOpen(), "the connection goes on");
    for (int i = 0; i < taken; i++) {
      link.peer().expectText(message(i));
    }
    for (CompletableFuture<Void> send : sends.subList(0, taken)) {
      Patience.get(send, "a send that was taken");
    }
    link.connection().send("room again");
    link.peer().expectText("room again");
    link.expectAlive().endWell();
  }

  @Test
  default void rule_4_4_with_BLOCK_a_send_waits_for_room(Trial trial) throws Exception {
    Link link = openSlow(trial, Overflow.BLOCK);
    int messages = 600;
    CompletableFuture<Boolean> sending =
        Background.run(
            () -> {
              for (int i = 0; i < messages; i++) {
                link.connection().send(message(i));
              }
            });
    assertFalse(Patience.happens(sending), "12 MB are taken for a peer that does not read");
    for (int i = 0; i < messages; i++) {
      link.peer().expectText(message(i));
    }
    Patience.get(sending, "the sender");
    link.endWell();
  }

  @Test
  default void rule_4_4_a_sender_that_waits_is_woken_by_the_end(Trial trial) throws Exception {
    Link link = openSlow(trial, Overflow.BLOCK);
    CompletableFuture<Kind> waiting =
        Background.call(
            () -> {
              CompletableFuture<Void> last = new CompletableFuture<>();
              for (int i = 0; i < MANY && link.connection().isOpen(); i++) {
                last = link.connection().send(message(i)).toCompletableFuture();
              }
              return kindOf(last);
            });
    assertFalse(Patience.happens(waiting), "the sender waits");
    link.connection().abort();
    assertEquals(Kind.CLOSED, Patience.get(waiting, "the sender that waits"));
    link.app().expectClose(1006);
  }

  @Test
  default void rule_4_4_a_thread_that_may_not_block_does_not(Trial trial) throws Exception {
    CompletableFuture<Kind> outcome = new CompletableFuture<>();
    if (trial.inline()) {
      trial
          .events()
          .on(
              Call.MESSAGE,
              (connection, message) -> {
                for (int i = 0; i < MANY && !outcome.isDone(); i++) {
                  connection
                      .send(message(i))
                      .whenComplete(
                          (done, failure) -> {
                            if (failure instanceof WebSocketException e) {
                              outcome.complete(e.kind());
                            }
                          });
                }
              });
    } else {
      outcome.complete(Kind.QUEUE_FULL); // all threads of this mode may block
    }
    Link link = openSlow(trial, Overflow.BLOCK);
    link.app().ignoreRest();
    link.peer().text("fill it");
    assertEquals(Kind.QUEUE_FULL, Patience.get(outcome, "a send of an inline handler"));
  }

  @Test
  default void rule_4_4_one_message_longer_than_the_queue_is_taken(Trial trial)
      throws Exception {
    Link link = trial.open(Limits.DEFAULT.withSendQueueBytes(100).withOverflow(Overflow.FAIL));
    String text = "x".repeat(500_000);
    CompletableFuture<Void> send = link.connection().send(text).toCompletableFuture();
    link.peer().expectText(text);
    Patience.get(send, "the send");
    link.endWell();
  }

  // ---- 4.2

  @TestFactory
  default Stream<DynamicTest> rule_4_2_every_send_completes_when_the_connection_ends(
      Table<Trial> table) {
    return table.rows(
        List.of("RST", "abort", "close time-out", "write time-out", "stop", "protocol error"),
        (trial, row) -> {
          Link link = openSlow(trial, Overflow.FAIL);
          link.app().ignoreRest();
          List<CompletableFuture<Void>> sends = fill(link);
          switch (row) {
            case "RST" -> link.peer().reset();
            case "abort" -> link.connection().abort();
            case "close time-out" -> {
              link.connection().close(4000, "");
              trial.time().advance(Duration.ofSeconds(6));
            }
            case "write time-out" -> trial.time().advance(Duration.ofSeconds(15));
            case "protocol error" -> {
              link.peer().send(Frame.text("x").reserved(7));
              link.peer().reset();
            }
            default -> {
              link.peer().close();
              trial.stop();
            }
          }
          int failed = 0;
          for (CompletableFuture<Void> send : sends) {
            CompletableFuture<Boolean> outcome =
                send.handle((done, failure) -> failure != null).toCompletableFuture();
            failed += Patience.get(outcome, "a send, after " + row) ? 1 : 0;
          }
          assertTrue(failed > 1, "sends that could not go out have failed, after " + row);
        });
  }

  @Test
  default void rule_4_2_every_send_completes_when_all_goes_well(Trial trial) throws Exception {
    Link link = trial.open();
    List<CompletableFuture<Void>> sends = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      sends.add(link.connection().send(message(i)).toCompletableFuture());
      if (i % 10 == 9) {
        for (int j = i - 9; j <= i; j++) {
          link.peer().expectText(message(j));
        }
      }
    }
    for (CompletableFuture<Void> send : sends) {
      Patience.get(send, "a send");
    }
    link.endWell();
  }

  // ---- 4.8

  @Test
  default void rule_4_8_pendingBytes_returns_to_0(Trial trial) throws Exception {
    Link link = openSlow(trial, Overflow.FAIL);
    int taken = fill(link).size() - 1;
    assertTrue(link.connection().pendingBytes() > 0, "bytes are pending");
    for (int i = 0; i < taken; i++) {
      link.peer().expectText(message(i));
    }
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
}
