package io.github.easywebsocket.driver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MaskingTest {

  private static final byte[] KEY = {(byte) 0x9a, 0x01, (byte) 0xff, 0x44};

  private final long key = Masking.keyAt(ByteBuffer.wrap(KEY), 0);

  @Test
  void everyLengthAtEveryAlignmentFromEveryByteOfTheKeyIsMasked() {
    for (int at = 0; at < 9; at++) {
      for (int length = 0; length <= 80; length++) {
        for (int phase = 0; phase < 6; phase++) {
          byte[] bytes = Wire.pattern(100);
          byte[] expected = expected(bytes, at, length, phase);
          ByteBuffer heap = ByteBuffer.wrap(bytes.clone()).position(at + length);
          ByteBuffer direct = ByteBuffer.allocateDirect(100).put(bytes).position(at + length);
          long from = Masking.from(key, phase);
          Masking.apply(bytes, at, length, from);
          Masking.apply(heap, at, from);
          Masking.apply(direct, at, from);
          assertArrayEquals(expected, bytes, at + " " + length + " " + phase);
          assertEquals(ByteBuffer.wrap(expected), heap.clear());
          assertEquals(ByteBuffer.wrap(expected), direct.clear());
        }
      }
    }
  }

  @Test
  void itTellsWhetherAllAreAscii() {
    for (int length = 1; length <= 80; length++) {
      for (int odd = -1; odd < length; odd++) {
        byte[] bytes = Wire.utf8(Wire.letters(length));
        if (odd >= 0) {
          bytes[odd] = (byte) 0x80;
        }
        byte[] masked = expected(bytes, 0, length, 0);
        long seen = Masking.apply(masked, 0, length, key);
        assertEquals(odd < 0, (seen & Masking.NOT_ASCII) == 0, length + ", " + odd);
        assertArrayEquals(bytes, masked);
      }
    }
  }

  @Test
  void keysOfAClientAreNotRepeatedAndUseAllBits() {
    MaskKeys keys = new MaskKeys();
    Set<Integer> seen = new HashSet<>();
    int[] ones = new int[32];
    int last = 0;
    for (int i = 0; i < 10_000; i++) {
      int next = keys.next();
      assertNotEquals(last, next);
      last = next;
      seen.add(next);
      for (int bit = 0; bit < 32; bit++) {
        ones[bit] += next >>> bit & 1;
      }
    }
    assertTrue(seen.size() > 9_990, "distinct: " + seen.size());
    for (int bit = 0; bit < 32; bit++) {
      assertEquals(5_000, ones[bit], 500, "bit " + bit); // ten standard deviations
    }
  }

  private static byte[] expected(byte[] bytes, int at, int length, int phase) {
    byte[] expected = bytes.clone();
    for (int i = 0; i < length; i++) {
      expected[at + i] ^= KEY[(i + phase) % 4];
    }
    return expected;
  }
}
