package io.github.easywebsocket.benchmarks.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * A connection that is opened and closed, with both handshakes: connect, request, response, close
 * frame, its answer, and the end, which is the server's (RFC 6455 §7.1.1).
 */
final class Dial {

  private static final byte[] CLOSE =
      ClientFrame.masked(ClientFrame.FIN | ClientFrame.CLOSE, new byte[] {3, (byte) 0xe8}, 0x1234);

  /** As answer to it, a server may leave out the code. */
  private static final int SHORTEST_CLOSE = 2;

  private final SocketChannel channel = SocketChannel.open();
  private final OpeningRequest request;
  private final long began = System.nanoTime();
  private final ByteBuffer response = ByteBuffer.allocate(2048);
  private boolean open;
  private boolean over;

  Dial(InetSocketAddress address, OpeningRequest request) throws IOException {
    this.request = request;
    channel.configureBlocking(false);
    channel.connect(address);
  }

  void register(Selector selector) throws IOException {
    channel.register(selector, SelectionKey.OP_CONNECT, this);
  }

  /** Goes on, as the key says. */
  void go(SelectionKey key, ByteBuffer buffer, Window window) throws IOException {
    if (key.isConnectable()) {
      channel.finishConnect();
      key.interestOps(SelectionKey.OP_READ);
      channel.write(request.bytes());
    } else if (!open) {
      shakeHands(window);
    } else {
      awaitEnd(buffer);
    }
  }

  private void shakeHands(Window window) throws IOException {
    if (channel.read(response) < 0) {
      throw new WrongEcho("the server ended a connection instead of answering the handshake");
    }
    if (request.isAnsweredBy(response)) {
      open = true;
      window.done(began, System.nanoTime());
      channel.write(ByteBuffer.wrap(CLOSE));
      response.clear();
    }
  }

  private void awaitEnd(ByteBuffer buffer) throws IOException {
    int count = channel.read(buffer.clear());
    if (count >= 0) {
      response.put(buffer.flip());
      return;
    }
    if (response.position() < SHORTEST_CLOSE
        || response.get(0) != (byte) (ClientFrame.FIN | ClientFrame.CLOSE)) {
      throw new WrongEcho("the server did not answer the close frame");
    }
    over = true;
    channel.close();
  }

  boolean isOver() {
    return over;
  }
}
