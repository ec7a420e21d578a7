package io.github.easywebsocket.benchmarks;

import java.util.Locale;

/** Figures in tables: as many digits as they are worth. */
final class Figures {

  private static final String NONE = "–";

  private Figures() {}

  static String ratio(double value) {
    return Double.isNaN(value) ? NONE : format(value < 10 ? "%.2f" : "%.0f", value);
  }

  /** Three digits, or all before the point. */
  static String of(double value) {
    if (Double.isNaN(value)) {
      return NONE;
    }
    return format(value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%,.0f", value);
  }

  static String whole(double value) {
    return Double.isNaN(value) ? NONE : format("%,.0f", value);
  }

  private static String format(String pattern, double value) {
    return String.format(Locale.ROOT, pattern, value);
  }
}
