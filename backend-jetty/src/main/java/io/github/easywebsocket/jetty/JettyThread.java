package io.github.easywebsocket.jetty;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A thread of the engine: it serves all connections, so nothing may block it for one. */
final class JettyThread extends Thread {

  private static final int READ_BUFFER_SIZE = 512 << 10;

  private @Nullable ByteBuffer readBuffer; // this thread only

  JettyThread(Runnable task, String name) {
    super(task, name);
    setDaemon(false);
  }

  /** Whether the calling thread may block. */
  static boolean mayBlock() {
    return !(Thread.currentThread() instanceof JettyThread);
  }

  /** The buffer into which the calling thread reads, one of Jetty's: free after each read. */
  static ByteBuffer readBuffer() {
    JettyThread thread = (JettyThread) Thread.currentThread();
    ByteBuffer buffer = thread.readBuffer;
    if (buffer == null) {
      buffer = ByteBuffer.allocateDirect(READ_BUFFER_SIZE);
      thread.readBuffer = buffer;
    }
    return buffer;
  }
}
