package io.github.easywebsocket.jetty;

import io.github.easywebsocket.Message;
import io.github.easywebsocket.jetty.pipe.JettyPipe;
import io.github.easywebsocket.jetty.pipe.JettyThread;
import io.github.easywebsocket.spi.Acceptance;
import io.github.easywebsocket.spi.Receiver;
import io.github.easywebsocket.spi.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.CloseStatus;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.OpCode;
import org.eclipse.jetty.websocket.core.WebSocketComponents;
import org.eclipse.jetty.websocket.core.WebSocketConnection;
import org.eclipse.jetty.websocket.core.exception.CloseException;
import org.eclipse.jetty.websocket.core.exception.ProtocolException;
import org.eclipse.jetty.websocket.core.util.FrameValidation;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket connection on Jetty's own layer, over TCP or a stream of HTTP/2: tells the core the
 * frames that Jetty parses, and gives Jetty the frames that the core sends.
 *
 * <p>Reading: Jetty delivers a frame for each demand. Frames come one at a time, from the thread
 * that runs {@link #onFillable}, {@link #run} or {@link #onOpen}; it calls {@link #fillInterested}
 * when all bytes that were there are parsed. A frame that leaves a pong unwritten, as the peer does
 * not read, or that makes the core pause, is followed by no demand until that is over.
 *
 * <p>Writing: {@link JettyOutput}.
 *
 * <p>End: {@code receiver.closed} comes when the endpoint is closed and no thread reads any more.
 */
final class JettyTransport extends WebSocketConnection implements Upgraded, Transport {

  /** What is read at once. Pooled, and held only while there is something to read. */
  static final int INPUT_BUFFER = 64 << 10;

  /** What is gathered for one write; frames up to a quarter of it are. Pooled as well. */
  static final int OUTPUT_BUFFER = 32 << 10;

  /** How much may be read before what it led to is sent, while there is always more to read. */
  private static final int BATCH = 256 << 10;

  private final JettySession session;
  private final Receiver receiver;
  private final JettyOutput output;
  private final boolean stream; // of HTTP/2, not a TCP connection
  private final EndPoint tcp;

  // reading
  private boolean inMessage; // reading thread
  private boolean text; // reading thread: the message under way, or the last one
  private int batch; // reading thread: bytes since the last readComplete
  private @Nullable Thread delivering; // since then; others see a thread that is not theirs
  private volatile boolean paused;
  private volatile boolean ending; // what is still read is thrown away
  private final AtomicBoolean demandWithheld = new AtomicBoolean();

  // the end
  private boolean opened; // set before anything else of the connection
  private final AtomicInteger users = new AtomicInteger(1); // the endpoint, and each reading thread
  private final AtomicBoolean endPointClosed = new AtomicBoolean();
  private volatile boolean inputEnded;
  private volatile boolean outputEnded;
  private @Nullable Throwable failure;

  private JettyTransport(
      Request request, Connector connector, JettySession session, Receiver receiver) {
    super(
        JettyExchange.endPoint(request),
        connector.getExecutor(),
        connector.getScheduler(),
        connector.getByteBufferPool(),
        session);
    this.session = session;
    this.receiver = receiver;
    this.output = new JettyOutput(this, session, receiver);
    this.stream = JettyExchange.isHttp2(request);
    this.tcp = JettyExchange.tcp(request);
    session.setWebSocketConnection(this);
  }

  static JettyTransport create(
      Request request, Acceptance acceptance, WebSocketComponents components) {
    return new JettyTransport(
        request,
        request.getConnectionMetaData().getConnector(),
        new JettySession(acceptance, components),
        acceptance.receiver());
  }

  // ---- reading

  /** The handshake is done. */
  void opened(@Nullable String subprotocol) {
    opened = true;
    getEndPoint().setIdleTimeout(0); // time-outs are the core's
    receiver.open(this, subprotocol);
    demandNext();
  }

  @Override
  protected void onFrame(Frame.Parsed frame) {
    try {
      if (!ending) {
        receive(frame);
      }
    } finally {
      frame.close();
    }
  }

  private void receive(Frame.Parsed frame) {
    FrameValidation.assertValidIncoming(frame, session);
    delivering = Thread.currentThread();
    batch += JettyOutput.HEADER + frame.getPayloadLength();
    switch (frame.getOpCode()) {
      case OpCode.PING -> receiver.ping(frame.getPayload());
      case OpCode.PONG -> receiver.pong(frame.getPayload());
      case OpCode.CLOSE -> {
        CloseStatus status = frame.getCloseStatus();
        receiver.closeReceived(
            status.getCode(), status.getReason() == null ? "" : status.getReason());
        readComplete();
        return; // no further demand
      }
      default -> receiveData(frame);
    }
    demandNext();
  }

  private void receiveData(Frame frame) {
    boolean continues = frame.getOpCode() == OpCode.CONTINUATION;
    if (continues != inMessage) {
      throw new ProtocolException(
          continues ? "a continuation of no message" : "a message inside of another");
    }
    if (!continues) {
      text = frame.getOpCode() == OpCode.TEXT;
    }
    inMessage = !frame.isFin();
    receiver.part(text, frame.getPayload(), true, frame.isFin());
  }

  private void demandNext() {
    if (mayRead()) {
      if (batch > BATCH) {
        readComplete();
      }
      demand();
    } else {
      readComplete();
      demandWithheld.set(true);
      demandIfWithheld();
    }
  }

  private void readComplete() {
    delivering = null;
    batch = 0;
    receiver.readComplete();
  }

  private boolean mayRead() {
    return !paused && !ending && output.controlsWritten();
  }

  /** Goes on reading if that waits and may be. Any thread. */
  void demandIfWithheld() {
    if (mayRead() && demandWithheld.compareAndSet(true, false)) {
      demand();
    }
  }

  @Override
  public void pause() {
    paused = true;
  }

  @Override
  public void resume() {
    paused = false;
    demandIfWithheld();
  }

  /** All that was there is parsed. */
  @Override
  public void fillInterested() {
    readComplete();
    tryFillInterested(readable);
  }

  /** Non-blocking, since the core does not block: Jetty then spares a change of threads. */
  private final Callback readable =
      new Callback() {
        @Override
        public InvocationType getInvocationType() {
          return InvocationType.NON_BLOCKING;
        }

        @Override
        public void succeeded() {
          onFillable();
        }

        @Override
        public void failed(Throwable cause) {
          onFillInterestedFailed(cause);
        }
      };

  @Override
  public void onFillable() {
    if (ending) {
      discardInput();
    } else {
      read(super::onFillable);
    }
  }

  @Override
  public void run() {
    read(super::run);
  }

  @Override
  public void onOpen() {
    read(super::onOpen);
    if (!getEndPoint().isOpen()) {
      onClose(null); // it was closed when it still belonged to the HTTP connection
    }
  }

  private void read(Runnable reading) {
    if (users.getAndUpdate(n -> n == 0 ? 0 : n + 1) > 0) {
      try {
        reading.run();
        if (delivering == Thread.currentThread()) {
          readComplete(); // the input has ended
        }
      } catch (RuntimeException | Error e) {
        getEndPoint().close(e); // Jetty would not ask to read again
      } finally {
        leave();
      }
    }
  }

  /** A frame that is none, or an I/O error. */
  void failed(Throwable cause) {
    if (!(cause instanceof CloseException violation)) {
      keep(cause);
      getEndPoint().close(cause); // which TLS has closed already, without a cause
    } else if (!ending) {
      receiver.failed(violation.getStatusCode(), String.valueOf(violation.getMessage()));
      readComplete();
    }
  }

  // ---- writing

  /** Asked by Jetty's constructor already, so there is no use in the setter. */
  @Override
  public boolean isUseOutputDirectByteBuffers() {
    return true;
  }

  @Override
  public boolean send(Message message) {
    return output.send(message, true, true);
  }

  @Override
  public boolean sendPart(Message part, boolean first, boolean last) {
    return output.send(part, first, last);
  }

  @Override
  public void ping(ByteBuffer payload) {
    output.control(new Frame(OpCode.PING, copy(payload)));
  }

  @Override
  public void pong(ByteBuffer payload) {
    output.control(new Frame(OpCode.PONG, copy(payload)));
  }

  private static ByteBuffer copy(ByteBuffer payload) {
    return ByteBuffer.allocate(payload.remaining()).put(payload).flip();
  }

  @Override
  public void close(int code, String reason) {
    output.control(new CloseStatus(code, reason).toFrame());
  }

  @Override
  public void flush() {
    output.flush();
  }

  @Override
  public void writeOn() {
    JettyPipe.writeOn(tcp, getExecutor());
  }

  @Override
  public long pendingBytes() {
    return output.pendingBytes();
  }

  // ---- the end

  @Override
  public void disconnect() {
    ending = true;
    output.end();
    tryFillInterested(readable);
  }

  /** Reads to the end, as bytes left unread would make the system reset the connection. */
  private void discardInput() {
    RetainableByteBuffer buffer = session.getByteBufferPool().acquire(INPUT_BUFFER, true);
    try {
      int filled;
      do {
        buffer.clear();
        filled = getEndPoint().fill(buffer.getByteBuffer());
      } while (filled > 0);
      if (filled == 0) {
        tryFillInterested(readable);
      } else {
        inputEnded = true;
        closeIfEnded();
      }
    } catch (IOException | RuntimeException | Error e) {
      getEndPoint().close(e);
    } finally {
      buffer.release();
    }
  }

  /** All is written that ever will be. Any thread. */
  void outputWritten() {
    getEndPoint().shutdownOutput();
    outputEnded = true;
    closeIfEnded();
  }

  /** A peer that has ended its side may still read what was sent to it. */
  private void closeIfEnded() {
    if (inputEnded && outputEnded) {
      getEndPoint().close();
    }
  }

  @Override
  public void abort() {
    if (stream) {
      JettyPipe.reset(getEndPoint());
    } else {
      getEndPoint().close();
    }
  }

  @Override
  public void upgradeOver() {
    if (!opened) {
      onClose(null);
    }
  }

  /** The endpoint is closed. */
  @Override
  public void onClose(@Nullable Throwable cause) {
    if (endPointClosed.compareAndSet(false, true)) {
      keep(cause);
      super.onClose(cause);
      leave();
    }
  }

  private void keep(@Nullable Throwable cause) {
    if (cause != null && !isPeersEnd(cause)) {
      failure = cause;
    }
  }

  /** A stream has no I/O of its own: it ends by the peer or with its TCP connection. */
  private boolean isPeersEnd(Throwable cause) {
    return stream || cause instanceof EofException || cause instanceof ClosedChannelException;
  }

  /** Whether the receiver has been told, or is being told, that it is over. */
  boolean isGone() {
    return users.get() == 0;
  }

  private void leave() {
    if (users.decrementAndGet() == 0) {
      receiver.closed(failure);
    }
  }

  // ---- what it is

  /**
   * Not on Jetty's threads: those that read serve many connections, and all others together finish
   * the writes that would wake who is blocked.
   */
  @Override
  public boolean mayBlock() {
    return JettyThread.mayBlock();
  }

  @Override
  public @Nullable InetSocketAddress remoteAddress() {
    return JettyPipe.inet(getRemoteSocketAddress());
  }

  @Override
  public <T> @Nullable T unwrap(Class<T> type) {
    for (Object each : new Object[] {this, session, getEndPoint()}) {
      if (type.isInstance(each)) {
        return type.cast(each);
      }
    }
    return null;
  }
}
