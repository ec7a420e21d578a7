package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.CloseReason;
import io.github.easywebsocket.Message;
import io.github.easywebsocket.WebSocketConnection;
import io.github.easywebsocket.tck.Recording.Call;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The recording notes what breaks the rules of section 1, whatever a test is about. */
class RecordingTest {

  private final Recording recording =
      new Recording(
          (WebSocketConnection)
              Proxy.newProxyInstance(
                  RecordingTest.class.getClassLoader(),
                  new Class<?>[] {WebSocketConnection.class},
                  (proxy, method, arguments) -> null),
          Duration.ofMillis(50));

  private void call(Call... calls) {
    for (Call call : calls) {
      recording.begin(call, call == Call.CLOSE ? new CloseReason(1000, "") : null);
      recording.end();
    }
  }

  private void expectFinding(String rule) {
    List<String> findings = recording.findings();
    assertEquals(1, findings.size(), findings::toString);
    assertTrue(findings.get(0).startsWith(rule + ":"), findings::toString);
  }

  @Test
  void theGrammarIsInOrder() {
    call(Call.OPEN, Call.MESSAGE, Call.PING, Call.PONG, Call.ERROR, Call.CLOSE);
    assertEquals(List.of(), recording.findings());
  }

  @Test
  void aCallBeforeOnOpenIsFound() {
    call(Call.MESSAGE, Call.CLOSE);
    expectFinding("1.1");
  }

  @Test
  void aSecondOnOpenIsFound() {
    call(Call.OPEN, Call.OPEN, Call.CLOSE);
    expectFinding("1.1");
  }

  @Test
  void aMissingOnCloseIsFound() {
    call(Call.OPEN, Call.MESSAGE);
    expectFinding("1.3");
  }

  @Test
  void aSecondOnCloseIsFound() {
    call(Call.OPEN, Call.CLOSE, Call.CLOSE);
    expectFinding("1.4");
  }

  @Test
  void aCallAfterOnErrorIsFound() {
    call(Call.OPEN, Call.ERROR, Call.MESSAGE, Call.CLOSE);
    expectFinding("1.5");
  }

  @Test
  void callsThatOverlapAreFound() {
    call(Call.OPEN);
    recording.begin(Call.MESSAGE, null);
    recording.begin(Call.PING, null);
    recording.end();
    recording.end();
    call(Call.CLOSE);
    expectFinding("1.7");
  }

  @Test
  void aCallThatATestDoesNotExpectIsFound() throws Exception {
    recording.begin(Call.OPEN, null);
    recording.end();
    recording.begin(Call.MESSAGE, Message.text("surprise"));
    recording.end();
    recording.expectOpen();
    recording.checkNothingUnexpected();
    call(Call.CLOSE);
    assertEquals(List.of("unexpected call MESSAGE \"surprise\""), recording.findings());
  }

  @Test
  void anExpectationThatIsNotMetTellsWhatWasSeen() {
    call(Call.OPEN, Call.PING);
    Error failure =
        assertThrows(AssertionError.class, () -> recording.expectOpen().expectText("x"));
    assertTrue(String.valueOf(failure.getMessage()).contains("seen: PING"), failure::toString);
    Error nothing = assertThrows(AssertionError.class, () -> recording.expectClose(1000));
    assertTrue(String.valueOf(nothing.getMessage()).contains("seen: none"), nothing::toString);
  }
}
