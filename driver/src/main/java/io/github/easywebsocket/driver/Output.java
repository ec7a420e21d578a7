package io.github.easywebsocket.driver;

import io.github.easywebsocket.Message;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Frames what is sent and writes it to the pipe, in one of two states.
 *
 * <pre>
 *   flowing --(the pipe does not take all)--&gt; blocked --(writable() has written it all)--&gt; flowing
 * </pre>
 *
 * <p>Flowing: frames are collected in a borrowed buffer until {@link #flush()} writes it, in one
 * write; a payload that does not fit goes through the buffer piece by piece. Only the caller of the
 * output methods touches anything, one caller at a time, and takes no lock.
 *
 * <p>Blocked: what the pipe left is a {@link Backlog}, under a lock, and no buffer is held. The
 * payload of a large message stays where it is, referred to. {@link #writable()} writes from the
 * backlog while an output method may add to it.
 *
 * <p>Only the caller blocks it and only {@code writable()} unblocks it, so that whoever reads
 * {@code blocked} knows who owns the state; the lock is never taken while flowing.
 */
final class Output {

  private static final VarHandle BUFFER;
  private static final VarHandle PENDING;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      BUFFER = lookup.findVarHandle(Output.class, "buffer", ByteBuffer.class);
      PENDING = lookup.findVarHandle(Output.class, "pending", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final BytePipe pipe;
  private final OutBuffers buffers;
  private final FrameWriter frames;
  private final @Nullable MessageDeflater deflater;

  /** Holds frames from index 0 to its position; null when there are none, and when blocked. */
  private volatile @Nullable ByteBuffer buffer;

  /** Written by whoever owns the state. */
  private volatile long pending;

  private volatile boolean blocked;
  private volatile boolean abandoned;

  private final ReentrantLock lock = new ReentrantLock();
  private final Backlog backlog; // guarded by lock

  /**
   * Makes the output of a connection.
   *
   * @param pipe what to write to
   * @param buffers where to borrow a buffer
   * @param keys of a client's frames; null for a server, whose frames are not masked
   * @param deflater compresses messages, if compression was agreed on
   */
  Output(
      BytePipe pipe,
      OutBuffers buffers,
      @Nullable MaskKeys keys,
      @Nullable MessageDeflater deflater) {
    this.pipe = pipe;
    this.buffers = buffers;
    this.frames = new FrameWriter(keys);
    this.deflater = deflater;
    this.backlog = new Backlog(frames);
  }

  /** How many bytes are taken from the caller and not yet by the pipe. Any thread. */
  long pending() {
    return abandoned ? 0 : pending; // a send under way may still count what nobody will write
  }

  /** Sends a message; false when {@link #writable()} will tell that it is written. */
  boolean send(Message message) throws IOException {
    int first = Frame.FIN | opcode(message);
    ByteBuffer deflated = deflater == null ? null : deflater.compress(message);
    return deflated != null ? stream(first | Frame.RSV1, deflated) : plain(first, message);
  }

  /** Sends a part of a message; false as {@link #send}. */
  boolean sendPart(Message part, boolean first, boolean last) throws IOException {
    int bits = (last ? Frame.FIN : 0) | (first ? opcode(part) : Frame.CONTINUATION);
    ByteBuffer deflated = deflater == null ? null : deflater.compressPart(part, first, last);
    if (deflated == null) {
      return plain(bits, part);
    }
    return stream(first ? bits | Frame.RSV1 : bits, deflated);
  }

  private static int opcode(Message message) {
    return message.isText() ? Frame.TEXT : Frame.BINARY;
  }

  private boolean plain(int first, Message message) throws IOException {
    if (blocked) {
      return stream(first, message.payload());
    }
    ByteBuffer out = buffer();
    int size = message.size();
    if (out.remaining() - Frame.MAX_HEADER < size) {
      return stream(first, message.payload());
    }
    long key = frames.putHeader(out, first, size);
    int from = out.position();
    message.copyTo(0, out);
    if (key != 0) {
      Masking.apply(out, from, key);
    }
    PENDING.setRelease(this, (long) out.position());
    return true;
  }

  /**
   * Sends a control frame. Of the pongs that are sent while blocked only the newest is kept, as RFC
   * 6455 §5.5.3 allows: a peer that sends pings and does not read fills no memory.
   */
  void control(int opcode, ByteBuffer payload) throws IOException {
    if (blocked && addedControl(opcode, payload)) {
      return;
    }
    ByteBuffer out = buffer();
    if (out.remaining() < Frame.MAX_HEADER + Frame.MAX_CONTROL_PAYLOAD) {
      flush();
      control(opcode, payload);
      return;
    }
    long key = frames.putHeader(out, Frame.FIN | opcode, payload.remaining());
    FrameWriter.putPayload(payload.slice(), out, key);
    PENDING.setRelease(this, (long) out.position());
  }

  /** Writes what is collected. */
  void flush() throws IOException {
    ByteBuffer out = buffer;
    if (out == null) {
      return;
    }
    write(out);
    if (out.hasRemaining()) {
      block(out, null, 0, 0);
    } else {
      release(out);
      pending = 0;
    }
  }

  /**
   * Writes on, when the pipe can. Any thread.
   *
   * @return whether the message is written for which {@code send} returned false
   */
  boolean writable() throws IOException {
    lock.lock();
    try {
      if (!blocked) {
        return false;
      }
      boolean written = backlog.write(pipe, buffers);
      pending = backlog.size();
      if (backlog.isEmpty()) {
        blocked = false;
      } else {
        pipe.awaitWritable();
      }
      return written;
    } finally {
      lock.unlock();
    }
  }

  /** Whether memory beside the heap is held to compress. */
  boolean holdsMemory() {
    return deflater != null && deflater.holdsMemory();
  }

  /** Frees all that is held, for good; what is not written is lost. Any thread, at any time. */
  void abandon() {
    abandoned = true;
    ByteBuffer out = (ByteBuffer) BUFFER.getAndSet(this, null);
    if (out != null) {
      buffers.forget(out); // a send may be in the middle of writing to it
    }
    if (deflater != null) {
      deflater.close();
    }
    lock.lock();
    try {
      backlog.clear();
      blocked = false;
    } finally {
      lock.unlock();
    }
  }

  // ---- flowing

  /** Frames a message of any size and writes what does not fit in the buffer. */
  private boolean stream(int first, ByteBuffer payload) throws IOException {
    if (blocked && addedMessage(first, payload)) {
      return false;
    }
    ByteBuffer out = buffer();
    if (out.remaining() < Frame.MAX_HEADER) {
      flush();
      return stream(first, payload);
    }
    long key = frames.putHeader(out, first, payload.remaining());
    while (true) {
      int copied = FrameWriter.putPayload(payload, out, key);
      if (!payload.hasRemaining()) {
        PENDING.setRelease(this, (long) out.position());
        return true;
      }
      write(out);
      if (out.hasRemaining()) {
        block(out, payload, copied, key);
        return false;
      }
      out.clear();
    }
  }

  private ByteBuffer buffer() throws IOException {
    ByteBuffer out = buffer;
    return out != null ? out : borrow();
  }

  private ByteBuffer borrow() throws IOException {
    ByteBuffer out = buffers.borrow();
    buffer = out;
    if (abandoned) { // read after the buffer is set: either this or abandon() sees the other
      release(out);
      throw new ClosedChannelException();
    }
    return out;
  }

  private void release(ByteBuffer out) {
    if (BUFFER.compareAndSet(this, out, null)) {
      buffers.release(out);
    }
  }

  private void write(ByteBuffer out) throws IOException {
    try {
      pipe.write(out.flip());
    } catch (IOException e) {
      release(out);
      throw e;
    }
  }

  /** Moves what the pipe has not taken to the backlog. */
  private void block(ByteBuffer out, @Nullable ByteBuffer payload, int copied, long key)
      throws IOException {
    lock.lock();
    try {
      if (!abandoned) {
        backlog.keep(out, payload, copied, key);
        pending = backlog.size();
        blocked = true;
      }
    } finally {
      lock.unlock();
    }
    release(out);
    if (abandoned) {
      throw new ClosedChannelException();
    }
    pipe.awaitWritable();
  }

  // ---- blocked

  /** False if it is not blocked any more, and nothing was added. */
  private boolean addedMessage(int first, ByteBuffer payload) {
    lock.lock();
    try {
      if (blocked) {
        backlog.addMessage(first, payload);
        pending = backlog.size();
      }
      return blocked;
    } finally {
      lock.unlock();
    }
  }

  private boolean addedControl(int opcode, ByteBuffer payload) {
    lock.lock();
    try {
      if (blocked) {
        backlog.addControl(opcode, payload.slice());
        pending = backlog.size();
      }
      return blocked;
    } finally {
      lock.unlock();
    }
  }
}
