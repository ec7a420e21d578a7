package io.github.easywebsocket;

import static io.github.easywebsocket.Wiring.outcome;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Limits.Overflow;
import io.github.easywebsocket.Wiring.Mode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sending on one connection, one step at a time; OutboxStressTest has the threads. */
@ParameterizedClass
@EnumSource(Mode.class)
@Timeout(30)
class SessionSendingTest extends SessionFixture {

  /** A queue with room for two messages of one byte. */
  private static final Limits TWO = Limits.DEFAULT.withSendQueueBytes(2 * 65);

  SessionSendingTest(Mode mode) {
    super(mode);
    w.open();
  }

  @AfterEach
  @Override
  void nothingElseHappened() {
    w.transport.gone(null);
    w.run();
    w.handler.forget();
    super.nothingElseHappened();
    assertEquals(0, session.pendingBytes());
  }

  @Test
  void aSendThatTheTransportTakesIsDone() {
    assertEquals("done", outcome(session.send("a")));
    assertEquals("done", outcome(session.send(ByteBuffer.wrap(new byte[3]))));
    assertEquals("done", outcome(session.send(new byte[2])));
    w.transport.didWithFlushes("text a", "flush", "binary 3", "flush", "binary 2", "flush");
  }

  @Test
  void aSendUnderWayHoldsUpTheNextInOrder() {
    w.transport.full = true;
    List<CompletionStage<Void>> sends = new ArrayList<>();
    for (String text : List.of("a", "b", "c")) {
      sends.add(session.send(text));
    }
    w.transport.did("text a");
    assertEquals(List.of("pending", "pending", "pending"), outcomes(sends));
    w.transport.sent();
    w.transport.did("text b");
    assertEquals(List.of("done", "pending", "pending"), outcomes(sends));
    w.transport.full = false;
    w.transport.sent();
    w.transport.did("text c");
    assertEquals(List.of("done", "done", "done"), outcomes(sends));
  }

  private static List<String> outcomes(List<CompletionStage<Void>> stages) {
    return stages.stream().map(Wiring::outcome).toList();
  }

  @Test
  void aSendMayBeOverBeforeTheTransportsSendHasReturned() {
    w.transport.full = true;
    w.transport.duringSend = w.transport::sent;
    assertEquals("done", outcome(session.send("a")));
    assertEquals("done", outcome(session.send("b")));
    w.transport.did("text a", "text b");
  }

  @Test
  void aSendMayFailBeforeTheTransportsSendHasReturned() {
    w.transport.full = true;
    w.transport.duringSend = () -> w.transport.sendFailed(new IOException("broken pipe"));
    assertEquals("CLOSED", outcome(session.send("a")));
    w.transport.did("text a", "abort");
  }

  @Test
  void aSendFromInsideOfTheTransportsSendWaitsItsTurn() {
    w.transport.duringSend =
        () -> {
          w.transport.duringSend = () -> {};
          session.send("b");
        };
    session.send("a");
    w.transport.did("text a", "text b");
  }

  @Test
  void aFailedSendFailsTheOthersAndEndsTheConnectionAsThePeersDoing() {
    w.transport.full = true;
    CompletionStage<Void> first = session.send("a");
    CompletionStage<Void> second = session.send("b");
    IOException cause = new IOException("Broken pipe");
    w.transport.sendFailed(cause);
    w.run();
    w.transport.did("text a", "abort");
    assertEquals("CLOSED", outcome(first));
    assertEquals("CLOSED", outcome(second));
    assertEquals(cause, failure(first).getCause());
    w.handler.saw("close 1006"); // rule 1.6: whether it is an error, closed() tells
  }

  @ParameterizedTest
  @ValueSource(strings = {"send", "ping", "close", "flush"})
  void aTransportThatThrowsIsNotCalledAgainButAborted(String method) {
    w.transport.throwsIn = method;
    session.send("a");
    session.ping();
    session.close();
    w.run();
    if (method.equals("close")) {
      w.handler.saw("close 1006"); // we had begun to close
    } else {
      w.handler.saw("error IO", "close 1006");
      assertInstanceOf(IllegalStateException.class, w.handler.error().getCause());
    }
    List<String> expected = new ArrayList<>();
    expected.add("text a");
    if (method.equals("ping") || method.equals("close")) {
      expected.add("ping 0000000000000001");
    }
    if (method.equals("close")) {
      expected.add("close 1000");
    }
    expected.add("abort");
    w.transport.did(expected.toArray(String[]::new));
    assertEquals("CLOSED", outcome(session.send("late")));
  }

  @Test
  void aTransportThatThrowsInPauseOrResumeIsAborted() {
    if (mode == Mode.INLINE) {
      return;
    }
    w.transport.throwsIn = "pause";
    w.read(() -> session.message(false, new byte[300 << 10]));
    w.run();
    w.transport.did("pause", "abort");
    with(Limits.DEFAULT);
    w.transport.throwsIn = "resume";
    w.read(() -> session.message(false, new byte[300 << 10]));
    w.run();
    w.transport.did("pause", "resume", "abort");
  }

  @Test
  void aQueueThatIsFullFailsTheSendAndWorksAgainOnceItDrains() {
    with(TWO.withOverflow(Overflow.FAIL));
    w.transport.full = true;
    session.send("u"); // under way, not in the queue
    session.send("a");
    session.send("b");
    CompletionStage<Void> refused = session.send("c");
    assertEquals("QUEUE_FULL", outcome(refused));
    String message = String.valueOf(failure(refused).getMessage());
    assertTrue(message.contains("130 of 130 bytes"), message);
    w.transport.sent();
    w.transport.full = false;
    w.transport.sent();
    assertEquals("done", outcome(session.send("d")));
    w.transport.did("text u", "text a", "text b", "text d");
  }

  @Test
  void aQueueIsFullOfMessagesToo() {
    with(Limits.DEFAULT.withSendQueueMessages(2).withOverflow(Overflow.FAIL));
    w.transport.full = true;
    session.send("u");
    session.send("a");
    session.send("b");
    CompletionStage<Void> refused = session.send("c");
    assertEquals("QUEUE_FULL", outcome(refused));
    String message = String.valueOf(failure(refused).getMessage());
    assertTrue(message.contains("2 of 2 messages"), message);
    w.transport.sent();
    assertEquals("pending", outcome(session.send("d")));
    w.transport.did("text u", "text a");
  }

  @Test
  void theOldestThatWaitAreDroppedWhereThatIsThePolicy() {
    with(TWO.withOverflow(Overflow.DROP_OLDEST));
    w.transport.full = true;
    CompletionStage<Void> underWay = session.send("u");
    List<CompletionStage<Void>> sends =
        List.of(session.send("a"), session.send("b"), session.send("c"));
    assertEquals(
        List.of("QUEUE_FULL", "pending", "pending"), sends.stream().map(Wiring::outcome).toList());
    session.send("x".repeat(67)); // more than the queue holds: it needs all of it
    assertEquals(
        List.of("QUEUE_FULL", "QUEUE_FULL", "QUEUE_FULL"),
        sends.stream().map(Wiring::outcome).toList());
    w.transport.full = false;
    w.transport.sent();
    assertEquals("done", outcome(underWay));
    w.transport.did("text u", "text " + "x".repeat(67));
    assertEquals(0, session.pendingBytes());
  }

  @Test
  void theConnectionIsClosedWhereThatIsThePolicy() {
    with(TWO.withOverflow(Overflow.CLOSE));
    w.transport.full = true;
    CompletionStage<Void> underWay = session.send("u");
    CompletionStage<Void> waiting = session.send("a");
    session.send("b");
    assertEquals("QUEUE_FULL", outcome(session.send("c")));
    assertEquals("CLOSED", outcome(session.send("d")));
    w.transport.full = false;
    w.transport.sent();
    w.run();
    assertEquals("done", outcome(underWay));
    assertEquals("CLOSED", outcome(waiting));
    w.transport.did("text u", "close 1008", "disconnect");
    w.handler.saw("error QUEUE_FULL", "close 1008");
  }

  @Test
  void anEmptyQueueTakesAMessageOfAnySize() {
    with(TWO.withOverflow(Overflow.FAIL));
    w.transport.full = true;
    session.send("u");
    assertEquals("pending", outcome(session.send("long".repeat(100))));
    assertEquals("QUEUE_FULL", outcome(session.send("c")));
    w.transport.did("text u");
  }

  @Test
  void aThreadThatMayNotBlockFailsThoughThePolicyIsBlock() {
    with(TWO);
    w.transport.full = true;
    w.transport.mayBlock = false;
    for (int i = 0; i < 3; i++) {
      session.send("a");
    }
    assertEquals("QUEUE_FULL", outcome(session.send("b")));
    w.transport.did("text a");
  }

  @Test
  void anInlineHandlerFailsThoughThePolicyIsBlock() {
    if (mode != Mode.INLINE) {
      return;
    }
    with(TWO);
    w.transport.full = true;
    List<String> outcomes = new ArrayList<>();
    w.handler.in(
        "text",
        connection -> {
          for (int i = 0; i < 4; i++) {
            outcomes.add(outcome(connection.send("a")));
          }
        });
    w.text("go");
    assertEquals(List.of("pending", "pending", "pending", "QUEUE_FULL"), outcomes);
    w.transport.did("text a");
  }

  private FutureTask<CompletionStage<Void>> senderThatWaitsForRoom() {
    with(TWO);
    w.transport.full = true;
    for (int i = 0; i < 3; i++) {
      session.send("a");
    }
    FutureTask<CompletionStage<Void>> blocked = new FutureTask<>(() -> session.send("b"));
    Daemon.awaitWaiting(Daemon.start(blocked));
    return blocked;
  }

  @Test
  void aThreadThatMayBlockWaitsForRoom() throws Exception {
    FutureTask<CompletionStage<Void>> blocked = senderThatWaitsForRoom();
    w.transport.sent();
    assertEquals("pending", outcome(blocked.get(10, TimeUnit.SECONDS)));
    w.transport.did("text a", "text a");
  }

  @Test
  void aThreadThatWaitsForRoomIsReleasedByClose() throws Exception {
    FutureTask<CompletionStage<Void>> blocked = senderThatWaitsForRoom();
    session.close();
    assertEquals("CLOSED", outcome(blocked.get(10, TimeUnit.SECONDS)));
    w.transport.did("text a");
  }

  @Test
  void aThreadThatWaitsForRoomIsReleasedByTheEnd() throws Exception {
    FutureTask<CompletionStage<Void>> blocked = senderThatWaitsForRoom();
    w.transport.gone(null);
    assertEquals("CLOSED", outcome(blocked.get(10, TimeUnit.SECONDS)));
    w.transport.did("text a");
  }

  @Test
  void aThreadThatIsInterruptedWhileItWaitsForRoomFailsAndKeepsItsFlag() throws Exception {
    with(TWO);
    w.transport.full = true;
    for (int i = 0; i < 3; i++) {
      session.send("a");
    }
    FutureTask<String> blocked =
        new FutureTask<>(
            () -> outcome(session.send("b")) + " " + Thread.currentThread().isInterrupted());
    Thread sender = Daemon.start(blocked);
    Daemon.awaitWaiting(sender);
    sender.interrupt();
    assertEquals("QUEUE_FULL true", blocked.get(10, TimeUnit.SECONDS));
    sender.join();
    w.transport.did("text a");
  }

  @Test
  void whatRunsWhenASendCompletesNeverWaitsForItself() {
    with(TWO);
    w.transport.full = true;
    CompletionStage<Void> first = session.send("a");
    session.send("b");
    session.send("c");
    List<String> outcomes = new ArrayList<>();
    first.thenRun(
        () -> {
          for (int i = 0; i < 2; i++) {
            outcomes.add(outcome(session.send("d"))); // the thread that frees room is this one
          }
        });
    w.transport.sent();
    assertEquals(List.of("QUEUE_FULL", "QUEUE_FULL"), outcomes);
    w.transport.did("text a", "text b");
  }

  private static Throwable failure(CompletionStage<Void> stage) {
    CompletionException thrown =
        assertThrows(CompletionException.class, () -> stage.toCompletableFuture().join());
    return Objects.requireNonNull(thrown.getCause());
  }

  @Test
  void anInterruptedThreadMaySendPingAndClose() {
    Thread.currentThread().interrupt();
    assertEquals("done", outcome(session.send("a")));
    CompletionStage<?> ping = session.ping();
    w.transport.full = true;
    session.send("b");
    session.send("c");
    w.transport.full = false;
    assertTrue(Thread.interrupted());
    w.transport.sent();
    Thread.currentThread().interrupt();
    session.close();
    assertTrue(Thread.interrupted());
    assertEquals("pending", outcome(ping));
    w.transport.did("text a", "ping 0000000000000001", "text b", "text c", "close 1000");
  }

  @Test
  void aBufferMayBeUsedAgainAtOnce() {
    w.transport.full = true;
    session.send("u");
    byte[] bytes = {1, 2, 3};
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    w.transport.duringSend = () -> {};
    session.send(buffer);
    assertEquals(3, buffer.remaining());
    buffer.clear();
    w.transport.full = false;
    w.transport.sent();
    w.transport.did("text u", "binary 3");
  }

  @Test
  void aLoneSurrogateFailsTheSendAndTheConnectionGoesOn() {
    assertEquals("IllegalArgumentException", outcome(session.send("a\ud800b")));
    assertEquals("done", outcome(session.send("b")));
    w.transport.did("text b");
  }

  @Test
  void pendingBytesCountsWhatWaitsHereAndInTheTransport() {
    w.transport.full = true;
    session.send("u");
    w.transport.pendingBytes = 1;
    session.send("four");
    session.send("ä");
    assertEquals(1 + 4 + 2, session.pendingBytes());
    w.transport.pendingBytes = 0;
    w.transport.full = false;
    w.transport.sent();
    assertEquals(0, session.pendingBytes());
    w.transport.did("text u", "text four", "text ä");
  }

  @Test
  void controlFramesOvertakeMessagesThatWait() {
    w.transport.full = true;
    session.send("a");
    session.send("b");
    CompletionStage<?> ping = session.ping();
    w.transport.full = false;
    w.transport.sent();
    w.transport.did("text a", "ping 0000000000000001", "text b");
    assertEquals("pending", outcome(ping));
  }

  @Test
  void aBatchLetsThoseGoFirstWhoWaitedBefore() {
    // another thread's message is queued while this connection's batch holds the token
    List<String> outcomes = new ArrayList<>();
    w.handler.in(
        "text",
        connection -> {
          Daemon.start(() -> connection.send("other")).join();
          outcomes.add(outcome(connection.send("own")));
          w.transport.full = true;
          Daemon.start(() -> connection.send("under way")).join();
          outcomes.add(outcome(connection.send("own, too")));
        });
    w.text("go");
    w.transport.did("text other", "text own", "text under way");
    assertEquals(List.of("done", "pending"), outcomes);
    w.transport.sent();
    w.transport.did("text own, too");
  }

  @Test
  void aStageCompletesOnceThoughTheEndAndTheSendMeet() {
    w.transport.full = true;
    List<Object> completions = new ArrayList<>();
    CompletionStage<Void> send = session.send("a");
    send.whenComplete((done, failure) -> completions.add("once"));
    w.transport.gone(null);
    w.transport.sent(); // late
    assertEquals(1, completions.size());
    assertEquals("CLOSED", outcome(send));
    w.transport.did("text a");
  }

  @Test
  void aStageCannotBeCompletedByTheApplication() {
    w.transport.full = true;
    CompletableFuture<Void> copy = session.send("a").toCompletableFuture();
    copy.complete(null);
    CompletionStage<Void> second = session.send("b");
    second.toCompletableFuture().cancel(true);
    assertEquals("pending", outcome(second));
    assertFalse(second == copy);
    w.transport.did("text a");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void onWritableIsNotCalledForASendThatIsRefusedWhileOthersWait(boolean byCount) {
    Limits limits = Limits.DEFAULT.withOverflow(Overflow.FAIL);
    with(byCount ? limits.withSendQueueMessages(1) : limits.withSendQueueBytes(1000));
    w.transport.full = true;
    session.send("under way");
    session.send("waits");
    assertEquals("QUEUE_FULL", outcome(session.send("x".repeat(900))));
    w.run();
    w.handler.saw();
    assertFalse(session.isWritable());
    w.transport.sent();
    w.run();
    w.handler.saw("writable");
    assertTrue(session.isWritable());
    w.transport.did("text under way", "text waits");
  }

  @Test
  void onWritableIsCalledOnceHoweverOftenTheQueueEmptiesBeforeThat() {
    if (mode == Mode.INLINE) {
      return;
    }
    with(TWO);
    for (int times = 0; times < 3; times++) {
      w.transport.full = true;
      session.send("under way");
      session.send("a");
      session.send("b");
      w.transport.full = false;
      w.transport.sent();
    }
    w.run();
    w.handler.saw("writable");
    w.transport.take();
  }
}
