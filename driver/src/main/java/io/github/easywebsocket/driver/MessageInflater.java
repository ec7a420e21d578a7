package io.github.easywebsocket.driver;

import io.github.easywebsocket.Compression;
import io.github.easywebsocket.spi.Utf8Validator;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Inflates the messages of one connection, RFC 7692 §7.2.2, piece by piece as they come: what is
 * compressed is not kept, and what is inflated never exceeds the limit of a message.
 *
 * <p>Used by one thread at a time. Holds native memory until {@link #close()}: with context
 * takeover from the first compressed message on, without it from the first to the last piece of
 * each.
 */
final class MessageInflater {

  /** How a piece went. */
  enum Outcome {
    GOOD,
    TOO_BIG,
    NOT_UTF8,
    MALFORMED
  }

  private static final int STEP = 4 << 10;
  private static final int FIRST_ROOM = 1 << 10;

  /** What the sender has cut off the end of the message, §7.2.1. */
  private static final byte[] TAIL = {0x00, 0x00, (byte) 0xff, (byte) 0xff};

  /** An empty block with BFINAL: behind a whole message it ends the stream. */
  private static final byte[] LAST_BLOCK = {0x03, 0x00};

  private final boolean takeOver;
  private final long mostCompressed;
  private final byte[] oneMore = new byte[1];
  private final byte[] piece = new byte[STEP];
  private @Nullable Inflater inflater;
  private long compressed;
  private boolean closed;

  /** Inflates what the other end of a connection sends. */
  static MessageInflater of(Compression agreed, boolean server, int limit) {
    return new MessageInflater(
        server ? agreed.clientContextTakeover() : agreed.serverContextTakeover(), limit);
  }

  /**
   * Makes an inflater.
   *
   * @param takeOver whether a message may refer to the ones before it
   * @param limit the most that a message may inflate to
   */
  MessageInflater(boolean takeOver, int limit) {
    this.takeOver = takeOver;
    // Compressing can lengthen, a flush for each fragment even more; nobody doubles. Without this
    // bound a peer could send blocks that inflate to nothing, for ever.
    this.mostCompressed = 2L * limit + 1024;
  }

  /** Whether a frame of that length may follow in this message. */
  boolean fits(long length) {
    return length <= mostCompressed - compressed;
  }

  /**
   * Takes a masked piece of a message.
   *
   * @param key as it lies over the first byte
   * @param to where the inflated bytes go
   * @param utf8 checks them, null for binary
   */
  Outcome take(
      ByteBuffer in,
      int from,
      int count,
      long key,
      PayloadBuffer to,
      @Nullable Utf8Validator utf8) {
    compressed += count;
    Outcome outcome = Outcome.GOOD;
    for (int at = from, end = from + count; at < end && outcome == Outcome.GOOD; ) {
      int step = Math.min(end - at, STEP);
      in.get(at, piece, 0, step);
      Masking.apply(piece, 0, step, key);
      outcome = inflate(piece, step, to, utf8);
      at += step;
    }
    return outcome;
  }

  /** Ends the message. */
  Outcome end(PayloadBuffer to, @Nullable Utf8Validator utf8) {
    boolean empty = compressed == 0;
    compressed = 0;
    if (empty) {
      return Outcome.GOOD; // a peer that leaves out the one byte of §7.2.3.6
    }
    Outcome outcome = inflate(TAIL, TAIL.length, to, utf8);
    if (!takeOver) {
      boolean whole = outcome != Outcome.GOOD || isAtEndOfBlock();
      free();
      return whole ? outcome : Outcome.MALFORMED;
    }
    return outcome;
  }

  /** Whether the message did not end inside of a block; the stream ends with the question. */
  private boolean isAtEndOfBlock() {
    Inflater inflater = inflater();
    inflater.setInput(LAST_BLOCK);
    try {
      return inflater.inflate(oneMore) == 0 && inflater.finished();
    } catch (DataFormatException e) {
      return false;
    }
  }

  /** Whether native memory is held at present. */
  boolean holdsMemory() {
    return inflater != null;
  }

  /** Frees the native memory, for good. Idempotent. */
  void close() {
    closed = true;
    free();
  }

  private void free() {
    if (inflater != null) {
      inflater.end();
      inflater = null;
    }
  }

  private Outcome inflate(byte[] bytes, int count, PayloadBuffer to, @Nullable Utf8Validator utf8) {
    Inflater inflater = inflater();
    inflater.setInput(bytes, 0, count);
    try {
      while (true) {
        int from = to.size();
        int inflated = inflateInto(inflater, to);
        if (inflated < 0) {
          return Outcome.TOO_BIG;
        }
        if (utf8 != null && !utf8.accept(to.bytes(), from, from + inflated)) {
          return Outcome.NOT_UTF8;
        }
        if (inflater.finished()) {
          restart(inflater, bytes, count);
        } else if (inflated == 0) {
          return inflater.needsDictionary() ? Outcome.MALFORMED : Outcome.GOOD;
        }
      }
    } catch (DataFormatException e) {
      return Outcome.MALFORMED;
    }
  }

  /** Returns how many bytes came, or -1 if there are more than may be. */
  private int inflateInto(Inflater inflater, PayloadBuffer to) throws DataFormatException {
    if (to.size() == to.limit()) {
      return inflater.inflate(oneMore, 0, 1) > 0 ? -1 : 0;
    }
    if (to.size() == to.bytes().length) {
      int room = Math.min(FIRST_ROOM, to.limit() - to.size());
      to.reserve(room, room, false);
    }
    int inflated = inflater.inflate(to.bytes(), to.size(), to.bytes().length - to.size());
    to.advance(inflated);
    return inflated;
  }

  /** §7.2.3.4: after a block with BFINAL the rest, if only the tail, is a stream of its own. */
  private static void restart(Inflater inflater, byte[] bytes, int count) {
    int rest = inflater.getRemaining();
    inflater.reset();
    inflater.setInput(bytes, count - rest, rest);
  }

  private Inflater inflater() {
    if (closed) {
      throw new IllegalStateException("closed");
    }
    if (inflater == null) {
      inflater = new Inflater(true);
    }
    return inflater;
  }
}
