package io.github.easywebsocket.tck;

import io.github.easywebsocket.spi.Capability;
import java.time.Duration;
import java.util.Collection;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;

/**
 * The cases of one rule, each a test with a trial of its own.
 *
 * @param <T> the kind of trial
 */
final class Table<T extends Trial> {

  /**
   * The test of a row.
   *
   * @param <T> the kind of trial
   * @param <R> the row
   */
  @FunctionalInterface
  interface Case<T, R> {
    /** Tests the row. */
    void run(T trial, R row) throws Exception;
  }

  private final Judge judge;
  private final String rule;
  private final String name;
  private final Function<Duration, T> trials;
  private final @Nullable Capability missing;
  private final Case<T, Capability> refusal;

  /**
   * Makes a table.
   *
   * @param missing the capability that the cases need and the backend does not have, if any: then
   *     the refusal takes the place of all cases
   */
  Table(
      Judge judge,
      String rule,
      String name,
      Function<Duration, T> trials,
      @Nullable Capability missing,
      Case<T, Capability> refusal) {
    this.judge = judge;
    this.rule = rule;
    this.name = name;
    this.trials = trials;
    this.missing = missing;
    this.refusal = refusal;
  }

  /** A test for each row; if it is no {@link Row}, what it prints is its name. */
  <R> Stream<DynamicTest> rows(Collection<R> rows, Case<T, R> test) {
    return missing == null ? rows.stream().map(row -> row(row, test)) : Stream.of(refused(missing));
  }

  private DynamicTest refused(Capability capability) {
    return DynamicTest.dynamicTest(
        rule + " " + capability + " is refused",
        () -> {
          T trial = trials.apply(judge.patience(rule, name));
          judge.judge(rule, name, trial, () -> refusal.run(trial, capability));
          judge.report().add(rule, name, Outcome.NOT_SUPPORTED, capability + " is refused");
        });
  }

  private <R> DynamicTest row(R row, Case<T, R> test) {
    String rowsName = row instanceof Row named ? named.name() : row.toString();
    return DynamicTest.dynamicTest(
        rule + " " + rowsName,
        () -> {
          String fullName = name + ", " + rowsName;
          T trial = trials.apply(judge.patience(rule, fullName));
          judge.judge(rule, fullName, trial, () -> test.run(trial, row));
        });
  }
}
