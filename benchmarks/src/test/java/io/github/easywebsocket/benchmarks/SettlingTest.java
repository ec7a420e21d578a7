package io.github.easywebsocket.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.benchmarks.load.Outcome;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.junit.jupiter.api.Test;

class SettlingTest {

  /** One outcome behind the other, each with this share of the JIT. */
  private static Deque<Outcome> outcomes(double... shares) {
    Deque<Outcome> outcomes = new ArrayDeque<>();
    Arrays.stream(shares)
        .mapToObj(share -> new Outcome(1, 1, 1, 1, 1, 1, 1, 1, share, 0))
        .forEach(outcomes::add);
    return outcomes;
  }

  @Test
  void measures_after_two_quiet_steps_in_a_row() throws IOException {
    Deque<Outcome> steps = outcomes(50, 0, 10, 0, 2);
    Deque<Outcome> measurements = outcomes(1);
    assertEquals(1, Settling.measure(steps::remove, measurements::remove).jit());
    assertTrue(steps.isEmpty(), steps.toString());
  }

  @Test
  void measures_again_what_the_jit_disturbed() throws IOException {
    Deque<Outcome> steps = outcomes(0, 0, 50, 0, 0);
    assertEquals(1, Settling.measure(steps::remove, outcomes(30, 1)::remove).jit());
    assertTrue(steps.isEmpty(), steps.toString());
  }

  @Test
  void takes_the_third_as_it_is() throws IOException {
    assertEquals(
        40,
        Settling.measure(outcomes(0, 0, 0, 0, 0, 0)::remove, outcomes(60, 50, 40)::remove).jit());
  }
}
