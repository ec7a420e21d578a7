package io.github.easywebsocket;

import static org.junit.jupiter.api.Assertions.assertSame;

import io.github.easywebsocket.Wiring.Mode;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What a handler is told, and what not any more. What becomes of its exceptions:
 * SessionHandlersTest.
 */
class HandlerCallsTest {

  private static final CloseReason HOW = new CloseReason(1000, "bye");

  @RegisterExtension final Logged logged = new Logged();

  private final Wiring w = new Wiring(Mode.INLINE);
  private final RecordingHandler handler = new RecordingHandler();
  private final Lifecycle lifecycle = new Lifecycle();
  private final HandlerCalls calls = new HandlerCalls(w.session, handler, lifecycle);

  @BeforeEach
  void open() {
    lifecycle.open(() -> {});
    calls.open();
    handler.saw("open");
  }

  @AfterEach
  void nothingElseHappened() {
    handler.verify();
  }

  private void callWithAllThatThePeerSends() {
    calls.message(Message.text("a"));
    calls.part(new MessagePart(true, new byte[] {'b'}, true, true));
    calls.stream(new IncomingMessage(w.session, false));
    calls.ping(new byte[] {1});
    calls.pong(new byte[] {2});
  }

  @Test
  void itIsToldWhatThePeerSends() {
    callWithAllThatThePeerSends();
    handler.saw("text a", "part first last text b", "stream binary", "ping 01", "pong 02");
  }

  @Test
  void onceWeHaveClosedItIsToldNothingOfThePeer() {
    lifecycle.close(HOW, 0);
    callWithAllThatThePeerSends();
  }

  @Test
  void onceTheConnectionIsClosedItIsToldNothingOfThePeer() {
    lifecycle.closed();
    callWithAllThatThePeerSends();
  }

  @Test
  void whenTheTransportIsGoneItIsStillToldWhatCameBefore() {
    lifecycle.gone(null);
    calls.message(Message.text("a"));
    handler.saw("text a");
  }

  @Test
  void ofSeveralFailuresItIsToldTheFirst() {
    IOException second = new IOException("second");
    calls.error(new IOException("first"));
    calls.error(second);
    handler.saw("error IOException");
    assertSame(second, logged.saw("a second failure").getThrown());
  }

  @Test
  void itIsToldTheEndOnce() {
    calls.close(HOW);
    calls.close(HOW);
    handler.saw("close 1000 bye");
  }
}
