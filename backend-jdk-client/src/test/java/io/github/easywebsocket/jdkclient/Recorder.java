package io.github.easywebsocket.jdkclient;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.github.easywebsocket.spi.Receiver;
import io.github.easywebsocket.spi.Transport;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what a backend reports, and fails when it breaks the grammar of {@link Receiver}:
 * calls at the same time, before {@code open}, or after {@code closed}.
 */
class Recorder implements Receiver {

  private final LinkedBlockingQueue<String> events = new LinkedBlockingQueue<>();
  private final AtomicInteger inside = new AtomicInteger();
  private volatile @Nullable Transport transport;
  private volatile boolean closed;

  /** The next event, waited for. */
  String next() throws InterruptedException {
    String event = events.poll(10, TimeUnit.SECONDS);
    if (event == null) {
      throw new AssertionError("no event in 10 s");
    }
    return event;
  }

  /** The next event if there is one now. */
  @Nullable String peek() {
    return events.peek();
  }

  Transport transport() {
    return requireNonNull(transport);
  }

  private void inOrder(String event) {
    if (inside.incrementAndGet() != 1) {
      events.add("AT THE SAME TIME: " + event);
    }
    add(event);
    inside.decrementAndGet();
  }

  private void add(String event) {
    if (transport == null || closed) {
      events.add("OUT OF ORDER: " + event);
    } else {
      events.add(event);
    }
  }

  @Override
  public void open(Transport transport, @Nullable String subprotocol) {
    this.transport = transport;
    inOrder("open " + subprotocol);
  }

  @Override
  public void message(boolean text, byte[] payload) {
    inOrder("a whole message");
  }

  @Override
  public void part(boolean text, ByteBuffer piece, boolean endOfFrame, boolean endOfMessage) {
    String payload = text ? UTF_8.decode(piece).toString() : hex(piece);
    inOrder((text ? "text " : "binary ") + payload + (endOfMessage ? "" : " …"));
  }

  @Override
  public void ping(ByteBuffer payload) {
    inOrder("ping " + hex(payload));
  }

  @Override
  public void pong(ByteBuffer payload) {
    inOrder("pong " + hex(payload));
  }

  @Override
  public void closeReceived(int code, String reason) {
    inOrder("close " + code + " " + reason);
  }

  @Override
  public void failed(int code, String detail) {
    inOrder("failed " + code + " " + detail);
  }

  @Override
  public void readComplete() {}

  @Override
  public void sent(@Nullable Throwable failure) {
    add(failure == null ? "sent" : "sent " + failure);
  }

  @Override
  public void closed(@Nullable Throwable failure) {
    add(failure == null ? "closed" : "closed " + failure);
    closed = true;
  }

  private static String hex(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    return HexFormat.of().formatHex(copy);
  }
}
