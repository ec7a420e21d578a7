package io.github.easywebsocket.driver;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The buffers in which the connections of one engine gather what they write. A connection borrows
 * one for the first send of a batch and returns it when the batch is written, so there are about as
 * many as there are threads that send, not as there are connections.
 *
 * <p>Bounded: when all are lent, the next connection gets a small buffer on the heap, which is not
 * kept. So one that sends and then sleeps before its batch ends costs a few kilobytes, not a big
 * buffer.
 *
 * <p>The connections also share what they have compressed, so that without context takeover a
 * message to many is compressed once: the latest 32 messages, of at most 32 KiB each when
 * compressed.
 *
 * <p>Safe from any thread, without locks. The memory is freed when this is garbage-collected.
 */
public final class OutBuffers {

  /**
   * The size of a buffer: smaller ones cost long messages more writes, each of which wakes the
   * peer.
   */
  static final int DEFAULT_SIZE = 512 << 10;

  private static final int SPARE_SIZE = 8 << 10;

  /** Here since this is what the connections of one engine share. */
  final DeflatedMessages deflated = new DeflatedMessages();

  private final int size;
  private final AtomicReferenceArray<@Nullable ByteBuffer> free;
  private final AtomicInteger existing = new AtomicInteger();

  /** Makes a pool of at most four buffers of 512 KiB for each processor. */
  public OutBuffers() {
    this(DEFAULT_SIZE, 4 * Runtime.getRuntime().availableProcessors());
  }

  /**
   * Makes a pool.
   *
   * @param size the size of each buffer in bytes, at least 256
   * @param most how many buffers there may be; each is made when it is first needed, and then kept
   * @throws IllegalArgumentException if {@code size} is less than 256 or {@code most} less than 1
   */
  public OutBuffers(int size, int most) {
    if (size < 256) {
      throw new IllegalArgumentException("size must be at least 256, not " + size);
    }
    if (most < 1) {
      throw new IllegalArgumentException("most must be at least 1, not " + most);
    }
    this.size = size;
    this.free = new AtomicReferenceArray<>(most);
  }

  /** An empty buffer, for {@link #release} or {@link #forget}. */
  ByteBuffer borrow() {
    int slots = free.length();
    for (int i = 0, slot = home(slots); i < slots; i++, slot = after(slot, slots)) {
      ByteBuffer buffer = free.get(slot);
      if (buffer != null && free.compareAndSet(slot, buffer, null)) {
        return buffer;
      }
    }
    if (existing.get() < slots) {
      if (existing.incrementAndGet() <= slots) {
        return allocate();
      }
      existing.decrementAndGet();
    }
    return ByteBuffer.allocate(Math.min(SPARE_SIZE, size));
  }

  private ByteBuffer allocate() {
    boolean done = false;
    try {
      ByteBuffer buffer = ByteBuffer.allocateDirect(size);
      done = true;
      return buffer;
    } finally {
      if (!done) {
        existing.decrementAndGet(); // there was no memory for it
      }
    }
  }

  /** Takes back a buffer that nobody uses any more. */
  void release(ByteBuffer buffer) {
    if (!buffer.isDirect()) {
      return;
    }
    buffer.clear();
    int slots = free.length();
    for (int slot = home(slots); ; slot = after(slot, slots)) {
      if (free.get(slot) == null && free.compareAndSet(slot, null, buffer)) {
        return; // found at once or soon: there are no more buffers than slots
      }
    }
  }

  /** Counts a buffer as gone that another thread may still be writing to: it is not lent again. */
  void forget(ByteBuffer buffer) {
    if (buffer.isDirect()) {
      existing.decrementAndGet();
    }
  }

  /** Where the calling thread looks first, so that it mostly finds the buffer in its own cache. */
  private static int home(int slots) {
    return (Thread.currentThread().hashCode() & Integer.MAX_VALUE) % slots;
  }

  private static int after(int slot, int slots) {
    return slot + 1 == slots ? 0 : slot + 1;
  }
}
