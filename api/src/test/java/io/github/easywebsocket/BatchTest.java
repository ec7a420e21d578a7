package io.github.easywebsocket;

import static io.github.easywebsocket.Wiring.outcome;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.easywebsocket.Wiring.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the handlers of one connection send to another. */
class BatchTest {

  /** How long a batch waits at most for what follows, and handlers may take that are quick. */
  private static final long MOST_NANOS = 5_000_000;

  private final List<CompletionStage<Void>> sends = new ArrayList<>();
  private Wiring from = new Wiring(Mode.INLINE).open();
  private Wiring to = new Wiring(Mode.INLINE).open();

  @AfterEach
  void nothingElseHappened() {
    from.verify();
    to.verify();
  }

  /** For each message of one connection, sends its number to the other. */
  private void relay() {
    from.handler.in("text", connection -> sendNumber());
  }

  private void sendNumber() {
    sends.add(to.session.send(String.valueOf(sends.size() + 1)));
  }

  private void receive(String text) {
    from.session.message(true, text.getBytes(UTF_8));
    from.handler.saw("text " + text);
  }

  private List<String> outcomes() {
    return sends.stream().map(Wiring::outcome).toList();
  }

  @Test
  void leavesInOneWriteAtTheEndOfTheRead() {
    relay();
    receive("a");
    receive("b");
    to.transport.didWithFlushes();
    assertEquals(List.of("pending", "pending"), outcomes());
    from.session.readComplete();
    to.transport.didWithFlushes("text 1", "text 2", "flush");
    assertEquals(List.of("done", "done"), outcomes());
  }

  @Test
  void leavesAtOnceWhenTheQueueIsFull() {
    to = new Wiring(Mode.INLINE, Limits.DEFAULT.withSendQueueBytes(2 * 65)).open();
    relay();
    receive("a");
    receive("b");
    to.transport.didWithFlushes();
    receive("c");
    to.transport.didWithFlushes("text 1", "text 2", "flush", "text 3", "flush");
    receive("d");
    from.session.readComplete();
    to.transport.didWithFlushes("text 4", "flush");
    to.handler.saw("writable");
    assertEquals(List.of("done", "done", "done", "done"), outcomes());
  }

  @Test
  void leavesInTheOrderOfTheSendsWhoeverSends() throws InterruptedException {
    relay();
    receive("a");
    Thread other = new Thread(() -> to.session.send("b"));
    other.start();
    other.join();
    to.transport.didWithFlushes("text 1", "text b", "flush");
    receive("c");
    from.session.readComplete();
    to.transport.didWithFlushes("text 2", "flush");
  }

  @Test
  void leavesBeforeACloseFrame() {
    relay();
    receive("a");
    to.session.close();
    to.transport.didWithFlushes("text 1", "close 1000", "flush");
    from.session.readComplete();
  }

  @Test
  void failsWhenTheOtherConnectionHasGone() {
    relay();
    receive("a");
    to.transport.gone(null);
    to.handler.saw("close 1006");
    assertEquals(List.of("CLOSED"), outcomes());
    from.session.readComplete();
  }

  @Test
  void doesNotWaitForAHandlerThatGoesOnForLong() {
    relay();
    receive("a");
    to.advance(Timeouts.DEFAULT.close());
    to.transport.didWithFlushes("text 1", "flush");
    from.session.readComplete();
  }

  @Test
  void waitsNoMoreOnceTheReadIsOver() {
    relay();
    receive("a");
    from.session.readComplete();
    to.transport.didWithFlushes("text 1", "flush");
    assertEquals("done", outcome(to.session.send("b")));
    to.transport.didWithFlushes("text b", "flush");
  }

  @Test
  void waitsForTheLastOfQuickHandlersOnAnExecutor() {
    from = new Wiring(Mode.EXECUTOR).open();
    relay();
    assertGathered();
  }

  @Test
  void waitsForHandlersThatAreSlowTogetherOnlySinceTheirSendsDidNotWait() {
    from = new Wiring(Mode.EXECUTOR).open();
    from.handler.in(
        "text",
        connection -> {
          sendNumber();
          if (outcomes().contains("done")) {
            spin(MOST_NANOS / 2);
          }
        });
    assertGathered();
  }

  @Test
  void waitsForHandlersThatAreSlowOnlySinceTheySendToMany() {
    from = new Wiring(Mode.EXECUTOR).open();
    from.handler.in(
        "text",
        connection -> {
          for (int i = 0; i < 1_000; i++) {
            sendNumber();
          }
          if (outcome(sends.get(0)).equals("done")) {
            spin(2 * MOST_NANOS); // as long as a thousand writes may take
          }
        });
    assertGathered(2_001);
  }

  @Test
  void doesNotWaitForAnotherHandlerWhenTheBatchGoesOnForLong() {
    from = new Wiring(Mode.EXECUTOR).open();
    relay();
    assertGathered();
    from.handler.in(
        "text",
        connection -> {
          if (sends.size() == 1) {
            spin(2 * MOST_NANOS);
          } else if (sends.size() == 2) {
            assertEquals(List.of("done", "done"), outcomes());
          }
          sendNumber();
        });
    sends.clear();
    handle3();
    to.transport.take();
  }

  private static void spin(long nanos) {
    long start = System.nanoTime();
    while (System.nanoTime() - start < nanos) {
      Thread.onSpinWait();
    }
  }

  private void assertGathered() {
    assertGathered(3);
  }

  /**
   * What three handlers send leaves in one write with the first send of the last one, as soon as
   * the batch before was quick enough.
   */
  private void assertGathered(int count) {
    List<String> calls = List.of();
    for (int i = 0; i < 100 && calls.indexOf("flush") != count; i++) {
      sends.clear();
      handle3();
      calls = to.transport.take();
    }
    List<String> expected = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      expected.add("text " + i);
    }
    expected.add("flush");
    assertEquals(expected, calls.subList(0, count + 1));
  }

  private void handle3() {
    receive3();
    from.session.readComplete();
    from.run();
    from.handler.forget();
  }

  private void receive3() {
    for (String text : List.of("a", "b", "c")) {
      from.session.message(true, text.getBytes(UTF_8));
    }
  }
}
