package io.github.easywebsocket.benchmarks.servers;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * Writes to a connection, and keeps what it does not take. While something is kept the connection
 * is not read, so a peer that does not read costs no more than what it has sent.
 */
final class Unwritten {

  private final SocketChannel channel;
  private final SelectionKey key;
  private @Nullable ByteBuffer kept; // to be written, from 0 to its position

  Unwritten(SocketChannel channel, SelectionKey key) {
    this.channel = channel;
    this.key = key;
  }

  boolean isEmpty() {
    return kept == null;
  }

  /** Writes all that remains in the buffer, now or later. */
  void write(ByteBuffer bytes) throws IOException {
    if (kept == null) {
      channel.write(bytes);
      if (!bytes.hasRemaining()) {
        return;
      }
      key.interestOps(SelectionKey.OP_WRITE);
    }
    ByteBuffer room = withRoom(kept, bytes.remaining());
    room.put(bytes);
    kept = room;
  }

  private static ByteBuffer withRoom(@Nullable ByteBuffer kept, int bytes) {
    if (kept == null) {
      return ByteBuffer.allocateDirect(Math.max(64 << 10, bytes));
    }
    if (kept.remaining() >= bytes) {
      return kept;
    }
    return ByteBuffer.allocateDirect(2 * (kept.position() + bytes)).put(kept.flip());
  }

  /** The connection takes bytes again. */
  void writable() throws IOException {
    if (kept == null) {
      return;
    }
    channel.write(kept.flip());
    if (kept.hasRemaining()) {
      kept.compact();
    } else {
      kept = null;
      key.interestOps(SelectionKey.OP_READ);
    }
  }
}
