package io.github.easywebsocket.benchmarks.load;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** The bytes of one connection, with or without TLS; blocks until it is told not to. */
interface Wire extends Closeable {

  /** Without TLS. */
  static Wire plain(SocketChannel channel) {
    return new Wire() {
      @Override
      public SocketChannel channel() {
        return channel;
      }

      @Override
      public int read(ByteBuffer into) throws IOException {
        return channel.read(into);
      }

      @Override
      public boolean write(ByteBuffer from) throws IOException {
        channel.write(from);
        return !from.hasRemaining();
      }
    };
  }

  SocketChannel channel();

  /** Reads as a channel does; 0 only if there is nothing now. */
  int read(ByteBuffer into) throws IOException;

  /** Whether there may be more to read that no selector knows of. */
  default boolean hasMore() {
    return false;
  }

  /**
   * Writes what the connection takes.
   *
   * @return whether that was all
   */
  boolean write(ByteBuffer from) throws IOException;

  @Override
  default void close() throws IOException {
    channel().close();
  }
}
