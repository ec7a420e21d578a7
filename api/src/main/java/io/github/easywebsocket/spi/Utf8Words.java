package io.github.easywebsocket.spi;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Judges UTF-8 eight bytes at a time, in two loops without a branch. JDK 21 and later compile such
 * loops to vector instructions, so that in fact it is 32 or 64 bytes at a time.
 *
 * <p>What a byte may be depends on the three before it. So a word is looked at together with the
 * words that begin one, two and three bytes before it: in these the bytes before stand in the same
 * place as the byte that is judged. All is told in the highest bit of each byte, to which a shift
 * brings a lower one; the other bits are noise and are cleared last.
 */
final class Utf8Words {

  /** How many bytes before the first one that is judged must be there. */
  static final int BEFORE = 3;

  /**
   * The least length for which this is faster than an automaton: shorter loops have fewer vectors.
   * Without vectors, and where it was not measured, there is none.
   */
  static final int LEAST =
      Runtime.version().feature() >= 21 && "amd64".equals(System.getProperty("os.arch"))
          ? 512
          : Integer.MAX_VALUE;

  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long HIGHEST = eight(0x80);
  private static final long LOWER = eight(0x7f);

  private Utf8Words() {}

  /**
   * Whether each of these bytes may be where it is, beside those before it. Whether the last of
   * them may be the last is not looked at.
   *
   * @param bytes have been judged up to {@code from}, at least {@link #BEFORE}
   * @param from the first to judge
   * @param to after the last, whole words from there
   */
  static boolean accepts(byte[] bytes, int from, int to) {
    return ((misplaced(bytes, from, to) | outOfRange(bytes, from, to)) & HIGHEST) == 0;
  }

  /** Continuation bytes where none belong, and others in their place. */
  private static long misplaced(byte[] bytes, int from, int to) {
    long bad = 0;
    for (int at = from; at < to; at += 8) {
      long here = word(bytes, at);
      long one = word(bytes, at - 1);
      long two = word(bytes, at - 2);
      long three = word(bytes, at - 3);
      long continuation = here & ~(here << 1); // 10......
      long second = one & one << 1; // behind 11......
      long third = two & two << 1 & two << 2; // behind 111..... and another
      long fourth = three & three << 1 & three << 2 & three << 3; // behind 1111.... and two others
      bad |= continuation ^ (second | third | fourth);
    }
    return bad;
  }

  /** Second bytes with which a character is overlong, a surrogate or too large. */
  private static long outOfRange(byte[] bytes, int from, int to) {
    long bad = 0;
    for (int at = from; at < to; at += 8) {
      long here = word(bytes, at);
      long one = word(bytes, at - 1);
      long fromA0 = here << 2; // of 80 to BF
      long from90 = here << 2 | here << 3;
      long behindLead = one & one << 1;
      bad |=
          behindLead
              & (~differs(one & eight(0xfe), eight(0xc0)) // C0 and C1
                  | ~(differs(one, eight(0xe0)) | fromA0)
                  | ~differs(one, eight(0xed)) & fromA0
                  | ~(differs(one, eight(0xf0)) | from90)
                  | ~differs(one, eight(0xf4)) & from90
                  | (one & LOWER) + eight(0x80 - 0x75)); // F5 to FF
    }
    return bad;
  }

  private static long word(byte[] bytes, int at) {
    return (long) WORD.get(bytes, at);
  }

  /** Where bytes differ, if they have the same highest bit. */
  private static long differs(long word, long other) {
    return ((word ^ other) & LOWER) + LOWER;
  }

  private static long eight(int b) {
    return b * 0x0101010101010101L;
  }
}
