package io.github.easywebsocket.driver;

import io.github.easywebsocket.Message;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What the latest messages became that the connections of one engine compressed, so that a message
 * to many is compressed once. For connections without context takeover only: there it depends on
 * nothing but the message and the level.
 *
 * <p>Messages are told apart by identity, never by content: how long a send takes must not tell
 * that others were sent the same. They are referred to weakly. At most {@link #MOST} times {@link
 * #LONGEST} bytes are kept, and the oldest make room.
 *
 * <p>Safe from any thread, without locks. Threads that send a message at the same time may each
 * compress it.
 */
final class DeflatedMessages {

  /** How many are kept, a power of two: more than what one read brings for many at a time. */
  static final int MOST = 32;

  /** The longest payload to keep, as compressed; what is longer is compressed for each. */
  static final int LONGEST = 32 << 10;

  private final AtomicReferenceArray<@Nullable Deflated> latest = new AtomicReferenceArray<>(MOST);
  private final AtomicInteger added = new AtomicInteger();

  /** What one message became at one level. */
  static final class Deflated extends WeakReference<Message> {

    private final int level;
    private final byte @Nullable [] payload;

    /** Without a payload the message became no shorter. */
    Deflated(Message message, int level, byte @Nullable [] payload) {
      super(message);
      this.level = level;
      this.payload = payload;
    }

    /** A view of its own for each caller; null if the message is to be sent as it is. */
    @Nullable ByteBuffer payload() {
      return payload == null ? null : ByteBuffer.wrap(payload);
    }
  }

  /** What is known of a message; null if nothing is. */
  @Nullable Deflated find(Message message, int level) {
    int next = added.get();
    for (int i = 1; i <= MOST; i++) {
      Deflated known = latest.get(slot(next - i));
      if (known != null && known.level == level && known.refersTo(message)) {
        return known;
      }
    }
    return null;
  }

  /** Keeps it in place of the oldest; its payload is at most {@link #LONGEST}. */
  Deflated add(Deflated deflated) {
    latest.set(slot(added.getAndIncrement()), deflated);
    return deflated;
  }

  private static int slot(int number) {
    return number & (MOST - 1);
  }
}
