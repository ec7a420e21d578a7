package io.github.easywebsocket.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.CloseReason;
import io.github.easywebsocket.Message;
import io.github.easywebsocket.WebSocketConnection;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What happens between two connections of one client, in orders that no peer can bring about. */
@Timeout(60)
class SessionTest {

  private static final CloseReason LOST = new CloseReason(CloseReason.ABNORMAL, "");

  private final AtomicLong clock = new AtomicLong();
  private final Session session = new Session("id", clock::get);
  private final List<String> wire = new ArrayList<>(); // what the connections were told, by name
  private final WebSocketConnection first = connection("1");
  private final WebSocketConnection second = connection("2");

  private WebSocketConnection connection(String name) {
    return (WebSocketConnection)
        Proxy.newProxyInstance(
            SessionTest.class.getClassLoader(),
            new Class<?>[] {WebSocketConnection.class},
            (proxy, method, arguments) -> {
              Object what = arguments[0] instanceof Message message ? message.text() : arguments[0];
              wire.add(name + " " + method.getName() + " " + what);
              return null;
            });
  }

  @Test
  void whatWasNotGotIsSentBeforeWhatIsNew() {
    assertTrue(session.resume(first, 0));
    session.send("a");
    session.send("b");
    session.lose(first, LOST);
    session.send("c");
    assertTrue(session.resume(second, 1));
    session.send("d");
    assertEquals(
        List.of(
            "1 send I:id 0",
            "1 send a",
            "1 send b",
            "2 send I:id 0",
            "2 send b",
            "2 send c",
            "2 send d"),
        wire);
  }

  @Test
  void anOldConnectionIsTakenNoMoreMessagesFromAndItsEndChangesNothing() {
    session.resume(first, 0);
    session.receive(first, () -> {});
    session.resume(second, 0);
    session.receive(first, () -> wire.add("handled"));
    session.lose(first, LOST);
    session.send("a");
    clock.addAndGet(Session.GRACE.toNanos());
    assertFalse(session.sweep());
    assertEquals(List.of("1 send I:id 0", "2 send I:id 1", "1 close 4409", "2 send a"), wire);
  }

  @Test
  void whoIsToldThatASessionGoesOnElsewhereHasNotLeftIt() {
    session.resume(first, 0);
    session.resume(second, 0);
    session.lose(first, new CloseReason(CloseReason.NORMAL, ""));
    assertFalse(session.isOver());
    session.lose(second, new CloseReason(CloseReason.NORMAL, ""));
    assertTrue(session.isOver());
    assertFalse(session.resume(first, 0));
  }

  @Test
  void theFirstMessageOfAConnectionWaitsForTheLastOneOfTheOneBefore() throws Exception {
    session.resume(first, 0);
    CountDownLatch handling = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    List<String> handled = new ArrayList<>();
    Thread last =
        new Thread(
            () ->
                session.receive(
                    first,
                    () -> {
                      handling.countDown();
                      await(goOn);
                      handled.add("last of the first");
                    }));
    last.start();
    await(handling);
    assertTrue(session.resume(second, 0)); // does not wait for the handler
    assertEquals("2 send I:id 1", wire.get(1)); // and the message that is handled is counted
    Thread next =
        new Thread(() -> session.receive(second, () -> handled.add("first of the second")));
    next.start();
    while (next.getState() != Thread.State.WAITING) {
      assertTrue(next.isAlive(), "it did not wait");
      Thread.onSpinWait();
    }
    goOn.countDown();
    last.join();
    next.join();
    assertEquals(List.of("last of the first", "first of the second"), handled);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aMessageThatTheHandlerThrowsAtIsCounted() {
    session.resume(first, 0);
    Runnable bug =
        () -> {
          throw new IllegalStateException("a bug");
        };
    assertThrows(IllegalStateException.class, () -> session.receive(first, bug));
    session.resume(second, 0);
    assertTrue(wire.contains("2 send I:id 1"), wire::toString);
  }

  @Test
  void theLastHundredMessagesAreKept() {
    for (int i = 0; i <= Session.MOST_KEPT; i++) {
      session.send("" + i);
    }
    assertFalse(session.resume(first, 0));
    assertTrue(session.resume(first, 1));
    assertFalse(session.resume(second, 102), "more than were sent");
    assertFalse(session.resume(second, -1));
    assertEquals("1 send 1", wire.get(1));
    assertEquals(1 + Session.MOST_KEPT, wire.size());
  }

  @Test
  void nothingAboveTheMostBytesIsKept() {
    String quarter = "x".repeat(Session.MOST_KEPT_BYTES / 4);
    for (int i = 0; i < 5; i++) {
      session.send(quarter);
    }
    assertFalse(session.resume(first, 0));
    assertTrue(session.resume(first, 1));
    session.send("y".repeat(Session.MOST_KEPT_BYTES + 1));
    assertEquals(1 + 4 + 1, wire.size(), "it is sent, but not kept");
    assertFalse(session.resume(second, 5));
    assertTrue(session.resume(second, 6));
  }

  @Test
  void aQueryIsAnsweredOnceAndInTime() throws Exception {
    session.resume(first, 0);
    CompletableFuture<String> soon = ask();
    CompletableFuture<String> never = ask();
    clock.addAndGet(Session.QUERY_TIME.toNanos() - 1);
    session.sweep();
    session.answered(1, "yes");
    session.answered(1, "no");
    assertEquals("yes", soon.get());
    assertFalse(never.isDone());
    clock.addAndGet(1);
    assertFalse(session.sweep());
    session.answered(2, "too late");
    assertInstanceOf(TimeoutException.class, failure(never));
    session.answered(3, "to what?");
    session.answered(-1, "to what?");
  }

  @Test
  void aQueryThatIsMissedIsAskedAgainAndItsAnswerTaken() throws Exception {
    CompletableFuture<String> answer = ask();
    session.resume(first, 0);
    session.resume(second, 0);
    assertTrue(wire.contains("2 send Q:1 well?"), wire::toString);
    session.receive(second, () -> session.answered(1, "yes"));
    assertEquals("yes", answer.get());
  }

  @Test
  void tenQueriesMayWait() throws Exception {
    for (int i = 0; i < Session.MOST_QUERIES; i++) {
      assertFalse(ask().isDone());
    }
    assertInstanceOf(IllegalStateException.class, failure(ask()));
    session.answered(1, "yes");
    assertFalse(ask().isDone());
  }

  @Test
  void queriesEndWithTheirSession() throws Exception {
    CompletableFuture<String> before = ask();
    session.resume(first, 0);
    session.lose(first, new CloseReason(CloseReason.NORMAL, ""));
    assertInstanceOf(IllegalStateException.class, failure(ask()));
    assertTrue(session.sweep());
    assertInstanceOf(TimeoutException.class, failure(before));
  }

  private CompletableFuture<String> ask() {
    CompletionStage<String> answer = session.query("well?");
    return answer.toCompletableFuture();
  }

  private static Throwable failure(CompletableFuture<String> answer) {
    assertTrue(answer.isDone());
    Throwable cause = assertThrows(ExecutionException.class, answer::get).getCause();
    return cause == null ? new AssertionError("no cause") : cause;
  }
}
