package io.github.easywebsocket;

import io.github.easywebsocket.spi.Transport;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The pings and the pong of one connection that are still to be sent; they overtake messages. Of
 * pongs only the latest is kept, RFC 6455 §5.5.3, and while the peer does not read it waits, so
 * that a flood of pings fills no memory.
 *
 * <p>Any thread adds and looks; only the holder of the outbox's token sends.
 */
final class Controls {

  /** With so many bytes before it, a pong waits for the peer to read. */
  private static final int MOST_BEFORE_PONG = 64 << 10;

  private static final VarHandle PONG;

  static {
    try {
      PONG = MethodHandles.lookup().findVarHandle(Controls.class, "pong", byte[].class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Transport transport;
  private final ConcurrentLinkedQueue<byte[]> pings = new ConcurrentLinkedQueue<>();
  private volatile byte @Nullable [] pong;

  Controls(Transport transport) {
    this.transport = transport;
  }

  void addPing(byte[] payload) {
    pings.add(payload);
  }

  void setPong(byte[] payload) {
    pong = payload;
  }

  boolean isEmpty() {
    return pong == null && pings.isEmpty();
  }

  /** Whether something is to go now. */
  boolean hasNext() {
    return mayPong() || !pings.isEmpty();
  }

  private boolean mayPong() {
    return pong != null && transport.pendingBytes() < MOST_BEFORE_PONG;
  }

  /** Sends what is to go now; true if something was. */
  boolean send() {
    boolean sent = false;
    byte[] answer = mayPong() ? (byte[]) PONG.getAndSet(this, (byte[]) null) : null;
    if (answer != null) {
      sent = true;
      transport.pong(ByteBuffer.wrap(answer));
    }
    for (byte[] ping; (ping = pings.poll()) != null; ) {
      sent = true;
      transport.ping(ByteBuffer.wrap(ping));
    }
    return sent;
  }

  void clear() {
    pong = null;
    pings.clear();
  }
}
