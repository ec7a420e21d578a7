package io.github.easywebsocket.driver;

import io.github.easywebsocket.Compression;
import io.github.easywebsocket.Limits;
import io.github.easywebsocket.Message;
import io.github.easywebsocket.spi.Deflate;
import io.github.easywebsocket.spi.Receiver;
import io.github.easywebsocket.spi.Transport;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Speaks RFC 6455, and RFC 7692 if agreed on, over the bytes of one connection: between the core
 * and an engine that has done the opening handshake.
 *
 * <p>The engine tells the driver what happens on the connection, and the driver calls the receiver
 * before it returns:
 *
 * <pre>
 *   open (received+ readComplete)* (endOfInput | failed)?        one thread at a time
 *   writable                                                     any thread, when asked for
 *   pipeClosed                                                   any thread
 * </pre>
 *
 * <p>The core calls it as a {@link Transport}. What is sent is gathered until {@code flush}, so
 * that all replies to one read leave in one write.
 *
 * <p>A connection ends by whatever comes first of {@code abort}, an I/O failure, the end of input,
 * and {@code disconnect} once everything is written and the peer has ended its side, too; after a
 * whole closing handshake, a server does not wait for the latter. Then the pipe is closed, what was
 * borrowed is given back, and {@code receiver.closed} is called, never inside of another call to
 * the receiver or at the same time.
 */
public final class WebSocketDriver implements Transport {

  // what life is made of: two bits, and how many calls to the receiver must come before closed
  private static final int ENDING = 1;

  private static final int ENDED = 2;
  private static final int DELIVERING = 4;

  private static final VarHandle LIFE;
  private static final VarHandle OUTPUT_ENDED;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      LIFE = lookup.findVarHandle(WebSocketDriver.class, "life", int.class);
      OUTPUT_ENDED = lookup.findVarHandle(WebSocketDriver.class, "outputEnded", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final BytePipe pipe;
  private final Receiver receiver;
  private final boolean server;
  private final FrameParser parser;
  private final Output output;
  private final @Nullable MessageInflater inflater;

  /** Whoever ends the connection sets ENDING, then ENDED; the last one who leaves tells. */
  private volatile int life;

  private @Nullable Throwable failure; // written between ENDING and ENDED
  private boolean reading; // the engine's reading thread only

  // of the pipe, whose engine may close it in the middle of a read that then fails
  private volatile boolean fetching;
  private volatile boolean pipeClosed;

  private volatile boolean inputEnded;
  private volatile boolean disconnecting;
  private volatile boolean outputEnded;

  private WebSocketDriver(
      BytePipe pipe,
      OutBuffers buffers,
      Limits limits,
      @Nullable Deflate deflate,
      Receiver receiver,
      boolean server) {
    this.pipe = pipe;
    this.receiver = receiver;
    this.server = server;
    Compression compression = deflate == null ? null : deflate.compression();
    this.inflater =
        compression == null
            ? null
            : MessageInflater.of(compression, server, limits.maxMessageSize());
    this.parser = new FrameParser(server, limits, inflater, receiver);
    this.output =
        new Output(
            pipe,
            buffers,
            server ? null : new MaskKeys(),
            compression == null ? null : MessageDeflater.of(compression, server, buffers.deflated));
  }

  /**
   * The server's end of a connection.
   *
   * @param pipe the connection, of which the handshake is done
   * @param buffers shared by all connections of the engine
   * @param limits what to take from the peer
   * @param deflate what was agreed on about compression, null for none
   * @param receiver the core's end
   */
  public static WebSocketDriver server(
      BytePipe pipe,
      OutBuffers buffers,
      Limits limits,
      @Nullable Deflate deflate,
      Receiver receiver) {
    return new WebSocketDriver(pipe, buffers, limits, deflate, receiver, true);
  }

  /**
   * The client's end of a connection: masks what it sends.
   *
   * @param pipe the connection, of which the handshake is done
   * @param buffers shared by all connections of the engine
   * @param limits what to take from the peer
   * @param deflate what was agreed on about compression, null for none
   * @param receiver the core's end
   */
  public static WebSocketDriver client(
      BytePipe pipe,
      OutBuffers buffers,
      Limits limits,
      @Nullable Deflate deflate,
      Receiver receiver) {
    return new WebSocketDriver(pipe, buffers, limits, deflate, receiver, false);
  }

  // ---- called by the engine

  /**
   * Tells the receiver that the connection is open. The first call.
   *
   * @param subprotocol the one agreed on, or null
   */
  public void open(@Nullable String subprotocol) {
    if (enter()) {
      try {
        receiver.open(this, subprotocol);
      } catch (RuntimeException | Error e) {
        end(e);
      } finally {
        leave();
      }
    }
  }

  /**
   * Takes all bytes of the buffer. After one or more calls, {@link #readComplete()} must follow.
   *
   * @param bytes what was read, direct or heap; the engine's again on return
   */
  public void received(ByteBuffer bytes) {
    if (!beginRead() || parser.over()) {
      parser.discard(bytes);
    } else {
      parse(bytes);
    }
  }

  /** A want of memory ends the connection: what comes behind it would be read as something else. */
  private void parse(ByteBuffer bytes) {
    try {
      parser.parse(bytes);
    } catch (RuntimeException | Error e) {
      end(e);
      parser.discard(bytes);
    }
  }

  /**
   * The engine has read what there was, or enough for now, so what was sent meanwhile may leave.
   */
  public void readComplete() {
    if (beginRead()) {
      try {
        receiver.readComplete();
      } catch (RuntimeException | Error e) {
        end(e);
      } finally {
        reading = false;
        leave();
      }
    }
  }

  /** The engine is about to ask the pipe for bytes. {@link #fetched} or {@link #failed} follows. */
  public void fetching() {
    fetching = true;
  }

  /** What the engine asked the pipe for did not fail, whether there was any or not. */
  public void fetched() {
    fetching = false;
    if (pipeClosed) {
      abort();
    }
  }

  /**
   * The engine has closed the pipe by itself; from any thread. That ends the connection, unless the
   * engine is asking for bytes: then the failure of that, if it fails, tells why, as with a record
   * that breaks TLS.
   */
  public void pipeClosed() {
    pipeClosed = true;
    if (!fetching) {
      abort();
    }
  }

  /** The peer has ended its side of the connection; the engine reads no more. */
  public void endOfInput() {
    completeRead();
    inputEnded = true;
    if (disconnecting) {
      finish();
    } else if (!parser.over()) {
      end(null);
    } // else the core, which knows that the peer is done, still sends what it has and disconnects
  }

  /**
   * The connection is broken: reading failed, or the engine noticed something else.
   *
   * @param cause the failure; whether it is a reset by the peer is found out here
   */
  public void failed(IOException cause) {
    completeRead();
    end(isReset(cause) ? null : cause);
  }

  /**
   * The pipe takes bytes again, as {@link BytePipe#awaitWritable()} asked to be told, or is to be
   * tried, as {@link BytePipe#writeOn()} asked. Does nothing if no bytes wait.
   */
  public void writable() {
    if (!enter()) {
      return;
    }
    try {
      if (output.writable()) {
        receiver.sent(null);
      }
      finish();
    } catch (IOException e) {
      broken(e);
    } catch (RuntimeException | Error e) {
      end(e); // nobody would be told again that the pipe takes bytes
    } finally {
      leave();
    }
  }

  /** From the first received to readComplete; false if the connection has ended before. */
  private boolean beginRead() {
    if (!reading) {
      reading = enter();
    }
    return reading;
  }

  private void completeRead() {
    if (reading) {
      readComplete();
    }
  }

  // ---- called by the core

  @Override
  public boolean send(Message message) {
    try {
      return output.send(message);
    } catch (IOException e) {
      broken(e);
      return false;
    }
  }

  @Override
  public boolean sendPart(Message part, boolean first, boolean last) {
    try {
      return output.sendPart(part, first, last);
    } catch (IOException e) {
      broken(e);
      return false;
    }
  }

  @Override
  public void ping(ByteBuffer payload) {
    control(Frame.PING, payload);
  }

  @Override
  public void pong(ByteBuffer payload) {
    control(Frame.PONG, payload);
  }

  /** Leaves at once, together with what was sent before. */
  @Override
  public void close(int code, String reason) {
    ByteBuffer payload = ByteBuffer.allocate(Frame.MAX_CONTROL_PAYLOAD);
    if (code != FrameParser.NO_CODE) {
      payload.putShort((short) code).put(reason.getBytes(StandardCharsets.UTF_8));
    }
    control(Frame.CLOSE, payload.flip());
    flush();
  }

  private void control(int opcode, ByteBuffer payload) {
    try {
      output.control(opcode, payload);
    } catch (IOException e) {
      broken(e);
    }
  }

  @Override
  public void flush() {
    try {
      output.flush();
      finish();
    } catch (IOException e) {
      broken(e);
    }
  }

  @Override
  public void writeOn() {
    pipe.writeOn();
  }

  @Override
  public void disconnect() {
    disconnecting = true;
    finish();
    if ((life & ENDING) == 0) {
      pipe.resumeReads(); // or the end of the peer's side would never be seen
    }
  }

  @Override
  public void abort() {
    end(null);
  }

  @Override
  public void pause() {
    if (!disconnecting) {
      pipe.pauseReads();
    }
  }

  @Override
  public void resume() {
    pipe.resumeReads();
  }

  @Override
  public long pendingBytes() {
    long pending = output.pending();
    return pending == 0 ? 0 : pending + pipe.unsent();
  }

  @Override
  public boolean mayBlock() {
    return pipe.mayBlock();
  }

  @Override
  public @Nullable InetSocketAddress remoteAddress() {
    return pipe.remoteAddress();
  }

  @Override
  public <T> @Nullable T unwrap(Class<T> type) {
    return pipe.unwrap(type);
  }

  // ---- the end

  /**
   * Ends the output once all is written, and the connection once nothing is to come. Called after
   * each step that may have been the last: of a disconnect and a write on two threads, the later
   * one sees both.
   */
  private void finish() {
    if (!disconnecting || output.pending() > 0) {
      return;
    }
    if (OUTPUT_ENDED.compareAndSet(this, false, true)) {
      try {
        pipe.shutdownOutput();
      } catch (IOException e) {
        broken(e);
      }
    }
    // RFC 6455 §7.1.1: the server closes first. With bytes unread that would be a reset, which may
    // destroy our close frame on its way; then the peer's end is awaited.
    if (inputEnded || (server && parser.closedByLastByte())) {
      end(null);
    }
  }

  private void broken(IOException cause) {
    end(isReset(cause) ? null : cause);
  }

  private void end(@Nullable Throwable cause) {
    if (((int) LIFE.getAndBitwiseOr(this, ENDING) & ENDING) != 0) {
      return;
    }
    failure = cause;
    parser.stop();
    try {
      pipe.close();
    } catch (RuntimeException | Error e) {
      failure = cause == null ? e : cause; // the receiver is told all the same
    }
    output.abandon();
    if ((int) LIFE.getAndBitwiseOr(this, ENDED) == ENDING) {
      tellClosed();
    }
  }

  /**
   * Whether memory beside the heap is held for compression, which no collector would free soon. The
   * engine's reading thread only.
   */
  boolean holdsMemory() {
    return output.holdsMemory() || (inflater != null && inflater.holdsMemory());
  }

  /** Begins what must not be after closed; false if the connection has ended. */
  private boolean enter() {
    int now;
    do {
      now = life;
      if ((now & ENDING) != 0) {
        return false;
      }
    } while (!LIFE.compareAndSet(this, now, now + DELIVERING));
    return true;
  }

  private void leave() {
    if ((int) LIFE.getAndAdd(this, -DELIVERING) - DELIVERING == (ENDING | ENDED)) {
      tellClosed();
    }
  }

  /** Exactly once, when the connection has ended and nothing is delivered any more. */
  private void tellClosed() {
    if (inflater != null) {
      inflater.close();
    }
    receiver.closed(failure);
  }

  /** Whether the peer has gone, rather than something broken: engines have no type for it. */
  private static boolean isReset(IOException cause) {
    if (cause instanceof ClosedChannelException) {
      return true;
    }
    String message = cause.getMessage();
    if (message == null || cause instanceof SSLException) {
      return false;
    }
    String lower = message.toLowerCase(Locale.ROOT);
    return lower.contains("reset")
        || lower.contains("broken pipe")
        || lower.contains("aborted")
        || lower.contains("forcibly closed");
  }
}
