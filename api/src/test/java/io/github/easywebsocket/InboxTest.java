package io.github.easywebsocket;

import static io.github.easywebsocket.Wiring.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Wiring.Mode;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** In which order and on which thread handlers run, and what is held up meanwhile. */
@ParameterizedClass
@EnumSource(Mode.class)
class InboxTest extends SessionFixture {

  InboxTest(Mode mode) {
    super(mode);
  }

  @Test
  void whatTheEngineReportsInsideOfAHandlerWaitsForIt() {
    w.open();
    w.handler.in(
        "text",
        connection -> {
          w.handler.in("text", ignored -> {});
          w.read(() -> session.message(true, new byte[] {'b'}));
        });
    w.text("a");
    w.handler.saw("text a", "text b");
    w.gone(null);
    w.handler.saw("close 1006");
  }

  @Test
  void whatAHandlerSendsLeavesInOneWrite() {
    w.open();
    w.handler.in("text", connection -> connection.send("re"));
    List<String> calls = List.of();
    for (int i = 0; i < 1_000 && calls.size() != 4; i++) {
      w.text("a", "b", "c"); // of quick handlers; whether they are, the last batch decides
      calls = w.transport.take();
    }
    assertEquals(List.of("text re", "text re", "text re", "flush"), calls);
    w.handler.forget();
    w.gone(null);
    w.handler.saw("close 1006");
  }

  @Test
  void afterHandlersThatWereNotQuickNothingIsHeldBackForSomeTime() {
    if (mode == Mode.INLINE) {
      return;
    }
    w.open();
    w.handler.in("text", connection -> connection.send("re"));
    untilOneWrite();
    w.handler.in(
        "text",
        connection -> { // as if it waited for an answer to what it has sent
          connection.send("re");
          long start = System.nanoTime();
          while (System.nanoTime() - start < 6_000_000) {
            Thread.onSpinWait();
          }
        });
    w.text("a", "b");
    w.transport.take();
    w.handler.in("text", connection -> connection.send("re"));
    for (int i = 0; i < 16; i++) {
      w.text("a", "b");
      w.transport.didWithFlushes("text re", "flush", "text re", "flush");
    }
    untilOneWrite();
    w.handler.forget();
    w.gone(null);
    w.handler.saw("close 1006");
  }

  /** Until handlers count as quick, whose replies leave together. */
  private void untilOneWrite() {
    List<String> calls = List.of();
    for (int i = 0; i < 1_000 && calls.size() != 3; i++) {
      w.text("a", "b");
      calls = w.transport.take();
    }
    assertEquals(List.of("text re", "text re", "flush"), calls);
  }

  @Test
  void nothingRunsBeforeOnOpenHasReturned() {
    w.handler.in(
        "open",
        connection -> {
          w.transport.gone(null);
          w.handler.saw("open");
        });
    session.open(w.transport, null);
    w.run();
    w.handler.saw("close 1006");
  }

  @Test
  void aTransportThatIsGoneBeforeOnOpenRanStillGetsBoth() {
    session.open(w.transport, null);
    session.closed(null);
    w.run();
    w.handler.saw("open", "close 1006");
  }

  @Test
  void aConnectionIsScheduledOnceHoweverMuchWaits() {
    w.open();
    w.read(() -> session.message(true, new byte[] {'a'}));
    w.read(() -> session.message(true, new byte[] {'b'}));
    w.read(() -> session.ping(bytes("01")));
    if (mode == Mode.EXECUTOR) {
      assertEquals(1, w.executor.size());
    }
    w.run();
    w.handler.saw("text a", "text b", "ping 01");
    w.transport.did("pong 01");
    w.gone(null);
    w.handler.saw("close 1006");
  }

  @Test
  void aRejectedHandlerEndsTheConnectionWith1011AndOnCloseIsStillCalled() {
    if (mode == Mode.INLINE) {
      return;
    }
    w.open();
    w.executor.rejects = true;
    w.read(() -> session.message(true, new byte[] {'a'}));
    w.transport.did("close 1011", "disconnect");
    w.handler.saw("error RejectedExecutionException", "close 1011");
    assertTrue(w.handler.error() instanceof RejectedExecutionException);
    assertNull(logged.saw("the executor rejected a handler").getThrown(), "its stack trace");
  }

  @Test
  void aRejectedOnOpenIsCalledAllTheSame() {
    if (mode == Mode.INLINE) {
      return;
    }
    w.executor.rejects = true;
    session.open(w.transport, null);
    w.transport.did("close 1011", "disconnect");
    w.handler.saw("open", "error RejectedExecutionException", "close 1011");
    logged.saw("the executor rejected a handler");
  }

  @Test
  void aRejectedOnCloseIsCalledAllTheSame() {
    if (mode == Mode.INLINE) {
      return;
    }
    w.open();
    w.executor.rejects = true;
    w.transport.gone(null);
    w.handler.saw("close 1006");
    logged.saw("the executor rejected a handler");
  }

  @Test
  void aTaskThatIsRejectedAndRunAllTheSameRunsNoHandlerBesideAnother() {
    if (mode == Mode.INLINE) {
      return;
    }
    w.executor.rejects = true;
    w.executor.takesAll = true;
    w.handler.in("open", connection -> CompletableFuture.runAsync(w::run).join());
    session.open(w.transport, null);
    w.transport.did("close 1011", "disconnect");
    w.handler.saw("open", "error RejectedExecutionException", "close 1011");
    logged.saw("the executor rejected a handler");
  }

  @Test
  void aHandlerThatIsBehindPausesReadingUntilItHasCaughtUp() {
    if (mode == Mode.INLINE) {
      return;
    }
    w.open();
    byte[] big = new byte[100 << 10];
    for (int i = 0; i < 2; i++) {
      w.read(() -> session.message(false, big));
    }
    w.transport.did();
    w.read(() -> session.message(false, big));
    w.transport.did("pause");
    w.read(() -> session.message(false, big));
    w.transport.did();
    w.handler.in("binary", connection -> w.transport.did());
    w.run();
    w.transport.did("resume");
    w.handler.forget();
    w.gone(null);
    w.handler.saw("close 1006");
  }

  @Test
  void inlineReadingIsPausedAsWellWhenAHandlerRunsAlready() {
    if (mode == Mode.EXECUTOR) {
      return;
    }
    w.open();
    byte[] big = new byte[100 << 10];
    w.handler.in(
        "text",
        connection -> {
          for (int i = 0; i < 3; i++) {
            w.read(() -> session.message(false, big));
          }
          w.transport.did("pause");
        });
    w.text("a");
    w.transport.did("resume");
    w.handler.forget();
    w.gone(null);
    w.handler.saw("close 1006");
  }

  @Test
  void inlineTheOrderIsKeptWhenAnotherThreadLeavesInTheMiddleOfARead() throws Exception {
    if (mode == Mode.EXECUTOR) {
      return;
    }
    w.open();
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch gate = new CountDownLatch(1);
    w.handler.in(
        "writable",
        connection -> {
          inside.countDown();
          gate.await();
        });
    CompletableFuture<Void> other = CompletableFuture.runAsync(session::writable);
    inside.await();
    session.message(true, new byte[] {'a'});
    gate.countDown();
    other.join();
    session.message(true, new byte[] {'b'});
    session.readComplete();
    w.handler.saw("writable", "text a", "text b");
    w.gone(null);
    w.handler.saw("close 1006");
  }

  @Test
  void aResumeThatOvertakesItsPauseIsRepeated() {
    if (mode == Mode.INLINE) {
      return;
    }
    w.open();
    byte[] big = new byte[300 << 10];
    w.read(() -> session.message(false, new byte[0]));
    // the handlers' thread catches up while the engine's is about to call pause
    w.transport.duringPause = w::run;
    w.read(() -> session.message(false, big));
    w.transport.did("resume", "pause", "resume");
    w.handler.forget();
    w.gone(null);
    w.handler.saw("close 1006");
  }
}
