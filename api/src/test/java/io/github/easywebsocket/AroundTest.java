package io.github.easywebsocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Wiring.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is around every callback. */
class AroundTest {

  @RegisterExtension final Logged logged = new Logged();

  private final List<String> seen = new ArrayList<>();

  private static Wiring wiring(Mode mode, Around around) {
    return new Wiring(mode, Limits.DEFAULT, null, new Hooks(null, around));
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void isAroundEveryCallback(Mode mode) {
    Wiring wiring =
        wiring(
            mode,
            (connection, call) -> {
              seen.add("(");
              call.run();
              seen.add(")");
            });
    for (String kind : List.of("open", "text", "ping", "pong", "error", "close")) {
      wiring.handler.in(kind, connection -> seen.add(kind));
    }
    wiring.open();
    wiring.text("a");
    wiring.session.ping(Wiring.bytes("01"));
    wiring.session.pong(Wiring.bytes("02"));
    wiring.session.failed(1002, "garbage");
    wiring.session.readComplete();
    wiring.run();
    assertEquals("( open ) ( text ) ( ping ) ( pong ) ( error ) ( close )", String.join(" ", seen));
  }

  /** What is around messages; all other callbacks run. */
  private static Around ofMessages(Around around) {
    boolean[] opened = {false, false};
    return (connection, call) -> {
      boolean second = opened[0] && !opened[1];
      opened[1] = opened[0];
      opened[0] = true;
      if (second) {
        around.call(connection, call);
      } else {
        call.run();
      }
    };
  }

  private Throwable errorAfter(Around around) {
    Wiring wiring = wiring(Mode.INLINE, ofMessages(around)).open();
    wiring.handler.in("text", connection -> seen.add("text"));
    wiring.text("a");
    wiring.transport.did("close 1011");
    Throwable error = wiring.handler.error();
    wiring.handler.forget();
    wiring.verify();
    return error;
  }

  @Test
  void thatThrowsIsAsAHandlerThatThrows() {
    IllegalStateException thrown = new IllegalStateException("no context");
    Throwable error =
        errorAfter(
            (connection, call) -> {
              throw thrown;
            });
    assertEquals(thrown, error);
    assertEquals(List.of(), seen);
  }

  @Test
  void thatDoesNotRunTheCallIsAFailure() {
    Throwable error = errorAfter((connection, call) -> {});
    assertTrue(String.valueOf(error.getMessage()).contains("exactly once; it has run it 0 times"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void thatRunsTheCallTwiceIsAFailureAndTheHandlerIsCalledOnce(boolean catches) {
    Throwable error =
        errorAfter(
            (connection, call) -> {
              call.run();
              try {
                call.run();
              } catch (IllegalStateException e) {
                if (!catches) {
                  throw e;
                }
              }
            });
    assertTrue(String.valueOf(error.getMessage()).contains("once"), error.toString());
    assertEquals(List.of("text"), seen);
  }

  @Test
  void mayNotRunTheCallOnAnotherThread() {
    Throwable error =
        errorAfter(
            (connection, call) -> {
              CompletableFuture<Void> other =
                  CompletableFuture.runAsync(
                      () -> assertThrows(IllegalStateException.class, call::run));
              try {
                other.get();
              } catch (ExecutionException e) {
                throw new AssertionError(e);
              }
            });
    assertTrue(String.valueOf(error.getMessage()).contains("it has run it 0 times"));
  }

  @Test
  void mayNotRunTheCallLater() {
    List<Around.Call> kept = new ArrayList<>();
    errorAfter((connection, call) -> kept.add(call));
    assertThrows(IllegalStateException.class, kept.get(0)::run);
    assertEquals(List.of(), seen);
  }

  @Test
  void mayCatchWhatAHandlerThrows() {
    Wiring wiring =
        wiring(
            Mode.INLINE,
            (connection, call) -> {
              try {
                call.run();
              } catch (IllegalStateException e) {
                seen.add("caught " + e.getMessage());
              }
            });
    wiring.open();
    wiring.handler.throwsIn("text", new IllegalStateException("bug"));
    wiring.text("a");
    wiring.handler.saw("text a");
    wiring.verify();
    assertEquals(List.of("caught bug"), seen);
  }

  @Test
  void thatThrowsInOnCloseIsLogged() {
    boolean[] closing = {false};
    Wiring wiring =
        wiring(
            Mode.INLINE,
            (connection, call) -> {
              call.run();
              if (closing[0]) {
                throw new IllegalStateException("in the end");
              }
            });
    wiring.open();
    closing[0] = true;
    wiring.gone(null);
    wiring.handler.saw("close 1006");
    wiring.verify();
    logged.saw("onClose threw");
    assertTrue(wiring.session.closed().toCompletableFuture().isDone());
  }
}
