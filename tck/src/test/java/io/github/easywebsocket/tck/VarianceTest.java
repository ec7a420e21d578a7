package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class VarianceTest {

  @Test
  void withoutWordsItCoversAllTestsOfItsRule() {
    Variance variance = Variance.parse("5.2: answers nothing");
    assertTrue(variance.covers("5.2", "5.2 an empty close frame"));
    assertFalse(variance.covers("5.21", "5.21 an empty close frame"));
  }

  @Test
  void withWordsItCoversTheTestsThatHaveThem() {
    Variance variance = Variance.parse("5.6 taken, 1010: a protocol error");
    assertTrue(variance.covers("5.6", "5.6 every good code is Taken, 1010"));
    assertFalse(variance.covers("5.6", "5.6 every good code is taken, 10100"));
    assertFalse(variance.covers("5.6", "5.6 every good code may be sent, 1010"));
  }

  @Test
  void itHasARuleAndASentence() {
    assertEquals("5.2", Variance.parse("5.2: x").rule());
    assertThrows(IllegalArgumentException.class, () -> Variance.parse("5.x: everything"));
    assertThrows(IllegalArgumentException.class, () -> Variance.parse("5.2 no sentence"));
  }
}
