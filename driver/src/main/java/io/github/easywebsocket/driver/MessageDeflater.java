package io.github.easywebsocket.driver;

import io.github.easywebsocket.Compression;
import io.github.easywebsocket.Message;
import io.github.easywebsocket.driver.DeflatedMessages.Deflated;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/**
 * Compresses the messages of one connection, RFC 7692 §7.2.1.
 *
 * <p>Messages are compressed by one thread at a time; {@link #close()} may come from another, and
 * then whoever comes last frees the native memory. With context takeover that is held from the
 * first compressed message on, without it only while a message is compressed: one that is sent in
 * parts, from its first part to its last. Without it, a message that another connection of the
 * engine has compressed is not compressed again.
 */
final class MessageDeflater {

  /** What a flush ends with and the receiver adds again, §7.2.1. */
  private static final int TAIL = 4;

  private static final int LEAST_ROOM = 64;

  private final boolean takeOver;
  private final int level;
  private final int minSize;
  private final DeflatedMessages latest;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Deflater deflater; // guarded by lock
  private boolean inParts; // guarded by lock: a message is under way whose parts are compressed
  private volatile boolean closed;

  /** Compresses what one end of a connection sends. */
  static MessageDeflater of(Compression agreed, boolean server, DeflatedMessages latest) {
    return new MessageDeflater(
        server ? agreed.serverContextTakeover() : agreed.clientContextTakeover(),
        agreed.level(),
        agreed.minSize(),
        latest);
  }

  /**
   * Makes a deflater.
   *
   * @param takeOver whether a message refers to the ones before it
   * @param level as of {@link Deflater}
   * @param minSize the shortest message to compress, at least 1
   * @param latest what this and other connections have compressed
   */
  MessageDeflater(boolean takeOver, int level, int minSize, DeflatedMessages latest) {
    this.takeOver = takeOver;
    this.level = level;
    this.minSize = minSize;
    this.latest = latest;
  }

  /**
   * Compresses a message.
   *
   * @return the compressed payload; null if the message is to be sent as it is, because it is short
   *     or does not become shorter, or because this is closed
   */
  @Nullable ByteBuffer compress(Message message) {
    if (message.size() < minSize) {
      return null;
    }
    Deflated known = takeOver ? null : latest.find(message, level);
    if (known != null) {
      return known.payload();
    }
    lock.lock();
    try {
      if (closed) {
        return null;
      }
      ByteBuffer deflated = withoutTail(flushed(message));
      // with takeover even if it became longer: the window has it now
      return takeOver ? deflated : shared(message, deflated);
    } finally {
      lock.unlock();
      if (closed || !takeOver) {
        free();
      }
    }
  }

  /**
   * Compresses a part of a message, all that it holds: the peer can inflate it when it has it. How
   * long the message will be nobody knows, so its first part decides.
   *
   * @return the payload of the part's frame; null if the message is to be sent as it is
   */
  @Nullable ByteBuffer compressPart(Message part, boolean first, boolean last) {
    lock.lock();
    try {
      if (first) {
        inParts = part.size() >= minSize;
      }
      return closed || !inParts ? null : deflatePart(part, last);
    } finally {
      lock.unlock();
      if (closed || (last && !takeOver)) {
        free();
      }
    }
  }

  /** Lets other connections have it, too. */
  private @Nullable ByteBuffer shared(Message message, ByteBuffer deflated) {
    int size = deflated.remaining();
    boolean shorter = size < message.size();
    if (shorter && size > DeflatedMessages.LONGEST) {
      return deflated;
    }
    byte[] payload = shorter ? Arrays.copyOf(deflated.array(), size) : null;
    return latest.add(new Deflated(message, level, payload)).payload();
  }

  private ByteBuffer deflatePart(Message part, boolean last) {
    if (part.size() == 0) { // the deflater has nothing to flush; §7.2.3.6 for the end
      return ByteBuffer.allocate(last ? 1 : 0);
    }
    return last ? withoutTail(flushed(part)) : flushed(part);
  }

  private ByteBuffer flushed(Message message) {
    Deflater deflater = deflater();
    deflater.setInput(message.payload());
    int step = Math.max(LEAST_ROOM, message.size() / 2);
    byte[] out = new byte[step];
    int length = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
    while (length == out.length) { // until room is left: only then the flush is complete
      out = Arrays.copyOf(out, length + step);
      length += deflater.deflate(out, length, out.length - length, Deflater.SYNC_FLUSH);
    }
    return ByteBuffer.wrap(out, 0, length);
  }

  private static ByteBuffer withoutTail(ByteBuffer flushed) {
    return flushed.limit(flushed.limit() - TAIL);
  }

  private Deflater deflater() {
    if (deflater == null) {
      deflater = new Deflater(level, true);
    }
    return deflater;
  }

  /** Whether native memory is held at present. */
  boolean holdsMemory() {
    lock.lock();
    try {
      return deflater != null;
    } finally {
      lock.unlock();
    }
  }

  /** Frees the native memory, for good. Idempotent; does not wait. */
  void close() {
    closed = true;
    free();
  }

  private void free() {
    if (lock.tryLock()) { // else compress() frees, which reads closed after it has unlocked
      try {
        if (deflater != null) {
          deflater.end();
          deflater = null;
        }
      } finally {
        lock.unlock();
      }
    }
  }
}
