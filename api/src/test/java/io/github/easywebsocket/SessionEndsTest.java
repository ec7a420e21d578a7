package io.github.easywebsocket;

import static io.github.easywebsocket.Wiring.outcome;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Wiring.Mode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Every way a connection ends, and what comes too late. */
@ParameterizedClass
@EnumSource(Mode.class)
class SessionEndsTest extends SessionFixture {

  SessionEndsTest(Mode mode) {
    super(mode);
  }

  @AfterEach
  @Override
  void nothingElseHappened() {
    super.nothingElseHappened();
    assertTrue(w.connections.reserve(1), "the connection's place is free again");
  }

  // ---- the rows of Session's comment

  @Test
  void ourCloseEndsWithOurCodeWhenThePeerAnswers() {
    w.open();
    session.close(3000, "bye");
    assertEquals(ReadyState.CLOSING, session.readyState());
    w.transport.did("close 3000 bye");
    w.peerCloses(3000, "theirs");
    w.transport.did("disconnect");
    w.handler.saw("close 3000 bye");
  }

  @Test
  void thePeersCloseIsAnsweredWithItsCodeAndEndsWithIt() {
    w.open();
    w.peerCloses(4001, "theirs");
    w.transport.did("close 4001", "disconnect");
    w.handler.saw("close 4001 theirs");
  }

  @Test
  void anEmptyCloseFrameIsAnsweredByAnEmptyOneAndIs1005() {
    w.open();
    w.peerCloses(CloseReason.NO_STATUS, "");
    w.transport.did("close 1005", "disconnect");
    w.handler.saw("close 1005");
  }

  @Test
  void aProtocolErrorIsToldTheHandlerAndThePeerWhoseAnswerIsNotAwaited() {
    w.open();
    w.read(() -> session.failed(1002, "a reserved bit"));
    w.run();
    w.transport.did("close 1002", "disconnect");
    w.handler.saw("error PROTOCOL", "close 1002");
    assertEquals("a reserved bit", String.valueOf(w.handler.error().getMessage()));
  }

  @Test
  void failuresHaveTheKindOfTheirCode() {
    w.open();
    w.read(() -> session.failed(1007, "not UTF-8"));
    w.run();
    w.transport.did("close 1007", "disconnect");
    w.handler.saw("error INVALID_TEXT", "close 1007");
  }

  @Test
  void aTransportThatIsGoneIs1006WithoutAnError() {
    w.open();
    w.gone(null);
    w.handler.saw("close 1006");
  }

  @Test
  void aTransportThatFailedIs1006WithAnError() {
    w.open();
    IOException cause = new IOException("no route");
    w.gone(cause);
    w.handler.saw("error IO", "close 1006");
    assertEquals(cause, w.handler.error().getCause());
  }

  @Test
  void abortEndsAtOnceWith1006() {
    w.open();
    session.abort();
    w.run();
    w.transport.did("abort");
    w.handler.saw("close 1006");
  }

  @Test
  void abortAfterOurCloseIs1006() {
    w.open();
    session.close();
    session.abort();
    w.run();
    w.transport.did("close 1000", "abort");
    w.handler.saw("close 1006");
  }

  @Test
  void aPeerThatEndsTcpInsteadOfAnsweringOurCloseIs1006() {
    w.open();
    session.close();
    w.transport.did("close 1000");
    w.gone(null);
    w.handler.saw("close 1006");
  }

  @Test
  void theEndOfTcpWhileWeCloseIsNoError() {
    w.open();
    session.close();
    w.transport.did("close 1000");
    w.gone(new IOException("reset"));
    w.handler.saw("close 1006");
  }

  @Test
  void anUpgradeThatFailedIsNeverSeen() {
    session.closed(new IOException("the client is gone"));
    w.run();
    assertEquals(List.of(), List.copyOf(w.connections.all()));
  }

  @Test
  void aTransportThatIsGoneBeforeItOpensIsNeverSeenAndAbortedInCaseItIsNot() {
    session.closed(null);
    session.open(w.transport, null);
    w.run();
    w.transport.did("abort");
    assertEquals(List.of(), List.copyOf(w.connections.all()));
  }

  @Test
  void whatOpensWhileTheServerStopsIsClosedWith1001() {
    w.connections.stop();
    w.open();
    w.transport.did("close 1001");
    w.peerCloses(1001, "");
    w.transport.did("disconnect");
    w.handler.saw("close 1001");
  }

  // ---- exactly once, first wins, in order

  @Test
  void theFirstCloseWins() {
    w.open();
    session.close(1000, "first");
    session.close(1001, "second");
    w.transport.did("close 1000 first");
    w.peerCloses(1011, "third");
    session.close(1001, "fourth");
    w.transport.did("disconnect");
    w.handler.saw("close 1000 first");
  }

  @Test
  void closeFramesThatCrossAreOneEnd() {
    w.open();
    w.transport.endsLater = true;
    session.close(1000, "ours");
    w.peerCloses(1001, "theirs");
    w.transport.did("close 1000 ours", "disconnect");
    w.handler.saw("close 1000 ours");
    session.abort();
    w.transport.did("abort");
    w.gone(null);
  }

  @Test
  void closedTwiceIsOnce() {
    w.open();
    w.gone(null);
    w.gone(new IOException("again"));
    w.handler.saw("close 1006");
  }

  @Test
  void closedByThePeerAndFailedIsNoError() {
    w.open();
    w.read(() -> session.closeReceived(1000, ""));
    if (mode == Mode.INLINE) {
      w.transport.did("close 1000", "disconnect");
    }
    w.gone(new IOException("reset while the answer is written"));
    w.handler.saw("close 1000");
  }

  @Test
  void ourCloseDropsWhatThePeerStillSends() {
    w.open();
    session.close();
    w.transport.did("close 1000");
    w.read(
        () -> session.message(true, new byte[] {'a'}),
        () -> session.ping(ByteBuffer.wrap(new byte[] {1})),
        () -> session.pong(ByteBuffer.wrap(new byte[] {2})));
    w.peerCloses(1000, "");
    w.transport.did("disconnect");
    w.handler.saw("close 1000");
  }

  @Test
  void whatCameBeforeThePeersCloseIsDeliveredBeforeIt() {
    w.open();
    w.read(
        () -> session.message(true, new byte[] {'a'}),
        () -> session.message(true, new byte[] {'b'}),
        () -> session.closeReceived(1000, ""));
    w.run();
    w.transport.did("close 1000", "disconnect");
    w.handler.saw("text a", "text b", "close 1000");
  }

  @Test
  void whatCameBeforeTheEndOfTcpIsDeliveredBeforeIt() {
    w.open();
    w.read(() -> session.message(true, new byte[] {'a'}));
    session.closed(null);
    w.run();
    w.handler.saw("text a", "close 1006");
  }

  @Test
  void aCloseInAHandlerDropsWhatWaitsThoughTheTransportIsGone() {
    w.open();
    w.handler.in("text", WebSocketConnection::close);
    w.read(
        () -> session.message(true, new byte[] {'a'}),
        () -> session.message(true, new byte[] {'b'}));
    if (mode == Mode.INLINE) {
      w.transport.did("close 1000");
    }
    w.gone(null);
    w.handler.saw("text a", "close 1006");
  }

  @Test
  void anAbortInAHandlerDropsWhatWaitsThoughTheTransportIsGone() {
    w.open();
    w.handler.in("text", WebSocketConnection::abort);
    w.read(
        () -> session.message(true, new byte[] {'a'}),
        () -> session.message(true, new byte[] {'b'}));
    if (mode == Mode.INLINE) {
      w.transport.did("abort");
    }
    w.gone(null);
    if (mode == Mode.EXECUTOR) {
      w.transport.did("abort");
    }
    w.handler.saw("text a", "close 1006");
  }

  @Test
  void aHandlerThatThrowsIsToldNoMoreThoughTheTransportIsGone() {
    w.open();
    w.handler.throwsIn("text", new IllegalStateException("planted"));
    w.read(
        () -> session.message(true, new byte[] {'a'}),
        () -> session.message(true, new byte[] {'b'}));
    if (mode == Mode.INLINE) {
      w.transport.did("close 1011");
    }
    w.gone(null);
    w.handler.saw("text a", "error IllegalStateException", "close 1006");
  }

  @Test
  void aPeerThatEndsTcpAsSoonAsItHasOurCloseFrameHasGotIt() {
    w.open();
    w.transport.duringClose =
        () -> {
          Thread engine = new Thread(() -> w.transport.gone(null));
          engine.start();
          try {
            engine.join();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        };
    w.read(() -> session.failed(1002, "a reserved bit"));
    w.run();
    w.transport.did("close 1002");
    w.handler.saw("error PROTOCOL", "close 1002");
  }

  @Test
  void aCloseFrameThatCannotBeWrittenIs1006() {
    w.open();
    w.transport.duringClose = () -> w.transport.gone(null);
    w.read(() -> session.failed(1002, "a reserved bit"));
    w.run();
    w.transport.did("close 1002");
    w.handler.saw("error PROTOCOL", "close 1006");
  }

  /** An engine that leaves it to the core to check text goes on until the core disconnects. */
  @Test
  void ofTwoFailuresTheFirstIsToldThePeer() {
    w.open();
    w.read(
        () -> session.part(true, ByteBuffer.wrap(new byte[] {(byte) 0xff}), true, true),
        () -> session.failed(1002, "a reserved bit"));
    w.run();
    w.transport.did("close 1007", "disconnect");
    w.handler.saw("error INVALID_TEXT", "close 1007");
  }

  @Test
  void aMessageBehindTheEndIsNotDelivered() {
    w.open();
    session.message(true, new byte[] {'a'});
    w.gone(null); // on another thread, while the engine's is in the middle of a read
    session.message(true, new byte[] {'b'});
    session.ping(ByteBuffer.allocate(0));
    session.readComplete();
    w.run();
    if (mode == Mode.INLINE) {
      w.handler.saw("text a", "text b", "ping", "close 1006");
    } else {
      w.handler.saw("close 1006");
    }
  }

  @Test
  void aSweepThatComesLateChangesNothing() {
    w.open();
    w.gone(new IOException("no route"));
    w.handler.saw("error IO", "close 1006");
    session.sweep(w.time.nanoTime());
    w.run();
  }

  @Test
  void aCloseFrameBehindTheEndChangesNothing() {
    w.open();
    w.gone(null);
    w.peerCloses(1000, "");
    w.handler.saw("close 1006");
    assertEquals(ReadyState.CLOSED, session.readyState());
  }

  @Test
  void onCloseSeesTheEnd() {
    w.open();
    w.handler.in(
        "close",
        connection -> {
          assertEquals(ReadyState.CLOSED, connection.readyState());
          assertFalse(connection.isOpen());
          assertEquals("CLOSED", outcome(connection.send("late")));
          assertEquals("CLOSED", outcome(connection.ping()));
          connection.close();
          assertEquals("pending", outcome(connection.closed()));
        });
    w.peerCloses(1000, "");
    w.transport.did("close 1000", "disconnect");
    w.handler.saw("close 1000");
  }

  @Test
  void closedCompletesWithTheReasonAfterOnClose() {
    w.open();
    CompletionStage<CloseReason> closed = session.closed();
    session.close(3001, "x");
    assertEquals("pending", outcome(closed));
    w.peerCloses(3001, "");
    w.transport.did("close 3001 x", "disconnect");
    w.handler.saw("close 3001 x");
    assertEquals(new CloseReason(3001, "x"), closed.toCompletableFuture().join());
  }

  @Test
  void theStatesGoDownTheirList() {
    assertEquals(ReadyState.CONNECTING, session.readyState());
    w.open();
    assertEquals(ReadyState.OPEN, session.readyState());
    session.close();
    assertEquals(ReadyState.CLOSING, session.readyState());
    w.gone(null);
    assertEquals(ReadyState.CLOSED, session.readyState());
    w.transport.did("close 1000");
    w.handler.saw("close 1006");
  }

  // ---- close()

  @Test
  void codesThatMayNotBeSentAreRefusedAndNothingHappens() {
    w.open();
    IntStream.of(-1, 0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535)
        .forEach(
            code -> {
              IllegalArgumentException e =
                  assertThrows(IllegalArgumentException.class, () -> session.close(code, ""));
              assertTrue(String.valueOf(e.getMessage()).contains("close code " + code));
            });
    assertTrue(session.isOpen());
    w.gone(null);
    w.handler.saw("close 1006");
  }

  @Test
  void aLongReasonIsCutAtACharacter() {
    w.open();
    session.close(1000, "ä".repeat(100));
    w.transport.did("close 1000 " + "ä".repeat(61));
    w.gone(null);
    w.handler.saw("close 1006");
  }

  @Test
  void whatWasSentBeforeOurCloseGoesOutBeforeIt() {
    w.open();
    w.transport.full = true;
    CompletionStage<Void> first = session.send("a");
    CompletionStage<Void> second = session.send("b");
    session.close();
    assertEquals("CLOSED", outcome(session.send("too late")));
    w.transport.full = false;
    w.transport.sent();
    w.transport.did("text a", "text b", "close 1000");
    assertEquals("done", outcome(first));
    assertEquals("done", outcome(second));
    w.peerCloses(1000, "");
    w.transport.did("disconnect");
    w.handler.saw("close 1000");
  }

  @Test
  void whatWaitsGoesOutBeforeThePeersCloseIsAnswered() {
    w.open();
    w.transport.full = true;
    CompletionStage<Void> first = session.send("a");
    CompletionStage<Void> second = session.send("b");
    w.peerCloses(4001, "theirs");
    assertEquals("CLOSED", outcome(session.send("too late")));
    w.transport.full = false;
    w.transport.sent();
    w.run();
    w.transport.did("text a", "text b", "close 4001", "disconnect");
    assertEquals("done", outcome(first));
    assertEquals("done", outcome(second));
    w.handler.saw("close 4001 theirs");
  }

  @Test
  void aPeerThatClosesAndReadsNothingIsCutOff() {
    w.open();
    w.transport.full = true;
    CompletionStage<Void> first = session.send("a");
    CompletionStage<Void> second = session.send("b");
    w.peerCloses(4001, "theirs");
    w.advance(Timeouts.DEFAULT.close());
    w.transport.did("text a", "abort");
    assertEquals("CLOSED", outcome(first));
    assertEquals("CLOSED", outcome(second));
    w.handler.saw("error TIMEOUT", "close 4001 theirs");
  }

  @Test
  void anEndFailsWhatIsUnderWayAndWhatWaits() {
    w.open();
    w.transport.full = true;
    CompletionStage<Void> first = session.send("a");
    CompletionStage<Void> second = session.send("b");
    CompletionStage<?> ping = session.ping();
    w.gone(null);
    w.transport.did("text a");
    assertEquals("CLOSED", outcome(first));
    assertEquals("CLOSED", outcome(second));
    assertEquals("CLOSED", outcome(ping));
    w.handler.saw("close 1006");
  }

  @Test
  void aFailureBehindOurCloseEndsTcpSinceNoCloseFrameCanFollow() {
    w.open();
    session.close();
    w.read(() -> session.failed(1002, "garbage"));
    w.run();
    w.transport.did("close 1000", "abort");
    w.handler.saw("close 1006");
  }

  // ---- a connection is one of the server's until all of it is over

  @Test
  void theConnectionStaysUntilOnCloseHasReturnedAndTheTransportIsGone() {
    w.open();
    w.transport.endsLater = true;
    w.handler.in("close", connection -> assertEquals(1, w.connections.all().size()));
    session.close();
    w.peerCloses(1000, "");
    w.transport.did("close 1000", "disconnect");
    w.handler.saw("close 1000");
    assertEquals(1, w.connections.all().size());
    w.gone(null);
    assertEquals(0, w.connections.all().size());
  }

  @Test
  void theConnectionStaysWhileOnCloseRunsThoughTheTransportIsGone() {
    w.open();
    w.handler.in("close", connection -> assertEquals(1, w.connections.all().size()));
    w.gone(null);
    w.handler.saw("close 1006");
    assertEquals(0, w.connections.all().size());
  }
}
