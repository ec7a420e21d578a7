package io.github.easywebsocket.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Compares {@link Utf8Validator} with the JDK's decoder, which is strict in REPORT mode. Each array
 * is given to the automaton alone, and to one that takes words from the shortest length on.
 */
class Utf8ValidatorTest {

  private static final int SHORTEST = Utf8Words.BEFORE + Long.BYTES;

  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT);
  private final CharBuffer decoded = CharBuffer.allocate(8192);
  private final Utf8Validator validator = new Utf8Validator(Integer.MAX_VALUE);
  private final Utf8Validator wordwise = new Utf8Validator(SHORTEST);

  @Test
  void everySequenceOfOneAndTwoBytesIsJudgedAsTheJdkDoesAtEveryAlignment() {
    for (int length = 1; length <= 2; length++) {
      for (int i = 0; i < 1 << 8 * length; i++) {
        byte[] bytes = bigEndian(i, length);
        boolean expected = jdkAccepts(bytes);
        for (int before = 0; before <= 72; before++) {
          assertVerdict(expected, padded(bytes, before, 40));
        }
      }
    }
  }

  @Test
  void everySequenceOfThreeBytesIsJudgedAsTheJdkDoes() {
    byte[] text = new byte[60];
    Arrays.fill(text, (byte) 'a');
    for (int i = 0; i < 1 << 24; i++) {
      byte[] bytes = bigEndian(i, 3);
      int at = i % 57;
      System.arraycopy(bytes, 0, text, at, 3);
      boolean expected = jdkAccepts(bytes);
      assertAccepts(expected, validator, text);
      assertAccepts(expected, wordwise, text);
      Arrays.fill(text, at, at + 3, (byte) 'a');
    }
  }

  @Test
  void sequencesOfFourBytesAreJudgedAsTheJdkDoes() {
    for (int lead = 0xee; lead <= 0xff; lead++) {
      for (int second = 0x70; second <= 0xc8; second++) {
        for (int third = 0x7e; third <= 0xc1; third++) {
          for (int fourth : new int[] {0x00, 0x7f, 0x80, 0xbf, 0xc0, 0xff}) {
            byte[] bytes = {(byte) lead, (byte) second, (byte) third, (byte) fourth};
            assertVerdict(jdkAccepts(bytes), padded(bytes, third % 9, fourth % 9));
          }
        }
      }
    }
  }

  @Test
  void randomBytesAndDamagedTextAreJudgedAsTheJdkDoes() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = randomText(random, random.nextInt(60));
      if (random.nextBoolean() && bytes.length > 0) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      String what = "seed " + seed + ": " + hex(bytes);
      assertEquals(jdkAccepts(bytes), inPieces(validator, bytes, random), what);
      assertEquals(jdkAccepts(bytes), inPieces(wordwise, bytes, random), what);
      assertVerdict(jdkAccepts(bytes), bytes);
    }
  }

  @Test
  void atWhateverByteATextIsSplitItIsJudgedAlike() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 1000; i++) {
      byte[] bytes = randomText(random, 20);
      if (random.nextBoolean()) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      boolean expected = jdkAccepts(bytes);
      for (int at = 0; at <= bytes.length; at++) {
        wordwise.reset();
        boolean accepted =
            wordwise.accept(bytes, 0, at) && wordwise.accept(bytes, at, bytes.length);
        if ((accepted && wordwise.complete()) != expected) {
          assertEquals(expected, !expected, "seed " + seed + ", at " + at + ": " + hex(bytes));
        }
      }
    }
  }

  @Test
  void longTextsAreJudgedAsTheJdkDoes() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    Utf8Validator asUsed = new Utf8Validator();
    for (int i = 0; i < 2000; i++) {
      byte[] bytes = randomText(random, 300 + random.nextInt(2000));
      if (random.nextBoolean()) {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      }
      assertAccepts(jdkAccepts(bytes), asUsed, bytes);
      assertAccepts(jdkAccepts(bytes), wordwise, bytes);
    }
  }

  @Test
  void aBadByteIsFoundAsSoonAsNothingCanMakeItGood() {
    for (int i = 0; i < 1 << 16; i++) {
      assertPrefixVerdict(bigEndian(i, 2));
    }
    for (int i = 0xed7000; i < 0xf5c200; i += 7) {
      assertPrefixVerdict(bigEndian(i, 3));
    }
  }

  @Test
  void aTextThatEndsInsideACharacterIsNotComplete() {
    byte[] bytes = "a\u00e4\u20ac\ud83d\ude00".getBytes(StandardCharsets.UTF_8);
    boolean[] complete = {true, true, false, true, false, false, true, false, false, false, true};
    for (int length = 0; length <= bytes.length; length++) {
      validator.reset();
      assertTrue(validator.accept(bytes, 0, length));
      assertEquals(complete[length], validator.complete(), "of " + length + " bytes");
    }
  }

  @Test
  void onceFalseItStaysFalseUntilReset() {
    assertFalse(validator.accept(new byte[] {(byte) 0xff}, 0, 1));
    assertFalse(validator.accept(new byte[] {'a'}, 0, 1));
    assertFalse(validator.accept(new byte[0], 0, 0));
    assertFalse(validator.accept(ByteBuffer.allocateDirect(0)));
    assertFalse(validator.complete());
    validator.reset();
    assertTrue(validator.accept(new byte[] {'a'}, 0, 1));
    assertTrue(validator.complete());
  }

  @Test
  void aBufferKeepsItsPositionAndOnlyWhatRemainsIsTaken() {
    byte[] bytes = {(byte) 0xff, 'a', (byte) 0xc3, (byte) 0xa4, (byte) 0xff};
    for (ByteBuffer whole :
        new ByteBuffer[] {
          ByteBuffer.wrap(bytes), ByteBuffer.wrap(bytes).asReadOnlyBuffer(), direct(bytes)
        }) {
      ByteBuffer part = whole.position(1).limit(4).slice();
      part.position(1);
      validator.reset();
      assertTrue(validator.accept(part));
      assertTrue(validator.complete());
      assertEquals(1, part.position());
    }
  }

  /** A prefix is good if some of these suffixes, which reach every state's end, makes it valid. */
  private void assertPrefixVerdict(byte[] prefix) {
    boolean possible = jdkAccepts(prefix);
    for (int length = 1; length <= 3 && !possible; length++) {
      for (int i = 0; i < 1 << length && !possible; i++) {
        byte[] longer = Arrays.copyOf(prefix, prefix.length + length);
        for (int j = 0; j < length; j++) {
          longer[prefix.length + j] = (byte) ((i >> j & 1) == 0 ? 0x80 : 0xa0);
        }
        possible = jdkAccepts(longer);
      }
    }
    for (Utf8Validator each : List.of(validator, wordwise)) {
      each.reset();
      byte[] text = padded(prefix, 16, 0);
      assertEquals(possible, each.accept(text, 0, text.length), () -> hex(prefix));
    }
    validator.reset();
    assertEquals(possible, validator.accept(direct(prefix)), () -> hex(prefix));
  }

  private void assertVerdict(boolean expected, byte[] bytes) {
    assertAccepts(expected, validator, bytes);
    assertAccepts(expected, wordwise, bytes);
    validator.reset();
    boolean buffer = validator.accept(ByteBuffer.wrap(bytes).asReadOnlyBuffer());
    if ((buffer && validator.complete()) != expected) {
      assertEquals(expected, buffer, () -> "buffer " + hex(bytes));
    }
  }

  private static void assertAccepts(boolean expected, Utf8Validator by, byte[] bytes) {
    by.reset();
    boolean accepted = by.accept(bytes, 0, bytes.length) && by.complete();
    if (accepted != expected) {
      assertEquals(expected, accepted, () -> hex(bytes));
    }
  }

  private static boolean inPieces(Utf8Validator validator, byte[] bytes, Random random) {
    validator.reset();
    int at = 0;
    boolean good = true;
    while (at < bytes.length) {
      int end = Math.min(bytes.length, at + random.nextInt(1 + random.nextInt(80)));
      good =
          random.nextBoolean()
              ? validator.accept(bytes, at, end)
              : validator.accept(direct(Arrays.copyOfRange(bytes, at, end)));
      at = end;
    }
    return good && validator.complete();
  }

  private boolean jdkAccepts(byte[] bytes) {
    decoded.clear();
    decoder.reset();
    return !decoder.decode(ByteBuffer.wrap(bytes), decoded, true).isError();
  }

  private static byte[] randomText(Random random, int characters) {
    int[] bound = {0x80, 0x800, 0x10000, 0x110000};
    StringBuilder text = new StringBuilder();
    int kind = random.nextInt(5);
    while (text.length() < characters) {
      int c = random.nextInt(bound[kind < 4 ? kind : random.nextInt(4)]);
      if (c < 0xd800 || c > 0xdfff) {
        text.appendCodePoint(c);
      }
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] padded(byte[] bytes, int before, int after) {
    byte[] padded = new byte[before + bytes.length + after];
    Arrays.fill(padded, (byte) 'a');
    System.arraycopy(bytes, 0, padded, before, bytes.length);
    return padded;
  }

  private static byte[] bigEndian(int value, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (value >>> 8 * (length - 1 - i));
    }
    return bytes;
  }

  private static ByteBuffer direct(byte[] bytes) {
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  private static String hex(byte[] bytes) {
    return HexFormat.ofDelimiter(" ").formatHex(bytes);
  }
}
