package io.github.easywebsocket.benchmarks.load;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * When to count: first the time to warm up, then the time to measure. Whoever loads a server says
 * when the work begins, then calls {@link #isOver} often and tells what was done.
 */
public final class Window {

  private static final long LONGEST = TimeUnit.MINUTES.toNanos(1);

  private final Histogram latencies = new Histogram(LONGEST, 3);
  private final long pid;
  private final Duration warmUp;
  private final Duration duration;
  private long opens;
  private long closes;
  private boolean open;
  private boolean closed;

  private long operations; // inside the window
  private long total;
  private long openedAt;
  private long closedAt;
  private Cpu before;
  private Cpu after;

  /**
   * Makes a window that is not open yet.
   *
   * @param pid the process whose CPU time is counted
   * @param warmUp the time before it opens
   * @param duration the time for which it is open
   */
  public Window(long pid, Duration warmUp, Duration duration) {
    this.pid = pid;
    this.warmUp = warmUp;
    this.duration = duration;
    before = Cpu.NONE;
    after = Cpu.NONE;
  }

  /** The connections are there, and the work begins. */
  public void begin() {
    opens = System.nanoTime() + warmUp.toNanos();
    closes = opens + duration.toNanos();
  }

  /** Whether the time is over. */
  public boolean isOver(long now) {
    if (!open && now - opens >= 0) {
      open = true;
      before = Cpu.now(pid);
      openedAt = System.nanoTime();
    }
    if (open && !closed && now - closes >= 0) {
      closed = true;
      closedAt = System.nanoTime();
      after = Cpu.now(pid);
    }
    return closed;
  }

  /** An operation is done that began then. */
  public void done(long began, long now) {
    total++;
    if (open && !closed) {
      operations++;
      latencies.recordValue(Math.max(0, Math.min(LONGEST, now - began)));
    }
  }

  /** What came of it. */
  public Outcome outcome() {
    double seconds = (closedAt - openedAt) / 1e9;
    return new Outcome(
        operations,
        total,
        seconds,
        after.server() - before.server(),
        micros(50),
        micros(99),
        micros(99.9),
        latencies.getMaxValue() / 1e3,
        100 * after.compilingSince(before) / 1e9 / seconds,
        100 * after.othersSince(before) / 1e9 / seconds);
  }

  private double micros(double percentile) {
    return latencies.getValueAtPercentile(percentile) / 1e3;
  }
}
