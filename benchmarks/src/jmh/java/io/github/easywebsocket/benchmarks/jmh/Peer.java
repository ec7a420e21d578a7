package io.github.easywebsocket.benchmarks.jmh;

import io.github.easywebsocket.Compression;
import io.github.easywebsocket.Limits;
import io.github.easywebsocket.Message;
import io.github.easywebsocket.driver.BytePipe;
import io.github.easywebsocket.driver.OutBuffers;
import io.github.easywebsocket.driver.WebSocketDriver;
import io.github.easywebsocket.spi.Deflate;
import io.github.easywebsocket.spi.Extension;
import io.github.easywebsocket.spi.Receiver;
import io.github.easywebsocket.spi.Transport;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.openjdk.jmh.infra.Blackhole;

/** A driver between a pipe that swallows what is written and a receiver that swallows messages. */
final class Peer implements BytePipe, Receiver {

  private static final String OFFER =
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
  private static final Limits LIMITS = Limits.DEFAULT.withMaxMessageSize(2 << 20);

  private final WebSocketDriver driver;
  private final Blackhole blackhole;

  Peer(boolean deflate, Blackhole blackhole) {
    this.blackhole = blackhole;
    Deflate agreed =
        deflate ? Deflate.accept(Extension.parse(List.of(OFFER)), Compression.DEFAULT) : null;
    driver = WebSocketDriver.server(this, new OutBuffers(), LIMITS, agreed, this);
    driver.open(null);
  }

  void receive(ByteBuffer bytes) {
    driver.received(bytes);
    driver.readComplete();
  }

  void send(Message message) {
    driver.send(message);
    driver.flush();
  }

  // ---- the pipe

  @Override
  public void write(ByteBuffer bytes) {
    blackhole.consume(bytes.limit());
    bytes.position(bytes.limit());
  }

  @Override
  public void awaitWritable() {}

  @Override
  public void shutdownOutput() {}

  @Override
  public void pauseReads() {}

  @Override
  public void resumeReads() {}

  @Override
  public void close() {}

  @Override
  public boolean mayBlock() {
    return false;
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return null;
  }

  // ---- the receiver

  @Override
  public void open(Transport transport, String subprotocol) {}

  @Override
  public void message(boolean text, byte[] payload) {
    blackhole.consume(payload);
  }

  @Override
  public void part(boolean text, ByteBuffer piece, boolean endOfFrame, boolean endOfMessage) {
    blackhole.consume(piece.remaining());
  }

  @Override
  public void ping(ByteBuffer payload) {}

  @Override
  public void pong(ByteBuffer payload) {}

  @Override
  public void closeReceived(int code, String reason) {}

  @Override
  public void failed(int code, String detail) {
    throw new IllegalStateException(detail);
  }

  @Override
  public void readComplete() {}

  @Override
  public void sent(Throwable failure) {}

  @Override
  public void closed(Throwable failure) {}
}
