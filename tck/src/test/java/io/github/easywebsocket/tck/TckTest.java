package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.Test;

/** What the suite prints when it is run by a backend's name, and its exit status. */
class TckTest {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  private List<String> lines() {
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @DisplayNameGeneration(RuleNames.class)
  static final class Kept {
    @Test
    void rule_10_1_runs_last() {}

    @Test
    void rule_2_10_runs_second() {}

    @Test
    void rule_2_2_runs_first() {}
  }

  @DisplayNameGeneration(RuleNames.class)
  static final class Broken {
    @Test
    void rule_1_3_is_broken() {
      throw new AssertionError("planted");
    }

    @Test
    void rule_1_2_is_kept() {}
  }

  @Test
  void aSectionIsALineInTheOrderOfTheContract() {
    assertEquals(0, Tck.run(Kept.class, "mine", List.of(), out));
    List<String> lines = lines();
    assertTrue(lines.get(0).startsWith("mine, section 2 Opening handshake: 2 tests, 0 failed, "));
    assertTrue(lines.get(1).startsWith("mine, section 10 Client: 1 tests, 0 failed, "));
    assertEquals("mine: 3 tests, 0 failed", lines.get(lines.size() - 1));
  }

  @Test
  void aFailureIsToldAtOnceAndMakesTheStatusOne() {
    assertEquals(1, Tck.run(Broken.class, "mine", List.of(), out));
    List<String> lines = lines();
    assertEquals("FAIL 1.3 is broken: planted", lines.get(0));
    assertTrue(lines.get(1).startsWith("mine, section 1 Lifecycle and callbacks: 2 tests, 1 "));
    assertEquals("mine: 2 tests, 1 failed", lines.get(lines.size() - 1));
  }

  @Test
  void rulesAndSectionsMayBeNamed() {
    assertEquals(0, Tck.run(Kept.class, "mine", List.of("2.2", "10"), out));
    List<String> lines = lines();
    assertTrue(lines.get(0).startsWith("mine, section 2 Opening handshake: 1 tests, 0 failed, "));
    assertEquals("mine: 2 tests, 0 failed", lines.get(lines.size() - 1));
  }

  @Test
  void aRuleThatIsNotThereMakesTheStatusTwo() {
    assertEquals(2, Tck.run(new String[] {"nobody", "2.2", "2.999"}, out));
    assertEquals(List.of("CONTRACT.md has no rule or section \"2.999\""), lines());
  }

  @Test
  void aBackendThatIsNotThereMakesTheStatusTwo() {
    assertEquals(2, Tck.run(new String[] {"nobody"}, out));
    assertTrue(
        lines().get(0).startsWith("no backend \"nobody\" is on the class path; there are: "));
  }

  @Test
  void withoutANameTheStatusIsTwo() {
    assertEquals(2, Tck.run(new String[0], out));
    assertTrue(lines().get(0).startsWith("usage: java"));
  }
}
