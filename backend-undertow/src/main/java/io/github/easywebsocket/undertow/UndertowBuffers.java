package io.github.easywebsocket.undertow;

import io.github.easywebsocket.driver.OutBuffers;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.xnio.XnioIoThread;

/** The buffers that the connections of one server share. Safe from any thread. */
final class UndertowBuffers {

  private static final int READ_BUFFER_SIZE = 512 << 10;

  private final OutBuffers out = new OutBuffers();
  private final Map<XnioIoThread, ByteBuffer> in = new ConcurrentHashMap<>();

  OutBuffers out() {
    return out;
  }

  /** The buffer into which an I/O thread reads: used by it alone, and free after each read. */
  ByteBuffer in(XnioIoThread thread) {
    return in.computeIfAbsent(thread, key -> ByteBuffer.allocateDirect(READ_BUFFER_SIZE));
  }
}
