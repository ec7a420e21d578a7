package io.github.easywebsocket.jetty.pipe;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A thread of the engine: it serves all connections, so nothing may block it for one. */
public final class JettyThread extends Thread {

  private final int readBufferSize;

  // this thread only
  private @Nullable ByteBuffer readBuffer;
  private boolean reading; // the buffer is in use

  /**
   * Makes a thread.
   *
   * @param daemon whether the JVM may end while it runs
   * @param readBufferSize the size of its buffer in bytes, made when it first reads
   */
  public JettyThread(Runnable task, String name, boolean daemon, int readBufferSize) {
    super(task, name);
    this.readBufferSize = readBufferSize;
    setDaemon(daemon);
  }

  /** Whether the calling thread may block. */
  public static boolean mayBlock() {
    return !(Thread.currentThread() instanceof JettyThread);
  }

  /** Whether the calling thread may read now: it is one of Jetty's, and its buffer is free. */
  static boolean mayRead() {
    return Thread.currentThread() instanceof JettyThread thread && !thread.reading;
  }

  /** The buffer into which the calling thread reads, one of Jetty's, until {@link #readOver}. */
  static ByteBuffer readBuffer() {
    JettyThread thread = (JettyThread) Thread.currentThread();
    ByteBuffer buffer = thread.readBuffer;
    if (buffer == null) {
      buffer = ByteBuffer.allocateDirect(thread.readBufferSize);
      thread.readBuffer = buffer;
    }
    thread.reading = true;
    return buffer;
  }

  /** The calling thread's buffer is free again. */
  static void readOver() {
    ((JettyThread) Thread.currentThread()).reading = false;
  }
}
