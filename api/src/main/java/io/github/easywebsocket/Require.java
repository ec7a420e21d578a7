package io.github.easywebsocket;

import java.time.Duration;

/** What options have in common that they are checked for. */
final class Require {

  private static final Duration YEAR = Duration.ofDays(365);

  private Require() {}

  /**
   * The value of an option.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  static int positive(String option, int value) {
    if (value <= 0) {
      throw notPositive(option, value);
    }
    return value;
  }

  /**
   * The value of an option.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  static Duration positive(String option, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw notPositive(option, value);
    }
    return value;
  }

  /**
   * The value of an option.
   *
   * @throws IllegalArgumentException if it is so long that it cannot be meant
   */
  static Duration atMostAYear(String option, Duration value) {
    if (value.compareTo(YEAR) > 0) {
      throw new IllegalArgumentException(option + " must be at most 365 days, not " + value);
    }
    return value;
  }

  private static IllegalArgumentException notPositive(String option, Object value) {
    return new IllegalArgumentException(option + " must be positive, not " + value);
  }
}
