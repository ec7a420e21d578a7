package io.github.easywebsocket;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A message that is read while it arrives, for {@link WebSocketHandler#onStream}. Only a bounded
 * part of it is in memory: the peer is slowed down to the pace of the reader.
 *
 * <p>Valid until {@code onStream} returns; what has not been read by then is discarded. For one
 * thread at a time.
 */
public final class IncomingMessage {

  /** What an array costs beside its bytes: without it, a flood of tiny ones would cost little. */
  private static final int OVERHEAD = 64;

  /** Causes may go round in a circle. */
  private static final int MOST_CAUSES = 16;

  private final Session session;
  private final boolean text;
  private final InputStream in = new Input();
  private @Nullable Reader reader;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // guarded by the lock
  private final ArrayDeque<byte[]> waiting = new ArrayDeque<>(2);
  private int from; // what of the first has been read
  private long received;
  private boolean complete;
  private boolean closed;
  private @Nullable IOException failure;

  IncomingMessage(Session session, boolean text) {
    this.session = session;
    this.text = text;
  }

  /** Whether the message is text; if not, it is binary. */
  public boolean isText() {
    return text;
  }

  /**
   * The bytes of the message, for text its UTF-8, which is checked; the same stream each time. A
   * read waits for bytes. If the connection ends before the message does, it throws a {@link
   * WebSocketException} of kind {@code CLOSED}; a handler may let that through, and {@code onError}
   * is not called for it.
   */
  public InputStream inputStream() {
    return in;
  }

  /**
   * The text of the message; the same reader each time. Use either this or {@link #inputStream()}.
   *
   * @throws IllegalStateException if the message is binary
   */
  public Reader reader() {
    if (!text) {
      throw new IllegalStateException("a binary message has no reader(); use inputStream()");
    }
    if (reader == null) {
      reader = new InputStreamReader(in, StandardCharsets.UTF_8);
    }
    return reader;
  }

  // ---- the engine's side

  /** More of the message, unless nobody reads it. */
  void add(byte[] bytes) {
    lock.lock();
    try {
      if (closed || failure != null) {
        return;
      }
      waiting.add(bytes);
      received += bytes.length;
      changed.signal();
    } finally {
      lock.unlock();
    }
    session.streamWaits(bytes.length + OVERHEAD);
  }

  /** How many bytes have come that could be read. Any thread. */
  long received() {
    lock.lock();
    try {
      return received;
    } finally {
      lock.unlock();
    }
  }

  /** The message has come to its end. */
  void complete() {
    lock.lock();
    try {
      complete = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** The rest will not come; what has come can still be read. Any thread. */
  void fail(IOException cause) {
    lock.lock();
    try {
      if (!complete && failure == null) {
        failure = cause;
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Whether this is what a read has thrown since the rest will not come, or was caused by it. */
  boolean isBrokenBy(Throwable thrown) {
    IOException cause;
    lock.lock();
    try {
      cause = failure;
    } finally {
      lock.unlock();
    }
    int depth = 0;
    for (Throwable each = thrown; each != null && depth < MOST_CAUSES; each = each.getCause()) {
      if (each == cause) {
        return true;
      }
      depth++;
    }
    return false;
  }

  /** Nobody reads any more: what waits is thrown away, and what comes. */
  void close() {
    int unread = 0;
    lock.lock();
    try {
      for (byte[] bytes : waiting) {
        unread += bytes.length + OVERHEAD;
      }
      unread -= from;
      closed = true;
      waiting.clear();
      from = 0;
      changed.signal();
    } finally {
      lock.unlock();
    }
    session.streamTaken(unread);
  }

  // ---- the reader's side

  /** Reads at least a byte if any is to come; -1 at the end. */
  private int take(byte[] target, int offset, int length) throws IOException {
    int count;
    boolean emptied;
    lock.lock();
    try {
      while (waiting.isEmpty()) {
        if (closed) {
          throw new IOException("the stream is closed, or onStream has returned");
        }
        if (failure != null) {
          throw failure;
        }
        if (complete) {
          return -1;
        }
        changed.awaitUninterruptibly();
      }
      byte[] first = waiting.element();
      count = Math.min(length, first.length - from);
      System.arraycopy(first, from, target, offset, count);
      from += count;
      emptied = from == first.length;
      if (emptied) {
        waiting.remove();
        from = 0;
      }
    } finally {
      lock.unlock();
    }
    session.streamTaken(emptied ? count + OVERHEAD : count);
    return count;
  }

  private final class Input extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, target.length);
      return length == 0 ? 0 : take(target, offset, length);
    }

    /** Throws away what is left. */
    @Override
    public void close() {
      IncomingMessage.this.close();
    }

    @Override
    public int available() {
      lock.lock();
      try {
        byte[] first = waiting.peek();
        return first == null ? 0 : first.length - from;
      } finally {
        lock.unlock();
      }
    }
  }
}
