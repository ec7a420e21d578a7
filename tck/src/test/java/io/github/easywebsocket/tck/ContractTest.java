package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class ContractTest {

  private static final String ROW = "| 1.1 | MUST | A `b \\| c` d. *Intent: because.* |";

  @Test
  void aRuleHasNumberStrengthSentenceAndIntent() {
    Rule rule = new Rule("1.1", "MUST", "A `b | c` d.", "because.");
    assertEquals(List.of(rule), List.copyOf(Contract.parse("# Title\n" + ROW + "\nend").rules()));
  }

  @Test
  void aRuleWithoutAnIntentIsNone() {
    assertThrows(
        IllegalArgumentException.class, () -> Contract.parse("| 1.1 | MUST | A sentence. |"));
  }

  @Test
  void aNumberIsThereOnce() {
    assertThrows(IllegalArgumentException.class, () -> Contract.parse(ROW + "\n" + ROW));
  }
}
