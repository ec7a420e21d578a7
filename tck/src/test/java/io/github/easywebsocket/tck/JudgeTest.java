package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/** What the suite makes of a test that passes or fails, with a variance and without. */
class JudgeTest {

  private static Judge judge(String... variances) {
    return new Judge(Set.of(variances), "declaring", Duration.ofSeconds(1));
  }

  private static void run(Judge judge, Judge.Body body) throws Throwable {
    Trial trial = new ServerTrial(new PlainServerTckTest(), Duration.ofSeconds(1));
    judge.judge("5.2", "5.2 an empty close frame", trial, body);
  }

  private static void fail() {
    throw new AssertionError("expected this, seen: that");
  }

  @Test
  void aTestThatPassesIsInOrder() {
    assertDoesNotThrow(() -> run(judge(), () -> {}));
  }

  @Test
  void aTestThatFailsExplainsTheRule() {
    Error broken = assertThrows(RuleBroken.class, () -> run(judge(), JudgeTest::fail));
    String message = String.valueOf(broken.getMessage());
    for (String part : List.of("5.2", "MUST", "intent: RFC 6455", "expected this, seen: that")) {
      assertTrue(message.contains(part), message);
    }
  }

  @Test
  void aTestThatAVarianceCoversMustFail() {
    Judge judge = judge("5.2 empty close frame: answers nothing");
    assertDoesNotThrow(() -> run(judge, JudgeTest::fail));
    assertEquals(List.of(), judge.unusedVariances());
  }

  @Test
  void aVarianceThatIsGoneFails() {
    Judge judge = judge("5.2: answers nothing");
    Error gone = assertThrows(AssertionError.class, () -> run(judge, () -> {}));
    assertTrue(String.valueOf(gone.getMessage()).contains("the variance is gone"), gone::toString);
  }

  @Test
  void aVarianceOfOtherTestsChangesNothing() {
    Judge judge = judge("5.2 full close frame: answers nothing");
    assertThrows(RuleBroken.class, () -> run(judge, JudgeTest::fail));
    assertEquals(List.of("5.2 full close frame: answers nothing"), judge.unusedVariances());
  }

  @Test
  void aVarianceOfNoRuleIsRefused() {
    assertThrows(AssertionError.class, () -> judge("99.1: what is it of?"));
  }

  @Test
  void aTestThatIsSkippedIsNeither() {
    assertThrows(
        TestAbortedException.class,
        () ->
            run(
                judge("5.2: answers nothing"),
                () -> {
                  throw new TestAbortedException("not here");
                }));
  }
}
