package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.driver.BytePipe;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A pipe to memory, which takes as much at a time as chance has it. Used by one thread. */
final class MemoryPipe implements BytePipe {

  private final Random luck;
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private boolean full;
  private boolean awaited;
  private boolean outputEnded;
  private boolean closed;

  MemoryPipe(Random luck) {
    this.luck = luck;
  }

  /** What was written, without what has been taken before. */
  byte[] take() {
    byte[] bytes = written.toByteArray();
    written.reset();
    return bytes;
  }

  boolean isClosed() {
    return closed;
  }

  /** Makes room; true if somebody has waited for it, who then is to be told. */
  boolean makeRoom() {
    boolean waits = awaited;
    full = false;
    awaited = false;
    return waits;
  }

  @Override
  public void write(ByteBuffer bytes) {
    assertFalse(outputEnded || full, "a write behind the end, or without room");
    int count = luck.nextInt(4) > 0 ? bytes.remaining() : luck.nextInt(bytes.remaining() + 1);
    byte[] taken = new byte[count];
    bytes.get(taken);
    written.writeBytes(taken);
    full = bytes.hasRemaining();
  }

  @Override
  public void awaitWritable() {
    assertTrue(full && !awaited, "nothing to wait for, or waited for already");
    awaited = true;
  }

  @Override
  public void shutdownOutput() {
    assertFalse(outputEnded, "the output ended twice");
    outputEnded = true;
  }

  @Override
  public void pauseReads() {}

  @Override
  public void resumeReads() {}

  @Override
  public void close() {
    closed = true;
    awaited = false;
  }

  @Override
  public boolean mayBlock() {
    return false;
  }

  @Override
  public @Nullable InetSocketAddress remoteAddress() {
    return null;
  }
}
