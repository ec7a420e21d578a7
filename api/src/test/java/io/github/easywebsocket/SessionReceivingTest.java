package io.github.easywebsocket;

import static io.github.easywebsocket.Wiring.bytes;
import static io.github.easywebsocket.Wiring.outcome;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Wiring.Mode;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Messages in parts, pings and pongs. */
@ParameterizedClass
@EnumSource(Mode.class)
class SessionReceivingTest extends SessionFixture {

  SessionReceivingTest(Mode mode) {
    super(mode);
    w.open();
  }

  // ---- parts

  @Test
  void partsAreOneMessage() {
    w.read(
        () -> part("he", false, false),
        () -> part("l", true, false),
        () -> part("", true, false),
        () -> part("lo", true, true));
    w.run();
    w.handler.saw("text hello");
  }

  @Test
  void aMessageFollowsAnother() {
    w.read(
        () -> part("a", true, false),
        () -> part("b", true, true),
        () -> session.part(false, bytes("01 02"), true, true),
        () -> part("", true, true));
    w.run();
    w.handler.saw("text ab", "binary 0102", "text");
  }

  @Test
  void aCharacterMayBeSplitAnywhere() {
    byte[] text = "aä€😀".getBytes(UTF_8);
    for (int cut = 0; cut <= text.length; cut++) {
      int at = cut;
      w.read(
          () -> session.part(true, ByteBuffer.wrap(text, 0, at), true, false),
          () -> session.part(true, ByteBuffer.wrap(text, at, text.length - at), true, true));
      w.run();
      w.handler.saw("text aä€😀");
    }
  }

  @Test
  void aPartIsCopied() {
    byte[] piece = {'a'};
    w.read(() -> session.part(true, ByteBuffer.wrap(piece), true, true));
    piece[0] = 'b';
    w.run();
    w.handler.saw("text a");
  }

  @Test
  void textThatIsNotUtf8FailsWith1007AtOnce() {
    w.read(() -> session.part(true, bytes("61 ff"), false, false));
    w.run();
    failed("INVALID_TEXT", 1007);
  }

  @Test
  void textThatEndsInsideOfACharacterFailsWith1007() {
    w.read(() -> session.part(true, bytes("e2 82"), true, true));
    w.run();
    failed("INVALID_TEXT", 1007);
  }

  @Test
  void binaryNeedsNotBeUtf8() {
    w.read(() -> session.part(false, bytes("ff"), true, true));
    w.run();
    w.handler.saw("binary ff");
  }

  @Test
  void aMessageOfTheLimitIsDelivered() {
    with(Limits.DEFAULT.withMaxMessageSize(4));
    w.read(() -> part("ab", true, false), () -> part("cd", true, true));
    w.run();
    w.handler.saw("text abcd");
  }

  @Test
  void aMessageOverTheLimitFailsWith1009() {
    with(Limits.DEFAULT.withMaxMessageSize(4));
    w.read(() -> part("ab", true, false), () -> part("cde", true, false));
    w.run();
    failed("MESSAGE_TOO_BIG", 1009);
  }

  @Test
  void moreFragmentsThanTheLimitFailWith1009() {
    with(Limits.DEFAULT.withMaxFragments(2));
    w.read(() -> part("a", true, false), () -> part("b", true, true));
    w.read(() -> part("c", true, false), () -> part("d", true, true));
    w.read(() -> part("", true, false), () -> part("", true, false));
    w.run();
    w.handler.saw("text ab", "text cd");
    w.read(() -> part("", true, true));
    w.run();
    w.handler.saw("error MESSAGE_TOO_BIG", "close 1009");
    w.transport.did("close 1009", "disconnect");
  }

  @Test
  void whatAnEngineDeliversBehindAPartThatFailedIsDroppedAndTheCloseFrameStands() {
    w.transport.endsLater = true;
    w.read(
        () -> session.part(true, bytes("ff"), true, false),
        () -> part("more", true, false),
        () -> part("more", true, true),
        () -> part("another", true, true),
        () -> session.closeReceived(1000, ""));
    w.run();
    failed("INVALID_TEXT", 1007);
    w.gone(null);
  }

  private void part(String text, boolean endOfFrame, boolean endOfMessage) {
    session.part(true, ByteBuffer.wrap(text.getBytes(UTF_8)), endOfFrame, endOfMessage);
  }

  private void failed(String kind, int code) {
    w.transport.did("close " + code, "disconnect");
    w.handler.saw("error " + kind, "close " + code);
  }

  // ---- pings and pongs

  @Test
  void aPingIsAnsweredWithItsPayload() {
    w.read(() -> session.ping(bytes("01 02")));
    w.run();
    w.handler.saw("ping 0102");
    w.transport.did("pong 0102");
  }

  @Test
  void anEngineThatAnswersPingsIsLeftToIt() {
    w.transport.answersPings = true;
    w.read(() -> session.ping(bytes("01 02")));
    w.run();
    w.handler.saw("ping 0102");
  }

  @Test
  void aHandlerCannotChangeThePong() {
    List<Boolean> readOnly = new ArrayList<>();
    Wiring own = new Wiring(mode);
    Session session =
        new Session(
            own.connections,
            new WebSocketHandler() {
              @Override
              public void onPing(WebSocketConnection connection, ByteBuffer payload) {
                readOnly.add(payload.isReadOnly());
              }

              @Override
              public void onPong(WebSocketConnection connection, ByteBuffer payload) {
                readOnly.add(payload.isReadOnly());
              }
            },
            own.session.handshake(),
            Limits.DEFAULT,
            2);
    session.open(own.transport, null);
    session.ping(bytes("01"));
    session.pong(bytes("02"));
    session.readComplete();
    own.run();
    assertEquals(List.of(true, true), readOnly);
    own.transport.did("pong 01");
  }

  @Test
  void ofSeveralUnansweredPingsTheLatestIsAnswered() {
    w.transport.full = true;
    session.send("a");
    w.read(() -> session.ping(bytes("01")), () -> session.ping(bytes("02")));
    w.run();
    w.read(() -> session.ping(bytes("03")));
    w.run();
    w.transport.full = false;
    w.transport.sent();
    w.handler.saw("ping 01", "ping 02", "ping 03");
    w.transport.did("text a", "pong 03");
  }

  @Test
  void aPingsStageCompletesWithTheTimeToItsPong() {
    CompletionStage<Duration> ping = session.ping();
    w.transport.did("ping 0000000000000001");
    w.time.advance(Duration.ofMillis(70));
    assertEquals("pending", outcome(ping));
    w.read(() -> session.pong(bytes("00 00 00 00 00 00 00 01")));
    w.run();
    assertEquals(Duration.ofMillis(70), ping.toCompletableFuture().join());
    w.handler.saw("pong 0000000000000001");
  }

  @Test
  void aPongAnswersThePingsBeforeToo() {
    List<CompletionStage<Duration>> pings = List.of(session.ping(), session.ping(), session.ping());
    w.transport.did("ping 0000000000000001", "ping 0000000000000002", "ping 0000000000000003");
    w.read(() -> session.pong(bytes("00 00 00 00 00 00 00 02")));
    w.run();
    assertEquals(List.of("done", "done", "pending"), pings.stream().map(Wiring::outcome).toList());
    w.handler.saw("pong 0000000000000002");
  }

  @Test
  void anUnsolicitedPongDoesNoHarm() {
    CompletionStage<Duration> ping = session.ping();
    w.transport.did("ping 0000000000000001");
    w.read(
        () -> session.pong(bytes("")),
        () -> session.pong(bytes("01")),
        () -> session.pong(bytes("00 00 00 00 00 00 00 02")));
    w.run();
    assertEquals("pending", outcome(ping));
    w.handler.saw("pong", "pong 01", "pong 0000000000000002");
  }

  @Test
  void moreThan32UnansweredPingsAreRefused() {
    for (int i = 0; i < 32; i++) {
      assertEquals("pending", outcome(session.ping()));
    }
    assertEquals("QUEUE_FULL", outcome(session.ping()));
    w.read(() -> session.pong(bytes("00 00 00 00 00 00 00 01")));
    w.run();
    w.handler.forget();
    assertEquals("pending", outcome(session.ping()));
    w.gone(null);
    w.handler.saw("close 1006");
    w.transport.did(
        IntStream.rangeClosed(1, 33)
            .mapToObj(i -> "ping " + String.format("%016x", i))
            .toArray(String[]::new));
  }

  @Test
  @Timeout(10)
  void aPongMayComeOnAnotherThreadWhileThePingIsSent() {
    w.transport.duringPing =
        () -> {
          Thread engine = new Thread(() -> w.read(() -> session.pong(bytes("00".repeat(8)))));
          engine.start();
          join(engine);
        };
    session.ping();
    w.run();
    w.handler.saw("pong 0000000000000000");
    w.transport.did("ping 0000000000000001");
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aPingThatMeetsTheEndFails() {
    // the state is read, then the connection ends, then the ping is added
    Pings pings = new Pings();
    pings.end();
    Outbox outbox = new Outbox(session, w.transport, Limits.DEFAULT, null);
    assertEquals("CLOSED", outcome(pings.send(outbox, 0)));
    assertTrue(session.isOpen());
  }
}
