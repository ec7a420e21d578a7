package io.github.easywebsocket;

import static io.github.easywebsocket.Wiring.bytes;
import static io.github.easywebsocket.Wiring.outcome;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Wiring.Mode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Time-outs, on a clock that the test turns: close 5 s, write 10 s, ping 25 s, idle 60 s, looked at
 * every half second.
 */
@ParameterizedClass
@EnumSource(Mode.class)
class SessionTimeoutsTest {

  @RegisterExtension final Logged logged = new Logged();

  private final Mode mode;
  private final Wiring w;
  private final Session session;

  SessionTimeoutsTest(Mode mode) {
    this.mode = mode;
    w = new Wiring(mode).open();
    session = w.session;
  }

  @AfterEach
  void nothingElseHappened() {
    w.verify();
    w.connections.close();
    assertTrue(w.time.isQuiet());
  }

  @Test
  void aPeerThatDoesNotAnswerOurCloseIsAborted() {
    session.close(3000, "bye");
    w.advance(Duration.ofMillis(4_900));
    w.transport.did("close 3000 bye");
    w.advance(Duration.ofMillis(700));
    w.transport.did("abort");
    w.handler.saw("error TIMEOUT", "close 1006");
    assertEquals(
        "the close handshake exceeds the time-out of 5000 ms", w.handler.error().getMessage());
  }

  @Test
  void aPeerThatDoesNotEndTcpIsAbortedWithoutAnError() {
    w.transport.endsLater = true;
    session.close();
    w.peerCloses(1000, "");
    w.transport.did("close 1000", "disconnect");
    w.handler.saw("close 1000");
    w.transport.endsLater = false;
    w.advance(Duration.ofSeconds(6));
    w.transport.did("abort");
  }

  @Test
  void ourCloseBehindASendThatIsStuckIsBoundedByTheCloseTimeOut() {
    w.transport.full = true;
    CompletionStage<Void> send = session.send("a");
    session.close();
    w.advance(Duration.ofMillis(5_600));
    w.transport.did("text a", "abort");
    assertEquals("CLOSED", outcome(send));
    w.handler.saw("error TIMEOUT", "close 1006");
  }

  @Test
  void afterAHandlerThrewThePeerHasTheCloseTimeOutToAnswer() {
    w.handler.throwsIn("text", new IllegalStateException("bug"));
    w.text("a");
    w.advance(Duration.ofSeconds(6));
    w.transport.did("close 1011", "abort");
    w.handler.saw("text a", "error IllegalStateException", "close 1006");
    logged.saw("a second failure");
  }

  @Test
  @Timeout(20)
  void whatATimeOutSetsOffWaitsForNoRoomSinceOnlyATimeOutWouldMakeIt() {
    FakeTransport busy = new FakeTransport();
    Handshake handshake = new Handshake("/other", Map.of(), "", Headers.EMPTY, null, null);
    Limits limits = Limits.DEFAULT.withSendQueueMessages(1);
    Session other = new Session(w.connections, new RecordingHandler(), handshake, limits, 2);
    busy.reportTo(other);
    other.open(busy, null);
    w.run();
    w.transport.full = true;
    List<String> outcomes = new ArrayList<>();
    session.send("a").whenComplete((sent, failure) -> outcomes.add(outcome(other.send("c"))));
    w.advance(Duration.ofSeconds(6));
    busy.full = true;
    other.send("a");
    other.send("b");
    w.advance(Duration.ofSeconds(5));
    assertEquals(List.of("QUEUE_FULL"), outcomes);
    w.transport.did("text a", "abort");
    w.handler.saw("error TIMEOUT", "close 1006");
    other.abort();
    w.run();
  }

  @Test
  void oneThatCannotBeLookedAtKeepsNoOtherFromItsTimeOut() {
    logged.thrown = new AssertionError("the logger is broken");
    Connections.Waiting bad =
        now -> {
          throw new IllegalStateException("planted");
        };
    List<Connections.Waiting> all = new ArrayList<>();
    List<Connections.Waiting> seen = new ArrayList<>();
    w.connections.watch(bad);
    for (int i = 0; i < 10; i++) {
      Connections.Waiting good =
          new Connections.Waiting() {
            @Override
            public void sweep(long now) {
              seen.add(this);
            }
          };
      all.add(good);
      w.connections.watch(good);
    }
    w.advance(Duration.ofMillis(500));
    assertEquals(Set.copyOf(all), Set.copyOf(seen));
    logged.saw("looking at its time-outs failed");
  }

  @Test
  void aTransportThatCannotBeAbortedFailsNobodyElse() {
    w.transport.throwsIn = "abort";
    session.abort();
    logged.saw("the transport cannot be aborted");
    w.transport.did("abort");
    w.gone(null);
    w.handler.saw("close 1006");
  }

  @Test
  void aSilentPeerIsSentPingsAndThenClosedWith1001() {
    w.advance(Duration.ofMillis(24_900));
    w.transport.did();
    w.advance(Duration.ofMillis(700));
    w.transport.did("ping ");
    w.advance(Duration.ofSeconds(25));
    w.transport.did("ping ");
    w.advance(Duration.ofSeconds(10));
    w.transport.did("close 1001", "disconnect");
    w.handler.saw("error TIMEOUT", "close 1001");
    assertEquals(
        "the silence of the peer exceeds the time-out of 60000 ms", w.handler.error().getMessage());
  }

  @Test
  void aPeerThatAnswersPingsNeverIdlesOut() {
    for (int i = 0; i < 10; i++) {
      w.advance(Duration.ofSeconds(26));
      w.transport.did("ping ");
      w.read(() -> session.pong(bytes("")));
      w.run();
      w.handler.saw("pong");
    }
  }

  @Test
  void anyByteOfThePeerIsLife() {
    for (int i = 0; i < 10; i++) {
      w.advance(Duration.ofSeconds(20));
      w.read(); // a part of a frame
    }
    w.transport.did();
  }

  @Test
  void whatWeSendIsNoLifeOfThePeer() {
    for (int i = 0; i < 6; i++) {
      w.advance(Duration.ofSeconds(10));
      session.send("tick");
    }
    w.advance(Duration.ofSeconds(1));
    w.transport.did(
        "text tick",
        "text tick",
        "ping ",
        "text tick",
        "text tick",
        "ping ",
        "text tick",
        "close 1001",
        "disconnect");
    w.handler.saw("error TIMEOUT", "close 1001");
  }

  @Test
  void aPeerIsNotSilentThatHasClosed() {
    if (mode == Mode.INLINE) {
      return;
    }
    w.read(() -> session.message(true, new byte[0]), () -> session.closeReceived(4000, "bye"));
    w.time.advance(Duration.ofSeconds(200)); // the handler takes long
    w.run();
    w.transport.did("close 4000", "disconnect");
    w.handler.saw("text", "close 4000 bye");
  }

  @Test
  void aPeerIsNotSilentWhileWeDoNotRead() {
    if (mode == Mode.INLINE) {
      return;
    }
    w.read(() -> session.message(false, new byte[300 << 10]));
    w.transport.did("pause");
    w.time.advance(Duration.ofSeconds(200));
    w.transport.did();
    w.run();
    w.transport.did("resume");
    w.handler.forget();
  }

  @Test
  void aSendWithoutProgressEndsTheConnection() {
    w.transport.full = true;
    CompletionStage<Void> send = session.send("a");
    w.transport.pendingBytes = 1;
    w.advance(Duration.ofMillis(9_900));
    w.transport.did("text a");
    w.advance(Duration.ofMillis(1_200));
    w.transport.did("abort");
    assertEquals("CLOSED", outcome(send));
    w.handler.saw("error TIMEOUT", "close 1006");
    assertEquals(
        "a send without progress exceeds the time-out of 10000 ms", w.handler.error().getMessage());
  }

  @Test
  void bytesThatTheTransportHasTakenAndDoesNotWriteEndTheConnectionToo() {
    session.send("a");
    w.transport.pendingBytes = 1;
    w.advance(Duration.ofMillis(9_900));
    w.transport.did("text a");
    w.advance(Duration.ofMillis(1_200));
    w.transport.did("abort");
    w.handler.saw("error TIMEOUT", "close 1006");
  }

  @Test
  void aSendThatMovesWhenItIsTriedGoesOn() {
    w.transport.full = true;
    session.send("a");
    w.transport.pendingBytes = 1000;
    w.transport.duringWriteOn = () -> w.transport.pendingBytes--;
    w.advance(Duration.ofSeconds(20));
    w.transport.did("text a");
    w.gone(null);
    w.handler.saw("close 1006");
  }

  @Test
  void whatDoesNotLeaveIsTriedTenTimesWithinTheTimeout() {
    AtomicInteger tries = new AtomicInteger();
    w.transport.duringWriteOn = tries::incrementAndGet;
    session.send("a");
    w.advance(Duration.ofSeconds(5));
    assertEquals(0, tries.get(), "nothing waits");
    w.transport.pendingBytes = 1;
    w.advance(Duration.ofMillis(9_900));
    assertEquals(9, tries.get());
    w.transport.did("text a");
    w.gone(null);
    w.handler.saw("close 1006");
  }

  @Test
  void aTransportThatCannotTryIsAborted() {
    w.transport.throwsIn = "writeOn";
    session.send("a");
    w.transport.pendingBytes = 1;
    w.advance(Duration.ofSeconds(3));
    w.transport.did("text a", "abort");
    w.handler.saw("error IO", "close 1006");
  }

  @Test
  void aSendThatMovesGoesOn() {
    w.transport.full = true;
    session.send("a");
    for (int i = 0; i < 20; i++) {
      w.transport.pendingBytes = 1000 - i;
      w.advance(Duration.ofMillis(900));
    }
    w.transport.did("text a");
    w.gone(null);
    w.handler.saw("close 1006");
  }

  @Test
  void oneSendAfterAnotherOfTheSameSizeIsProgress() {
    w.transport.full = true;
    w.transport.pendingBytes = 1;
    session.send("a");
    w.transport.did("text a");
    for (int i = 0; i < 20; i++) {
      session.send("a");
      w.transport.sent();
      w.advance(Duration.ofMillis(900));
      w.transport.did("text a");
    }
    w.gone(null);
    w.handler.saw("close 1006");
  }

  @Test
  void theTimeFromTheLastProgressCounts() {
    w.advance(Duration.ofSeconds(20));
    w.transport.full = true;
    session.send("a");
    w.advance(Duration.ofSeconds(4));
    w.transport.sent();
    w.advance(Duration.ofMillis(600));
    session.send("b");
    w.advance(Duration.ofSeconds(9));
    w.transport.did("text a", "text b");
    w.gone(null);
    w.handler.saw("close 1006");
  }

  @Test
  void whatAHandlerSentLeavesThoughTheHandlerGoesOn() {
    if (mode == Mode.INLINE) {
      return;
    }
    List<List<String>> calls = new ArrayList<>();
    w.handler.in(
        "text",
        connection -> {
          connection.send("half time");
          if (w.transport.take().equals(List.of("text half time"))) { // and put off the flush
            Thread sweep = new Thread(() -> w.time.advance(Duration.ofMillis(500)));
            sweep.start();
            sweep.join();
            calls.add(w.transport.take());
          }
        });
    for (int i = 0; i < 1_000 && calls.isEmpty(); i++) {
      w.text("a", "b"); // put off only if the handlers of the last batch were quick
    }
    assertEquals(List.of("flush"), calls.get(0));
    w.transport.take();
    w.handler.forget();
  }
}
