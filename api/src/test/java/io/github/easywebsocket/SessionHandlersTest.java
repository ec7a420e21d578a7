package io.github.easywebsocket;

import static io.github.easywebsocket.Wiring.bytes;
import static io.github.easywebsocket.Wiring.outcome;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.github.easywebsocket.Wiring.Mode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What handlers may do: throw, block, and call back. */
@ParameterizedClass
@EnumSource(Mode.class)
class SessionHandlersTest extends SessionFixture {

  /** Each is another kind of Throwable to catch. */
  static final List<Throwable> THROWN =
      List.of(
          new IOException("checked"),
          new IllegalStateException("unchecked"),
          new InterruptedException("interrupted"),
          new StackOverflowError(),
          new AssertionError("error"));

  SessionHandlersTest(Mode mode) {
    super(mode);
  }

  // ---- handlers that throw

  @ParameterizedTest
  @FieldSource("THROWN")
  void whatOnOpenThrowsIsToldAndThePeerGets1011(Throwable thrown) {
    w.handler.throwsIn("open", thrown);
    session.open(w.transport, null);
    w.run();
    w.handler.saw("open", "error " + thrown.getClass().getSimpleName());
    endsWith1011(thrown);
  }

  @ParameterizedTest
  @FieldSource("THROWN")
  void whatOnMessageThrowsIsToldAndThePeerGets1011(Throwable thrown) {
    w.open();
    w.handler.throwsIn("text", thrown);
    w.text("a", "not delivered");
    w.handler.saw("text a", "error " + thrown.getClass().getSimpleName());
    endsWith1011(thrown);
  }

  @ParameterizedTest
  @FieldSource("THROWN")
  void whatOnPingThrowsIsToldAndThePeerGets1011(Throwable thrown) {
    w.open();
    w.transport.answersPings = true;
    w.handler.throwsIn("ping", thrown);
    w.read(() -> session.ping(bytes("01")));
    w.run();
    w.handler.saw("ping 01", "error " + thrown.getClass().getSimpleName());
    endsWith1011(thrown);
  }

  @ParameterizedTest
  @FieldSource("THROWN")
  void whatOnPongThrowsIsToldAndThePeerGets1011(Throwable thrown) {
    w.open();
    w.handler.throwsIn("pong", thrown);
    w.read(() -> session.pong(bytes("01")));
    w.run();
    w.handler.saw("pong 01", "error " + thrown.getClass().getSimpleName());
    endsWith1011(thrown);
  }

  private void endsWith1011(Throwable thrown) {
    assertSame(thrown, w.handler.error());
    w.transport.did("close 1011");
    w.peerCloses(1011, "");
    w.transport.did("disconnect");
    w.handler.saw("close 1011");
  }

  @ParameterizedTest
  @FieldSource("THROWN")
  void whatOnCloseThrowsIsLogged(Throwable thrown) {
    w.open();
    w.handler.throwsIn("close", thrown);
    w.gone(null);
    w.handler.saw("close 1006");
    assertSame(thrown, logged.saw("onClose threw").getThrown());
    assertEquals("done", outcome(session.closed()));
    assertEquals(0, w.connections.all().size());
  }

  @ParameterizedTest
  @FieldSource("THROWN")
  void whatOnErrorThrowsIsLogged(Throwable thrown) {
    w.open();
    w.handler.throwsIn("error", thrown);
    w.gone(new IOException("no route"));
    w.handler.saw("error IO", "close 1006");
    assertSame(thrown, logged.saw("onError threw").getThrown());
  }

  @Test
  void onErrorComesBeforeTheCloseFrame() {
    w.open();
    w.handler.throwsIn("text", new IllegalStateException("bug"));
    w.handler.in("error", connection -> w.transport.did());
    w.text("a");
    w.transport.did("close 1011");
    w.handler.saw("text a", "error IllegalStateException");
    w.gone(null);
    w.handler.saw("close 1006");
  }

  @Test
  void aHandlerThatClosesAndThrowsHasClosedFirst() {
    w.open();
    w.handler.in(
        "text",
        connection -> {
          connection.close(3000, "mine");
          throw new IllegalStateException("bug");
        });
    w.text("a");
    w.transport.did("close 3000 mine");
    w.peerCloses(3000, "");
    w.transport.did("disconnect");
    w.handler.saw("text a", "error IllegalStateException", "close 3000 mine");
  }

  @Test
  void aHandlerThatThrowsWhenTheTransportIsGoneIsToldSo() {
    w.open();
    w.handler.in(
        "text",
        connection -> {
          w.transport.gone(null);
          throw new IllegalStateException("bug");
        });
    w.text("a");
    w.handler.saw("text a", "error IllegalStateException", "close 1006");
  }

  @Test
  void aSecondFailureIsLogged() {
    w.open();
    w.handler.in(
        "text",
        connection -> {
          w.transport.gone(new IOException("no route"));
          throw new IllegalStateException("bug");
        });
    w.text("a");
    w.handler.saw("text a", "error IllegalStateException", "close 1006");
    logged.saw("a second failure");
  }

  @ParameterizedTest
  @ValueSource(strings = {"error", "close"})
  void aLoggerThatThrowsKeepsNothingFromEnding(String kind) {
    w.open();
    logged.thrown = new AssertionError("the logger is broken");
    w.handler.throwsIn(kind, new IllegalStateException("bug"));
    w.gone(new IOException("no route"));
    w.handler.saw("error IO", "close 1006");
    logged.saw(" threw");
    assertEquals("done", outcome(session.closed()));
    assertEquals(0, w.connections.all().size());
  }

  @Test
  void anEventThatCannotBeHandledEndsTheConnection() {
    w.open();
    Error planted = new InternalError("planted");
    Runnable bad =
        () -> {
          throw planted;
        };
    w.read(() -> session.deliver(bad, 0));
    w.run();
    w.transport.did("abort");
    w.handler.saw("error InternalError", "close 1006");
    assertSame(planted, logged.saw("an event could not be handled").getThrown());
    assertEquals("done", outcome(session.closed()));
    assertEquals(0, w.connections.all().size());
  }

  // ---- handlers that call back

  @ParameterizedTest
  @ValueSource(strings = {"open", "text", "ping", "pong"})
  void aHandlerMaySendPingAndClose(String kind) {
    List<CompletionStage<?>> stages = new ArrayList<>();
    w.transport.answersPings = true;
    w.handler.in(
        kind,
        connection -> {
          stages.add(connection.send("s"));
          stages.add(connection.ping());
          connection.close(3000, "");
          stages.add(connection.send("late"));
        });
    session.open(w.transport, null);
    w.read(
        () -> session.message(true, new byte[] {'t'}),
        () -> session.ping(bytes("01")),
        () -> session.pong(bytes("02")));
    w.run();
    w.peerCloses(3000, "");
    w.handler.forget();
    w.transport.did("text s", "ping 0000000000000001", "close 3000", "disconnect");
    assertEquals(
        List.of("done", "CLOSED", "CLOSED"), stages.stream().map(Wiring::outcome).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"open", "text", "ping", "pong", "error"})
  void aHandlerMayAbort(String kind) {
    w.transport.answersPings = true;
    w.handler.in(kind, WebSocketConnection::abort);
    session.open(w.transport, null);
    w.read(
        () -> session.message(true, new byte[] {'t'}),
        () -> session.ping(bytes("01")),
        () -> session.pong(bytes("02")));
    w.run();
    if (kind.equals("error")) {
      w.handler.saw("open", "text t", "ping 01", "pong 02");
      w.gone(new IOException("no route"));
      w.handler.saw("error IO", "close 1006");
    } else {
      w.handler.forget();
    }
    w.transport.did("abort");
    assertEquals(ReadyState.CLOSED, session.readyState());
  }

  @Test
  void onCloseMayAbortCloseAndSend() {
    w.open();
    w.handler.in(
        "close",
        connection -> {
          connection.abort();
          connection.close();
          assertEquals("CLOSED", outcome(connection.send("late")));
        });
    w.gone(null);
    w.handler.saw("close 1006");
    w.transport.did("abort");
  }

  @Test
  void aHandlersInterruptFlagReachesNeitherTheTransportNorTheNextHandler() {
    w.open();
    List<Boolean> flags = new ArrayList<>();
    w.handler.in(
        "text",
        connection -> {
          flags.add(Thread.currentThread().isInterrupted());
          connection.send("re");
          Thread.currentThread().interrupt();
        });
    w.text("a");
    w.text("b");
    assertEquals(List.of(false, false), flags);
    assertFalse(Thread.interrupted());
    w.transport.did("text re", "text re");
    w.handler.saw("text a", "text b");
    w.gone(null);
    w.handler.saw("close 1006");
  }
}
