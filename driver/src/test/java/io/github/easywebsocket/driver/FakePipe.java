package io.github.easywebsocket.driver;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A pipe that takes as many bytes as the test gives it room for, and fails on what the contract of
 * {@link BytePipe} does not allow.
 */
final class FakePipe implements BytePipe {

  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  /** How many more bytes it takes. */
  long room = Long.MAX_VALUE;

  @Nullable IOException failure;
  boolean awaiting;
  boolean paused;
  boolean outputEnded;
  boolean closed;
  int writes;

  /** Called before each write. */
  Runnable beforeWrite = () -> {};

  /** Called in each close. */
  Runnable duringClose = () -> {};

  private boolean full;

  @Override
  public void write(ByteBuffer bytes) throws IOException {
    assertTrue(bytes.hasRemaining(), "a write of nothing");
    assertFalse(outputEnded, "a write after the end of the output");
    assertFalse(full, "a write while there is no room");
    beforeWrite.run();
    if (failure != null) {
      throw failure;
    }
    writes++;
    int count = (int) Math.min(room, bytes.remaining());
    byte[] taken = new byte[count];
    bytes.get(taken);
    written.writeBytes(taken);
    room -= count;
    full = bytes.hasRemaining();
  }

  @Override
  public void awaitWritable() {
    assertTrue(full, "nothing to wait for");
    assertFalse(awaiting, "asked twice");
    awaiting = true;
  }

  /** Makes room; the test then calls writable() on the driver. */
  void makeRoom(long bytes) {
    assertTrue(awaiting, "nobody waits");
    awaiting = false;
    full = false;
    room = bytes;
  }

  byte[] take() {
    byte[] bytes = written.toByteArray();
    written.reset();
    return bytes;
  }

  String takeHex() {
    return Wire.hex(take());
  }

  @Override
  public void shutdownOutput() throws IOException {
    assertFalse(outputEnded, "the output was ended twice");
    outputEnded = true;
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public void pauseReads() {
    paused = true;
  }

  @Override
  public void resumeReads() {
    paused = false;
  }

  @Override
  public void close() {
    closed = true;
    duringClose.run();
  }

  @Override
  public boolean mayBlock() {
    return false;
  }

  @Override
  public @Nullable InetSocketAddress remoteAddress() {
    return null;
  }

  @Override
  public <T> @Nullable T unwrap(Class<T> type) {
    return type.isInstance(this) ? type.cast(this) : null;
  }
}
