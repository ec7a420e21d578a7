package io.github.easywebsocket;

import static io.github.easywebsocket.Wiring.outcome;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Wiring.Mode;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls by a thread whose stack is used up, wherever that cuts them off. */
@ParameterizedClass
@EnumSource(Mode.class)
class SessionStackTest {

  /** With so many frames of {@link #descend} left, an end runs through. */
  private static final int ENOUGH = 200;

  @RegisterExtension final Logged logged = new Logged();

  private final Mode mode;
  private Wiring w;
  private int unwound; // frames since the stack was used up

  SessionStackTest(Mode mode) {
    this.mode = mode;
    w = new Wiring(mode);
  }

  /** A class whose first use finds no stack is of no use for ever. */
  @BeforeEach
  void allClassesAreUsedOnceBefore() {
    open();
    w.transport.throwsIn = "abort";
    w.session.abort();
    w.session.handle("not an event");
    endsInTime("with a stack");
    open();
  }

  private void open() {
    w = new Wiring(mode).open();
  }

  @AfterEach
  void whatIsLoggedIsLeftToTheStack() {
    logged.forget();
  }

  @Test
  void anAbortEndsTheConnectionAtLastSinceTheSweepGoesOnWithIt() throws Exception {
    for (int left = 0; left < ENOUGH; left++) {
      open();
      withStackLeft(left, w.session::abort);
      endsInTime("abort with " + left);
    }
  }

  @Test
  void theEndOfTheTransportIsTheEndAtLastSinceTheSweepGoesOnWithIt() throws Exception {
    for (int left = 0; left < ENOUGH; left++) {
      open();
      withStackLeft(left, () -> w.transport.gone(null));
      endsInTime("gone with " + left);
    }
  }

  @Test
  void theEndOfTheTransportLeavesNothingInTheQueue() throws Exception {
    for (int left = 0; left < ENOUGH; left++) {
      open();
      w.transport.full = true;
      w.session.send("a");
      w.session.send("b");
      withStackLeft(left, () -> w.transport.gone(null));
      endsInTime("gone with " + left);
      assertEquals(0, w.session.pendingBytes(), "gone with " + left);
    }
  }

  @Test
  void whatTheTransportHasTakenMakesRoomForMoreOrTheConnectionEnds() throws Exception {
    for (int left = 0; left < ENOUGH; left++) {
      open();
      w.transport.full = true;
      w.session.send("a");
      w.transport.full = false;
      withStackLeft(left, w.transport::sent);
      goesOnOrEnds("sent with " + left);
    }
  }

  /** A connection that looks open sends what it is given. */
  private void goesOnOrEnds(String what) {
    CompletionStage<Void> next = w.session.send("next");
    for (int sweep = 0; sweep < 3; sweep++) {
      w.advance(Timeouts.DEFAULT.write());
    }
    if (w.session.isOpen()) {
      assertEquals("done", outcome(next), what);
    } else {
      endsInTime(what);
    }
  }

  private void endsInTime(String what) {
    w.run();
    w.transport.gone(null); // that the engine does not report, either
    w.run();
    for (int sweep = 0; sweep < 3; sweep++) {
      w.advance(Timeouts.DEFAULT.close());
    }
    assertEquals(ReadyState.CLOSED, w.session.readyState(), what);
    assertEquals("done", outcome(w.session.closed()), what);
    assertTrue(w.connections.all().isEmpty(), what);
    assertTrue(w.connections.reserve(1), what + ": its place is free");
  }

  /** Runs a call when the stack was used up and so many frames are free again. */
  private void withStackLeft(int frames, Runnable call) throws InterruptedException {
    unwound = 0;
    Thread thread = new Thread(null, () -> descend(frames, call), "deep", 256 << 10);
    thread.setUncaughtExceptionHandler((same, expected) -> {});
    thread.start();
    thread.join();
  }

  @SuppressWarnings("InfiniteRecursion")
  private void descend(int frames, Runnable call) {
    try {
      descend(frames, call);
    } catch (StackOverflowError e) {
      if (unwound++ == frames) {
        call.run();
      }
      throw e;
    }
  }

  @Test
  void whoSendsAgainInEachStageLosesTheConnectionAtMost() throws Exception {
    for (int depth = 0; depth < 40; depth++) {
      open();
      int before = depth;
      Thread sender = new Thread(null, () -> sendAgain(before), "sender", 256 << 10);
      sender.start();
      sender.join();
      w.transport.full = true;
      CompletionStage<Void> send = w.session.send("b");
      boolean works = outcome(send).equals("pending");
      assertEquals(works ? "pending" : "CLOSED", outcome(send));
      w.advance(Timeouts.DEFAULT.close());
      assertEquals(works, w.session.isOpen());
      w.transport.gone(null);
      assertEquals("CLOSED", outcome(send));
    }
  }

  private void sendAgain(int depth) {
    if (depth > 0) {
      sendAgain(depth - 1);
    } else {
      w.session.send("a").thenRun(() -> sendAgain(0));
    }
  }
}
