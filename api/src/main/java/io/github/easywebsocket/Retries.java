package io.github.easywebsocket;

import io.github.easywebsocket.ReconnectingClient.Gap;
import io.github.easywebsocket.spi.TimeSource;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Whether and when a {@link ReconnectingClient} connects again, and what there is to tell of the
 * gap. One thread at a time, which the client hands on.
 */
final class Retries {

  private static final Set<Integer> TEMPORARY = Set.of(0, 408, 425, 429, 500, 502, 503, 504);
  private static final long LONGEST_WISH = TimeUnit.HOURS.toSeconds(1);

  private final Backoff backoff;
  private final TimeSource time;
  private final RandomGenerator random;

  private int delays; // since the last steady connection
  private int attempts; // in this gap
  private @Nullable CloseReason reason;
  private long gapBegan;
  private long opened;

  Retries(Backoff backoff, TimeSource time, RandomGenerator random) {
    this.backoff = backoff;
    this.time = time;
    this.random = random;
    this.gapBegan = time.nanoTime();
  }

  // ---- what happens

  /** An attempt to connect begins. */
  void tries() {
    attempts++;
  }

  /** The connection is open; true if one was lost before it. */
  boolean opens() {
    opened = time.nanoTime();
    return reason != null;
  }

  /** A connection has ended, and the gap begins. */
  void loses(CloseReason how) {
    long now = time.nanoTime();
    if (now - opened >= backoff.steady().toNanos()) {
      delays = 0;
    }
    gapBegan = now;
    reason = how;
    attempts = 0;
  }

  /** A delay begins. */
  void waits() {
    delays++;
  }

  // ---- what to do

  /** Whether an attempt that failed so may succeed another time. */
  static boolean mayPass(IOException failure) {
    return !(failure instanceof WebSocketException known)
        || switch (known.kind()) {
          case IO, TIMEOUT -> true;
          case HANDSHAKE -> TEMPORARY.contains(known.status());
          default -> false;
        };
  }

  /** Whether there have been as many as there may be. */
  boolean areUsedUp() {
    return backoff.maxRetries() > 0 && delays >= backoff.maxRetries();
  }

  /** How long to wait after a connection has ended. */
  Duration delayAfter(CloseReason how) {
    return how.code() == CloseReason.TRY_AGAIN_LATER
        ? backoff.longDelay(random)
        : backoff.delay(delays, random);
  }

  /** How long to wait after an attempt has failed. */
  Duration delayAfter(IOException failure) {
    return backoff.delay(delays, random).plusSeconds(wish(failure));
  }

  /** The seconds for which the server asks to be left alone. */
  private static long wish(IOException failure) {
    String seconds =
        failure instanceof WebSocketException known ? known.headers().first("Retry-After") : null;
    return seconds == null || !seconds.matches("\\d{1,9}")
        ? 0
        : Math.min(LONGEST_WISH, Long.parseLong(seconds));
  }

  // ---- what to tell

  Gap gap(@Nullable IOException failure, Duration delay) {
    Duration length = Duration.ofNanos(time.nanoTime() - gapBegan);
    return new Gap(reason, attempts, failure, length, delay);
  }

  /** Why a client ends that has used them up: its connections were lost, one after the other. */
  WebSocketException noneLasts() {
    return new WebSocketException(WebSocketException.Kind.CLOSED, "no connection lasts: " + reason);
  }
}
