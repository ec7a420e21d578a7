package io.github.easywebsocket.tck;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.Thread.UncaughtExceptionHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;

/**
 * The log, as long as this is open: all of the library's own and what the engines have to say at
 * level INFO and above, which is not printed meanwhile; and what threads died of, which is.
 */
final class LogCapture implements AutoCloseable {

  private static final int MOST = 1000;

  private final Logger root = Logger.getLogger("");
  private final Logger ours = Logger.getLogger("io.github.easywebsocket");
  private final Handler[] handlers = root.getHandlers();
  private final @Nullable Level rootLevel = root.getLevel();
  private final @Nullable Level ourLevel = ours.getLevel();
  private final @Nullable UncaughtExceptionHandler before =
      Thread.getDefaultUncaughtExceptionHandler();
  private final UncaughtExceptionHandler deaths = this::died;
  private boolean closed; // guarded by this
  private final List<String> lines = new ArrayList<>(); // guarded by this

  private final Handler capture =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          add(new SimpleFormatter().format(record));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  LogCapture() {
    for (Handler handler : handlers) {
      root.removeHandler(handler);
    }
    capture.setLevel(Level.ALL);
    root.addHandler(capture);
    root.setLevel(Level.INFO);
    ours.setLevel(Level.ALL);
    Thread.setDefaultUncaughtExceptionHandler(deaths);
  }

  private void died(Thread thread, Throwable thrown) {
    StringWriter stack = new StringWriter();
    thrown.printStackTrace(new PrintWriter(stack));
    String death = "Exception in thread \"" + thread.getName() + "\" " + stack;
    add(death);
    System.err.print(death);
  }

  private synchronized void add(String line) {
    if (lines.size() < MOST) {
      lines.add(line);
    }
  }

  /** All that was logged. */
  synchronized String text() {
    return String.join("", lines);
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    root.removeHandler(capture);
    for (Handler handler : handlers) {
      root.addHandler(handler);
    }
    root.setLevel(rootLevel);
    ours.setLevel(ourLevel);
    if (Thread.getDefaultUncaughtExceptionHandler() == deaths) {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }
}
