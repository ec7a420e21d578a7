package io.github.easywebsocket.jetty;

import io.github.easywebsocket.Message;
import io.github.easywebsocket.spi.Receiver;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.OpCode;
import org.eclipse.jetty.websocket.core.OutgoingEntry;
import org.jspecify.annotations.Nullable;

/**
 * The writing side of one connection, on Jetty's flusher: that gathers data frames in a buffer,
 * which leaves by {@link #flush} or when it is full, and writes control frames at once, behind what
 * is gathered.
 *
 * <p>The core calls the methods that send one at a time; completions come on any thread.
 */
final class JettyOutput {

  /** The least that a frame has beside its payload. */
  static final int HEADER = 2;

  /** Jetty's bound of the payloads it gathers. */
  private static final int GATHERED = JettyTransport.OUTPUT_BUFFER / 4;

  private final JettyTransport transport;
  private final JettySession session;
  private final Receiver receiver;

  // written by sending
  private volatile long accepted; // bytes, those of control frames too
  private volatile @Nullable ByteBuffer sending; // the payload that Jetty still holds
  private volatile boolean ending;
  // written by completions
  private volatile long written; // of those accepted

  private final Sent sent = new Sent();
  private final Queue<Frame> controls = new ConcurrentLinkedQueue<>();
  private final AtomicInteger controlsUnwritten = new AtomicInteger();
  private final Callback controlWritten = Callback.from(this::controlWritten, cause -> {});

  JettyOutput(JettyTransport transport, JettySession session, Receiver receiver) {
    this.transport = transport;
    this.session = session;
    this.receiver = receiver;
  }

  // ---- data

  /** Whether Jetty needs the message no more; else the receiver is told when that is so. */
  boolean send(Message message, boolean first, boolean last) {
    ByteBuffer payload = message.payload();
    byte kind = message.isText() ? OpCode.TEXT : OpCode.BINARY;
    Frame frame = new Frame(first ? kind : OpCode.CONTINUATION, last, payload);
    accepted += HEADER + message.size();
    sending = payload;
    return sent.enqueue(frame, message.size() < GATHERED);
  }

  /** Told by Jetty that it needs a data frame no more. One for all, as the core waits for it. */
  private final class Sent implements Callback {
    private static final int CALLING = 0; // enqueueFrame has not returned
    private static final int DONE = 1;
    private static final int WAITING = 2;

    private final AtomicInteger state = new AtomicInteger();
    private boolean gathered;

    boolean enqueue(Frame frame, boolean gather) {
      gathered = gather;
      state.set(CALLING);
      transport.enqueueFrame(new OutgoingEntry.Builder(frame, this).batch(gather).build());
      return !state.compareAndSet(CALLING, WAITING);
    }

    @Override
    public void succeeded() {
      sending = null;
      if (!gathered) {
        written = accepted;
      } // else by flush: it may be in Jetty's buffer only
      if (!state.compareAndSet(CALLING, DONE)) {
        receiver.sent(null);
      }
    }

    @Override
    public void failed(Throwable cause) {
      sending = null;
      if (!transport.isGone()) {
        receiver.sent(cause);
      }
    }
  }

  /** Has Jetty write what it gathers. */
  void flush() {
    long all = accepted;
    if (written != all) {
      session.flush(Callback.from(() -> written = all, cause -> {}));
    }
  }

  /** See {@link io.github.easywebsocket.spi.Transport#pendingBytes}. */
  long pendingBytes() {
    ByteBuffer payload = sending;
    return accepted - written - (payload == null ? 0 : payload.position());
  }

  // ---- control frames

  /** Sends a ping, pong or close frame. */
  void control(Frame frame) {
    accepted += HEADER + frame.getPayloadLength();
    controls.add(frame);
    if (controlsUnwritten.getAndIncrement() == 0) {
      writeControl();
    }
  }

  /** Whether there is no control frame that the peer's reading holds up. */
  boolean controlsWritten() {
    return controlsUnwritten.get() == 0;
  }

  /** One at a time: of several that wait, Jetty would write the latest first. */
  private void writeControl() {
    Frame frame = controls.remove();
    if (frame.getOpCode() == OpCode.CLOSE) {
      session.flush(Callback.from(() -> writeClose(frame.getPayload()), transport::failed));
    } else {
      transport.enqueueFrame(new OutgoingEntry.Builder(frame, controlWritten).build());
    }
  }

  /** Past Jetty's flusher: that ends the output behind a close frame, before it is answered. */
  private void writeClose(ByteBuffer payload) {
    ByteBuffer frame = ByteBuffer.allocate(HEADER + payload.remaining());
    frame.put((byte) (0x80 | OpCode.CLOSE)).put((byte) payload.remaining()).put(payload).flip();
    transport.getEndPoint().write(Callback.from(this::controlWritten, transport::failed), frame);
  }

  private void controlWritten() {
    if (controlsUnwritten.decrementAndGet() > 0) {
      writeControl();
    } else if (ending) {
      end();
    } else {
      transport.demandIfWithheld();
    }
  }

  // ---- the end

  /** Writes what is left, and ends the output. Any thread. */
  void end() {
    ending = true;
    if (controlsWritten()) { // else when they are
      session.flush(Callback.from(transport::outputWritten));
    }
  }
}
