package io.github.easywebsocket.spi;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Checks that a stream of bytes is UTF-8 (RFC 3629): no overlong form, no surrogate, nothing above
 * U+10FFFF. The bytes may be split anywhere; a bad byte is found in the call that brings it.
 *
 * <p>The calls follow the grammar {@code (accept* complete reset)*}. Once {@code accept} has
 * returned false, it returns false until {@code reset}. Holds one number between calls, and no
 * reference. Not safe from several threads.
 */
public final class Utf8Validator {

  /*
   * An automaton of nine states. A state is written as the shift that finds it in a row of NEXT:
   * the row of a byte holds, at each state's place, the six bits of the state that the byte leads
   * to. A step is then one load that depends on the byte alone, and one shift; Java uses only the
   * low six bits of a shift's distance, so what is above them needs no masking between steps.
   */
  private static final int REJECT = 0; // never left: the low six bits of all rows are 0
  private static final int ACCEPT = 6; // at the end of a character
  private static final int ONE_MORE = 12; // one continuation byte, 80–BF, is missing
  private static final int TWO_MORE = 18;
  private static final int THREE_MORE = 24;
  private static final int AFTER_E0 = 30; // next A0–BF, else overlong
  private static final int AFTER_ED = 36; // next 80–9F, else a surrogate
  private static final int AFTER_F0 = 42; // next 90–BF, else overlong
  private static final int AFTER_F4 = 48; // next 80–8F, else above U+10FFFF

  private static final int STATE = 63;
  private static final long[] NEXT = rows();

  private static final long NOT_ASCII = 0x8080808080808080L;

  /** How many bytes the automaton takes before the next look for ASCII. */
  private static final int STRIDE = 64;

  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final int leastForWords;
  private long state = ACCEPT;

  /** Makes a validator that is at the beginning of a text. */
  public Utf8Validator() {
    this(Utf8Words.LEAST);
  }

  /**
   * Says how long an array must be to be taken by {@link Utf8Words}.
   *
   * @param leastForWords in bytes, with room for a word behind {@link Utf8Words#BEFORE}
   */
  Utf8Validator(int leastForWords) {
    this.leastForWords = leastForWords;
  }

  /**
   * Takes the next bytes of the text.
   *
   * @param bytes holds them; not kept
   * @param from the index of the first
   * @param to the index after the last
   * @return whether the text up to here can be the beginning of valid UTF-8
   */
  public boolean accept(byte[] bytes, int from, int to) {
    int at = state == ACCEPT ? skipAscii(bytes, from, to) : from;
    if (to - at >= leastForWords) {
      at = acceptWords(bytes, at, to);
    }
    while (at < to) {
      if (state == ACCEPT) {
        at = skipAscii(bytes, at, to);
      }
      int end = to - at > STRIDE ? at + STRIDE : to;
      state = run(bytes, at, end, state);
      if (state == REJECT) {
        return false;
      }
      at = end;
    }
    return state != REJECT;
  }

  /**
   * Takes the bytes that remain in the buffer as the next of the text.
   *
   * @param bytes holds them; not kept, and its position does not change
   * @return whether the text up to here can be the beginning of valid UTF-8
   */
  public boolean accept(ByteBuffer bytes) {
    int at = bytes.position();
    int to = bytes.limit();
    if (bytes.hasArray()) {
      int shift = bytes.arrayOffset();
      return accept(bytes.array(), at + shift, to + shift);
    }
    while (at < to) {
      if (state == ACCEPT) {
        at = skipAscii(bytes, at, to);
      }
      int end = to - at > STRIDE ? at + STRIDE : to;
      state = run(bytes, at, end, state);
      if (state == REJECT) {
        return false;
      }
      at = end;
    }
    return state != REJECT;
  }

  /** Whether the bytes so far are valid and end with a whole character. */
  public boolean complete() {
    return state == ACCEPT;
  }

  /** Begins a new text. */
  public void reset() {
    state = ACCEPT;
  }

  /**
   * Takes all up to the last whole character of the last whole word; the automaton takes the first
   * bytes, which may belong to a character of an earlier call.
   *
   * @return the index of the first byte that is not taken
   */
  private int acceptWords(byte[] bytes, int from, int to) {
    int first = from + Utf8Words.BEFORE;
    int end = first + (to - first & -8);
    if (run(bytes, from, first, state) == REJECT || !Utf8Words.accepts(bytes, first, end)) {
      state = REJECT;
      return to;
    }
    state = ACCEPT;
    int character = end - 1;
    while ((bytes[character] & 0xc0) == 0x80) {
      character--;
    }
    return character;
  }

  /** The first index from which a word is not ASCII, or fewer than eight bytes are left. */
  private static int skipAscii(byte[] bytes, int from, int to) {
    int at = from;
    while (to - at >= 32) {
      long words =
          (long) WORD.get(bytes, at)
              | (long) WORD.get(bytes, at + 8)
              | (long) WORD.get(bytes, at + 16)
              | (long) WORD.get(bytes, at + 24);
      if ((words & NOT_ASCII) != 0) {
        break;
      }
      at += 32;
    }
    while (to - at >= 8 && ((long) WORD.get(bytes, at) & NOT_ASCII) == 0) {
      at += 8;
    }
    return at;
  }

  private static int skipAscii(ByteBuffer bytes, int from, int to) {
    int at = from;
    while (to - at >= 8 && (bytes.getLong(at) & NOT_ASCII) == 0) {
      at += 8;
    }
    return at;
  }

  private static int run(byte[] bytes, int from, int to, long begin) {
    long state = begin;
    for (int at = from; at < to; at++) {
      state = NEXT[bytes[at] & 0xff] >>> state;
    }
    return (int) state & STATE;
  }

  private static int run(ByteBuffer bytes, int from, int to, long begin) {
    long state = begin;
    for (int at = from; at < to; at++) {
      state = NEXT[bytes.get(at) & 0xff] >>> state;
    }
    return (int) state & STATE;
  }

  private static long[] rows() {
    long[] rows = new long[256];
    step(rows, ACCEPT, 0x00, 0x7f, ACCEPT);
    step(rows, ACCEPT, 0xc2, 0xdf, ONE_MORE);
    step(rows, ACCEPT, 0xe0, 0xe0, AFTER_E0);
    step(rows, ACCEPT, 0xe1, 0xec, TWO_MORE);
    step(rows, ACCEPT, 0xed, 0xed, AFTER_ED);
    step(rows, ACCEPT, 0xee, 0xef, TWO_MORE);
    step(rows, ACCEPT, 0xf0, 0xf0, AFTER_F0);
    step(rows, ACCEPT, 0xf1, 0xf3, THREE_MORE);
    step(rows, ACCEPT, 0xf4, 0xf4, AFTER_F4);
    step(rows, ONE_MORE, 0x80, 0xbf, ACCEPT);
    step(rows, TWO_MORE, 0x80, 0xbf, ONE_MORE);
    step(rows, THREE_MORE, 0x80, 0xbf, TWO_MORE);
    step(rows, AFTER_E0, 0xa0, 0xbf, ONE_MORE);
    step(rows, AFTER_ED, 0x80, 0x9f, ONE_MORE);
    step(rows, AFTER_F0, 0x90, 0xbf, TWO_MORE);
    step(rows, AFTER_F4, 0x80, 0x8f, TWO_MORE);
    return rows;
  }

  private static void step(long[] rows, int from, int firstByte, int lastByte, int to) {
    for (int b = firstByte; b <= lastByte; b++) {
      rows[b] |= (long) to << from;
    }
  }
}
