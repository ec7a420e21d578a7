package io.github.easywebsocket;

import java.time.Duration;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * How long a {@link ReconnectingClient} waits between its attempts: exponential back-off with full
 * jitter. Each delay is drawn evenly between {@code least} and a ceiling; the ceiling is {@code
 * base} at first, twice as much after each attempt, and never more than {@code cap}. So clients
 * that lost a server at one moment do not come back at one moment. Take {@link #DEFAULT} and change
 * what you need by {@code with…}: versions to come may add components, so do not call the
 * constructor.
 *
 * @param least the least delay: nothing spins. Default 100 ms, at least 1 ms
 * @param base the first ceiling. Default 1 s, at least {@code least}
 * @param cap the highest ceiling. Default 30 s, at least {@code base}. Less finds a server sooner
 *     that is back, and loads it more while it is coming
 * @param steady how long a connection must have lasted for the delays to begin anew, so that a
 *     server which takes connections only to drop them is not hammered. Default 30 s
 * @param maxRetries after so many attempts in a row that gave no steady connection, the first one
 *     at start not counted, the client ends. Default 0: it never gives up
 */
public record Backoff(
    Duration least, Duration base, Duration cap, Duration steady, int maxRetries) {

  private static final Duration FINEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofDays(1);

  /** The defaults. */
  public static final Backoff DEFAULT =
      new Backoff(
          Duration.ofMillis(100),
          Duration.ofSeconds(1),
          Duration.ofSeconds(30),
          Duration.ofSeconds(30),
          0);

  /** Checks that {@code 1 ms <= least <= base <= cap <= 1 day}. */
  public Backoff {
    requireBetween("least", least, FINEST, "1 ms");
    requireBetween("base", base, least, "least");
    requireBetween("cap", cap, base, "base");
    Objects.requireNonNull(steady, "steady");
    if (steady.isNegative() || steady.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("steady must be between 0 and a day, not " + steady);
    }
    if (maxRetries < 0) {
      throw new IllegalArgumentException(
          "maxRetries must be positive, or 0 for no bound, not " + maxRetries);
    }
  }

  private static void requireBetween(String name, Duration value, Duration least, String what) {
    if (value.compareTo(least) < 0 || value.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          name + " must be at least " + what + " and at most a day, not " + value);
    }
  }

  /** The next delay, after so many others. */
  Duration delay(int delays, RandomGenerator random) {
    long most = cap.toNanos();
    int doublings = Math.min(delays, Long.SIZE - 2);
    boolean capped = most >> doublings <= base.toNanos();
    return drawn(capped ? most : base.toNanos() << doublings, random);
  }

  /** A delay as if there had been many. */
  Duration longDelay(RandomGenerator random) {
    return drawn(cap.toNanos(), random);
  }

  private Duration drawn(long ceiling, RandomGenerator random) {
    return Duration.ofNanos(random.nextLong(least.toNanos(), ceiling + 1));
  }

  /** This with another {@code least}. */
  public Backoff withLeast(Duration time) {
    return new Backoff(time, base, cap, steady, maxRetries);
  }

  /** This with another {@code base}. */
  public Backoff withBase(Duration time) {
    return new Backoff(least, time, cap, steady, maxRetries);
  }

  /** This with another {@code cap}. */
  public Backoff withCap(Duration time) {
    return new Backoff(least, base, time, steady, maxRetries);
  }

  /** This with another {@code steady}. */
  public Backoff withSteady(Duration time) {
    return new Backoff(least, base, cap, time, maxRetries);
  }

  /** This with another {@code maxRetries}. */
  public Backoff withMaxRetries(int attempts) {
    return new Backoff(least, base, cap, steady, attempts);
  }
}
