package io.github.easywebsocket.jetty;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A thread of the engine: it serves all connections, so nothing may block it for one. */
final class JettyThread extends Thread {

  private static final int READ_BUFFER_SIZE = 512 << 10;

  // this thread only
  private @Nullable ByteBuffer readBuffer;
  private boolean reading; // the buffer is in use

  JettyThread(Runnable task, String name) {
    super(task, name);
    setDaemon(false);
  }

  /** Whether the calling thread may block. */
  static boolean mayBlock() {
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
      buffer = ByteBuffer.allocateDirect(READ_BUFFER_SIZE);
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
