package io.github.easywebsocket.tck;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * All sections at once: many connections at a time whose lives are drawn at random. {@code
 * -Deasywebsocket.tck.lives=<rounds>} asks for more rounds than the few of each run, and {@code
 * -Deasywebsocket.tck.seed=<seed>} for one that was seen to fail.
 */
interface RandomRules {

  private static List<Long> seeds() {
    Long asked = Long.getLong("easywebsocket.tck.seed");
    return asked != null
        ? List.of(asked)
        : new Random().longs(Integer.getInteger("easywebsocket.tck.lives", 2)).boxed().toList();
  }

  @TestFactory
  @Tag("sized")
  default Stream<DynamicTest> rule_1_3_onClose_is_called_once_in_lives_drawn_by_seed(
      Table<ServerTrial> table) {
    return table.rows(seeds(), (trial, seed) -> new RandomLives(trial, seed).run());
  }

  /** {@code -Deasywebsocket.tck.inputs} and {@code seed} as in {@link FuzzRules}. */
  @TestFactory
  @Tag("sized")
  default Stream<DynamicTest> rule_1_13_a_damaged_handshake_is_seen_only_if_it_opens(
      Table<ServerTrial> table) {
    return table.rows(FuzzRules.Batch.oneOf(10), FuzzedHeads::ask);
  }
}
