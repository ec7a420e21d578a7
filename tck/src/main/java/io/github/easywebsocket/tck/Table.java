package io.github.easywebsocket.tck;

import java.time.Duration;
import java.util.Collection;
import java.util.function.Function;
import java.util.stream.Stream;
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

  Table(Judge judge, String rule, String name, Function<Duration, T> trials) {
    this.judge = judge;
    this.rule = rule;
    this.name = name;
    this.trials = trials;
  }

  /** A test for each row; what the row prints is its name. */
  <R> Stream<DynamicTest> rows(Collection<R> rows, Case<T, R> test) {
    return rows.stream().map(row -> row(row, test));
  }

  private <R> DynamicTest row(R row, Case<T, R> test) {
    return DynamicTest.dynamicTest(
        rule + " " + row,
        () -> {
          String rowName = name + ", " + row;
          T trial = trials.apply(judge.patience(rule, rowName));
          judge.judge(rule, rowName, trial, () -> test.run(trial, row));
        });
  }
}
