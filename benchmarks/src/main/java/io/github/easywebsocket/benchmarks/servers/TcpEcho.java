package io.github.easywebsocket.benchmarks.servers;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** The floor: sends back the bytes as they come, and knows nothing of WebSockets. */
final class TcpEcho implements Server {

  private final ByteBuffer buffer = ByteBuffer.allocateDirect(256 << 10);

  @Override
  public int start(Setup setup) throws IOException {
    return NioLoop.start(setup.port(), Connection::new);
  }

  private final class Connection implements NioLoop.Connection {

    private final SocketChannel channel;
    private final Unwritten output;

    Connection(SocketChannel channel, SelectionKey key) {
      this.channel = channel;
      output = new Unwritten(channel, key);
    }

    @Override
    public void ready() throws IOException {
      if (!output.isEmpty()) {
        output.writable();
      } else if (channel.read(buffer.clear()) < 0) {
        lost();
      } else {
        output.write(buffer.flip());
      }
    }

    @Override
    public void lost() {
      RawNio.close(channel);
    }
  }
}
