package io.github.easywebsocket.examples.nio;

import io.github.easywebsocket.driver.BytePipe;
import io.github.easywebsocket.driver.WebSocketDriver;
import io.github.easywebsocket.spi.Acceptance;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** One TCP connection: first for a request, then, if that was upgraded, for the driver. */
final class NioPipe implements BytePipe {

  private static final System.Logger LOGGER = System.getLogger("io.github.easywebsocket");

  private final NioServer server;
  private final SocketChannel channel;
  private final SelectionKey key;
  private final InetSocketAddress remote;
  private final long deadline; // of the request

  // the server's thread only
  private final NioExchange exchange;
  private @Nullable WebSocketDriver driver;
  private @Nullable ByteBuffer response; // what is left to write of it; then only EOF is awaited

  NioPipe(NioServer server, SocketChannel channel, SelectionKey key) throws IOException {
    this.server = server;
    this.channel = channel;
    this.key = key;
    this.remote = (InetSocketAddress) channel.getRemoteAddress();
    this.deadline = System.nanoTime() + server.settings.timeouts().handshake().toNanos();
    this.exchange = new NioExchange(server, this);
  }

  // ---- called by the server's thread

  void ready() throws IOException {
    if (key.isValid() && key.isWritable()) {
      key.interestOpsAnd(~SelectionKey.OP_WRITE);
      if (driver != null) {
        driver.writable();
      } else {
        writeResponse();
      }
    }
    if (key.isValid() && key.isReadable()) {
      read();
    }
  }

  private void read() throws IOException {
    ByteBuffer buffer = server.readBuffer.clear();
    int count;
    try {
      count = channel.read(buffer);
    } catch (IOException e) {
      if (driver == null) {
        throw e;
      }
      driver.failed(e);
      return;
    }
    buffer.flip();
    if (count < 0) {
      end();
    } else if (driver != null) {
      driver.received(buffer);
      driver.readComplete();
    } else if (response == null) {
      exchange.received(buffer);
    } // else it is discarded, until the peer has read the response and ends
  }

  private void end() {
    if (driver != null) {
      pauseReads(); // the end of input would be reported for ever
      driver.endOfInput();
    } else {
      lost();
    }
  }

  /** Whether a request, or the peer's end after its response, takes too long. */
  boolean isOverdue(long now) {
    return driver == null && !exchange.isWaitingForAnswer() && now - deadline >= 0;
  }

  /** The connection is gone. */
  void lost() {
    if (driver != null) {
      driver.abort();
    } else {
      close();
      exchange.lost();
    }
  }

  /** Writes the response of a plain request, ends the output, and awaits the peer's end. */
  void respond(ByteBuffer bytes) throws IOException {
    response = bytes;
    writeResponse();
  }

  private void writeResponse() throws IOException {
    if (response == null) {
      return;
    }
    channel.write(response);
    if (response.hasRemaining()) {
      awaitWritable();
    } else {
      channel.shutdownOutput();
      exchange.responded();
    }
  }

  /** Hands the connection to the driver. */
  void upgrade(ByteBuffer head, Acceptance acceptance, ByteBuffer behindTheRequest)
      throws IOException {
    channel.write(head);
    if (head.hasRemaining()) {
      throw new IOException("a new connection does not take the response");
    }
    WebSocketDriver opened =
        WebSocketDriver.server(
            this,
            server.outBuffers,
            acceptance.limits(),
            acceptance.deflate(),
            acceptance.receiver());
    driver = opened;
    opened.open(acceptance.subprotocol());
    opened.received(behindTheRequest);
    opened.readComplete();
  }

  // ---- BytePipe

  @Override
  public void write(ByteBuffer bytes) throws IOException {
    channel.write(bytes);
  }

  @Override
  public void awaitWritable() {
    addInterest(SelectionKey.OP_WRITE);
  }

  @Override
  public void writeOn() {
    WebSocketDriver opened = driver;
    if (opened != null) {
      server.execute(() -> NioServer.take(this, opened::writable));
    }
  }

  @Override
  public void shutdownOutput() throws IOException {
    channel.shutdownOutput();
  }

  @Override
  public void pauseReads() {
    try {
      key.interestOpsAnd(~SelectionKey.OP_READ);
    } catch (CancelledKeyException e) {
      LOGGER.log(Level.TRACE, "paused after its end");
    }
  }

  @Override
  public void resumeReads() {
    addInterest(SelectionKey.OP_READ);
  }

  private void addInterest(int operation) {
    try {
      key.interestOpsOr(operation);
      server.wakeUp();
    } catch (CancelledKeyException e) {
      LOGGER.log(Level.TRACE, "resumed after its end");
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      LOGGER.log(Level.DEBUG, "closing a connection failed", e);
    }
    server.wakeUp(); // a registered socket is freed when its selector looks at it
  }

  @Override
  public boolean mayBlock() {
    return !server.onThread();
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return remote;
  }

  @Override
  public <T> @Nullable T unwrap(Class<T> type) {
    return type.isInstance(channel) ? type.cast(channel) : null;
  }
}
