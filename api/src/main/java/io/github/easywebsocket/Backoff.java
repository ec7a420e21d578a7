package io.github.easywebsocket;

import java.time.Duration;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * How long a {@link ReconnectingClient} waits between its attempts: exponential back-off with full
 * jitter. Each delay is drawn at random between {@code least} and a ceiling, which is {@code base}
 * at first, doubles with each attempt, and is never more than {@code cap}. So clients that lose a
 * server at the same moment do not all come back at the same moment. Start from {@link #DEFAULT}
 * and change what you need with {@code with…}: do not call the constructor, since later versions
 * may add components.
 *
 * @param least the shortest delay, so that nothing spins. Default 100 ms, at least 1 ms
 * @param base the first ceiling. Default 1 s, at least {@code least}
 * @param cap the highest ceiling. Default 30 s, at least {@code base}. A lower one notices sooner
 *     that a server is back, and puts more load on a server that is just coming up
 * @param steady how long a connection must last for the delays to start over, so that a server
 *     which accepts connections only to drop them is not hammered. Default 30 s
 * @param maxRetries the client ends after this many attempts in a row that led to no steady
 *     connection, not counting the first one at the start. Default 0: it never gives up
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

  /**
   * Checks that {@code 1 ms <= least <= base <= cap <= 1 day}, and that nothing is negative.
   *
   * @throws IllegalArgumentException if it is otherwise
   */
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
