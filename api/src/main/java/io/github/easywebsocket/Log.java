package io.github.easywebsocket;

import java.lang.System.Logger.Level;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The library's one logger, and what may be written to it. Who logs has something left to do, so
 * what a logger throws goes nowhere.
 */
final class Log {

  private static final System.Logger LOGGER = System.getLogger("io.github.easywebsocket");

  private Log() {}

  static void log(Level level, String line) {
    log(level, () -> line, null);
  }

  static void log(Level level, Supplier<String> line) {
    log(level, line, null);
  }

  static void log(Level level, String line, Throwable thrown) {
    log(level, () -> line, thrown);
  }

  /** Logs a line that is made only if it is wanted. */
  static void log(Level level, Supplier<String> line, @Nullable Throwable thrown) {
    try {
      if (LOGGER.isLoggable(level)) {
        LOGGER.log(level, line.get(), thrown);
      }
    } catch (Throwable e) {
      // the logger is broken, and there is no other
    }
  }

  /**
   * Logs that an executor has taken no task: in one line, as it may be so for every request. What
   * else an executor throws is a bug, with its stack trace.
   */
  static void rejection(Supplier<String> line, Throwable rejection) {
    if (rejection instanceof RejectedExecutionException) {
      log(Level.WARNING, () -> line.get() + ": " + rejection);
    } else {
      log(Level.WARNING, line, rejection);
    }
  }

  /** The text with control characters escaped as in Java, so that no peer can forge a log line. */
  static String printable(String text) {
    StringBuilder clean = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean bad = Character.isISOControl(c) || c == '\u2028' || c == '\u2029';
      if (bad && clean == null) {
        clean = new StringBuilder(text.length() + 16).append(text, 0, i);
      }
      if (clean != null) {
        if (bad) {
          clean.append(String.format("\\u%04x", (int) c));
        } else {
          clean.append(c);
        }
      }
    }
    return clean == null ? text : clean.toString();
  }
}
