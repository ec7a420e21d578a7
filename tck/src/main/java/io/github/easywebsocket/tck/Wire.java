package io.github.easywebsocket.tck;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** What went over one TCP connection, for failure messages. Safe from any thread. */
final class Wire {

  private static final int MOST_LINES = 60;
  private static final int BYTES_SHOWN = 24;

  private final Duration patience;
  private final Deque<String> lines = new ArrayDeque<>();
  private int repeated; // how often the last line came after the first time
  private int dropped;

  /**
   * Begins a log.
   *
   * @param patience how long the peer waits for each thing
   */
  Wire(Duration patience) {
    this.patience = patience;
  }

  Duration patience() {
    return patience;
  }

  /** Bytes that the raw peer has sent. */
  void sent(String what, byte[] bytes) {
    add("peer -> " + what + "  [" + Frame.hex(bytes, BYTES_SHOWN) + "]");
  }

  /** A frame that the raw peer has received. */
  void received(Frame frame) {
    add("peer <- " + frame);
  }

  /** Something else that happened. */
  void note(String what) {
    add(what);
  }

  private synchronized void add(String line) {
    if (line.equals(lines.peekLast())) {
      repeated++;
      return;
    }
    if (repeated > 0) {
      lines.add(repeats());
      repeated = 0;
    }
    lines.add(line);
    if (lines.size() > MOST_LINES) {
      lines.remove();
      dropped++;
    }
  }

  private String repeats() {
    return "(" + repeated + " more of the same)";
  }

  /** Control characters made visible. */
  static String printable(String text) {
    StringBuilder shown = new StringBuilder();
    text.chars()
        .forEach(
            c -> {
              if (c == '\r') {
                shown.append("\\r");
              } else if (c == '\n') {
                shown.append("\\n");
              } else if (Character.isISOControl(c)) {
                shown.append(String.format("\\u%04x", c));
              } else {
                shown.append((char) c);
              }
            });
    return shown.toString();
  }

  @Override
  public synchronized String toString() {
    String newLine = System.lineSeparator() + "    ";
    String all = String.join(newLine, lines) + (repeated == 0 ? "" : newLine + repeats());
    return dropped == 0 ? all : "(" + dropped + " lines before)  " + all;
  }
}
