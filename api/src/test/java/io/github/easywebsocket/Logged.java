package io.github.easywebsocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Takes what the library logs; a line that the test has not asserted is a failure. */
final class Logged implements BeforeEachCallback, AfterEachCallback {

  private final Logger logger = Logger.getLogger("io.github.easywebsocket");
  private final List<LogRecord> records = new CopyOnWriteArrayList<>();

  /** What the logger throws once a line is taken; null for nothing. */
  @Nullable Error thrown;

  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          records.add(line);
          if (thrown != null) {
            throw thrown;
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  /** Takes lines of DEBUG as well, to the end of the test. */
  void detail() {
    logger.setLevel(Level.FINE);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    logger.setUseParentHandlers(false);
    logger.addHandler(handler);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    logger.removeHandler(handler);
    logger.setLevel(null);
    logger.setUseParentHandlers(true);
    assertEquals(List.of(), messages(), "log lines that no test expects");
  }

  /** Asserts that one line was logged, with this in it. */
  LogRecord saw(String part) {
    List<String> messages = messages();
    assertEquals(1, messages.size(), messages::toString);
    assertTrue(messages.get(0).contains(part), messages.get(0));
    return records.remove(0);
  }

  /** Forgets what was logged, when it is left to chance whether that is. */
  void forget() {
    records.clear();
  }

  private List<String> messages() {
    return records.stream().map(LogRecord::getMessage).toList();
  }
}
