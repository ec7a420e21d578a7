package io.github.easywebsocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** How delays are drawn, and what is refused. */
class BackoffTest {

  /** Draws always the greatest number there is. */
  static final RandomGenerator GREATEST =
      new RandomGenerator() {
        @Override
        public long nextLong() {
          throw new AssertionError("unbounded");
        }

        @Override
        public long nextLong(long origin, long bound) {
          return bound - 1;
        }
      };

  private static Duration greatest(int delays) {
    return Backoff.DEFAULT.delay(delays, GREATEST);
  }

  @Test
  void theCeilingDoublesUpToTheCap() {
    assertEquals(Duration.ofSeconds(1), greatest(0));
    assertEquals(Duration.ofSeconds(2), greatest(1));
    assertEquals(Duration.ofSeconds(16), greatest(4));
    assertEquals(Duration.ofSeconds(30), greatest(5));
    assertEquals(Duration.ofSeconds(30), greatest(Integer.MAX_VALUE));
  }

  @Test
  void theLongestBaseDoesNotOverflow() {
    Duration day = Duration.ofDays(1);
    Backoff slow = Backoff.DEFAULT.withCap(day).withBase(day);
    assertEquals(day, slow.delay(100, GREATEST));
  }

  @Test
  void delaysAreDrawnFromAllBetweenLeastAndCeiling() {
    Random random = new Random(1);
    int[] quarters = new int[4];
    for (int i = 0; i < 1000; i++) {
      long millis = Backoff.DEFAULT.delay(3, random).toMillis();
      assertTrue(millis >= 100 && millis <= 8000, millis + " ms");
      quarters[(int) Math.min(3, millis / 2000)]++;
    }
    for (int quarter : quarters) {
      assertTrue(quarter > 150, quarter + " of 1000 in a quarter");
    }
  }

  @Test
  void allEqualIsNoJitter() {
    Duration second = Duration.ofSeconds(1);
    Backoff fixed = Backoff.DEFAULT.withLeast(second).withCap(second);
    assertEquals(second, fixed.delay(9, new Random(1)));
  }

  @Test
  void whatMakesNoSenseIsRefusedByItsName() {
    refuses("least must be at least 1 ms", b -> b.withLeast(Duration.ZERO));
    refuses("base must be at least least", b -> b.withBase(Duration.ofMillis(99)));
    refuses("cap must be at least base", b -> b.withCap(Duration.ofMillis(999)));
    refuses("cap must be at least base and at most a day", b -> b.withCap(Duration.ofDays(2)));
    refuses("steady must be", b -> b.withSteady(Duration.ofNanos(-1)));
    refuses("maxRetries must be", b -> b.withMaxRetries(-1));
  }

  private static void refuses(String message, UnaryOperator<Backoff> change) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> change.apply(Backoff.DEFAULT));
    assertTrue(String.valueOf(e.getMessage()).startsWith(message), e.getMessage());
  }
}
