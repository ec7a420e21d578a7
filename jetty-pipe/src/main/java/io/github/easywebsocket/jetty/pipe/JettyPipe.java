package io.github.easywebsocket.jetty.pipe;

import io.github.easywebsocket.driver.BytePipe;
import io.github.easywebsocket.driver.WebSocketDriver;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.jspecify.annotations.Nullable;

/**
 * The raw connection that Jetty hands over at the upgrade, or a stream of HTTP/2. Reads happen on
 * the thread on which Jetty's selector finds that there is something to read, writes on any.
 */
public abstract class JettyPipe extends AbstractConnection
    implements Connection.UpgradeTo, BytePipe {

  private static final System.Logger LOGGER = System.getLogger("io.github.easywebsocket");

  /** The most that TLS gives at once, and a little more, since Jetty copies else. */
  private static final int TLS_RECORD = 20 << 10;

  /** The most reads for one connection before others have their turn. */
  private static final int READS_IN_A_ROW = 4;

  /** The most of which a stream of HTTP/2 keeps a copy while its peer does not read. */
  private static final int STREAM_AHEAD = 128 << 10;

  /** What Jetty's pools hold at most. */
  private static final int POOLED_BUFFER_SIZE = 64 << 10;

  private final @Nullable ByteBufferPool pool; // if the threads are the application's
  private final boolean stream; // of HTTP/2, not a TCP connection
  private final EndPoint tcp;
  private final boolean tls;
  private final WebSocketDriver driver;
  private final Callback readable = new Readable();
  private @Nullable ByteBuffer behindTheHead;
  private boolean endIsNext; // of the input: the last fill has met it behind bytes
  private volatile boolean opened;

  private volatile boolean paused;
  private final AtomicBoolean readsWhenResumed = new AtomicBoolean();

  // while the driver waits until it may write on; by whoever calls the pipe or the driver then
  private volatile ByteBuffer ahead = BufferUtil.EMPTY_BUFFER; // what Jetty is to write meanwhile
  private boolean nextWritten; // of what was not taken, the first byte, by Jetty
  private @Nullable Throwable failure;

  /**
   * Makes the pipe of a connection that still belongs to HTTP.
   *
   * @param endPoint a TCP connection, with or without TLS, or a stream of HTTP/2
   * @param tcp the TCP connection; another one than {@code endPoint} if that is a stream
   * @param executor the engine's threads
   * @param pool where to take a buffer for each read if the threads are the application's, which
   *     may block; null if all are a {@link JettyThread} and read into its own
   * @param tls whether the TCP connection speaks TLS
   * @param driver makes what speaks WebSocket on this pipe, and does not call it yet
   */
  @SuppressWarnings("this-escape")
  protected JettyPipe(
      EndPoint endPoint,
      EndPoint tcp,
      Executor executor,
      @Nullable ByteBufferPool pool,
      boolean tls,
      Function<BytePipe, WebSocketDriver> driver) {
    super(endPoint, executor);
    this.pool = pool;
    this.stream = endPoint != tcp;
    this.tcp = tcp;
    this.tls = tls;
    this.driver = driver.apply(this);
  }

  // ---- from HTTP to WebSocket

  @Override
  public void onUpgradeTo(ByteBuffer buffer) {
    behindTheHead = buffer;
  }

  @Override
  public void onOpen() {
    opened = true;
    super.onOpen();
    getEndPoint().setIdleTimeout(0); // time-outs are the core's
    open(driver);
    if (behindTheHead != null) {
      driver.received(behindTheHead);
      driver.readComplete();
      behindTheHead = null;
    }
    if (getEndPoint().isOpen()) {
      awaitReadable();
    } else {
      driver.abort(); // it was closed when it still belonged to the HTTP connection
    }
  }

  /** The connection is this pipe's: tells the driver that it is open. */
  protected abstract void open(WebSocketDriver driver);

  /** Whether {@link #open} has been called, or is. */
  protected final boolean isOpened() {
    return opened;
  }

  // ---- reading

  @Override
  public void onFillable() {
    try {
      if (pool != null ? readWithBufferOf(pool) : readWithBufferOfThread()) {
        awaitReadable();
      }
    } catch (IOException | RuntimeException | Error e) { // Jetty would not ask to read again
      driver.failed(ioException(e));
    }
  }

  private boolean readWithBufferOfThread() throws IOException {
    try {
      return read(JettyThread.readBuffer());
    } finally {
      JettyThread.readOver();
    }
  }

  private boolean readWithBufferOf(ByteBufferPool pool) throws IOException {
    RetainableByteBuffer buffer = pool.acquire(POOLED_BUFFER_SIZE, true);
    try {
      return read(buffer.getByteBuffer());
    } finally {
      buffer.release();
    }
  }

  /** Reads what is there, or enough for now. False at the end of the input. */
  private boolean read(ByteBuffer buffer) throws IOException {
    for (int i = 0; i < READS_IN_A_ROW && !paused; i++) {
      driver.fetching();
      int count = fill(buffer);
      driver.fetched();
      if (count < 0) {
        driver.endOfInput();
        return false;
      }
      driver.received(buffer);
      driver.readComplete();
      if (BufferUtil.space(buffer) >= TLS_RECORD) {
        break; // there was no more, or the selector tells again
      }
    }
    return true;
  }

  /** Fills the buffer once; with TLS or from a stream, until it is full or nothing is left. */
  private int fill(ByteBuffer buffer) throws IOException {
    BufferUtil.clear(buffer);
    int count = getEndPoint().fill(buffer);
    while ((tls || stream) && count > 0 && BufferUtil.space(buffer) >= TLS_RECORD) {
      count = getEndPoint().fill(buffer);
    }
    endIsNext = count < 0 && buffer.hasRemaining();
    return buffer.hasRemaining() ? buffer.remaining() : count;
  }

  private void awaitReadable() {
    if (paused) {
      readsWhenResumed.set(true);
      readIfResumed();
    } else {
      askToRead();
    }
  }

  private void readIfResumed() {
    if (!paused && readsWhenResumed.compareAndSet(true, false)) {
      askToRead();
    }
  }

  /** TLS tells once only that its peer has ended it, though TCP may go on. */
  private void askToRead() {
    if (endIsNext) {
      getExecutor().execute(this::onFillable);
    } else {
      tryFillInterested(readable);
    }
  }

  @Override
  public void pauseReads() {
    paused = true;
  }

  @Override
  public void resumeReads() {
    paused = false;
    readIfResumed();
  }

  /** Whether Jetty's selector calls without a change of threads: it does if that never blocks. */
  private InvocationType onOurThreadsNonBlocking() {
    return pool == null ? InvocationType.NON_BLOCKING : InvocationType.BLOCKING;
  }

  private final class Readable implements Callback {
    @Override
    public InvocationType getInvocationType() {
      return onOurThreadsNonBlocking();
    }

    @Override
    public void succeeded() {
      if (stream && !JettyThread.mayRead()) { // a stream tells who asks, at once
        getExecutor().execute(JettyPipe.this::onFillable);
      } else {
        onFillable();
      }
    }

    @Override
    public void failed(Throwable cause) {
      driver.failed(ioException(cause));
    }
  }

  // ---- writing

  /**
   * Jetty tells when a write of its own is done, but not when the connection takes more. So that
   * there is one to wait for, of what the connection does not take Jetty gets the first byte to
   * write ahead. A part of what is taken may still wait inside of Jetty: with TLS the last record,
   * and on a stream of HTTP/2, which takes nothing at once, a copy. Then the last byte counts as
   * not taken.
   */
  @Override
  public void write(ByteBuffer bytes) throws IOException {
    if (failure != null) {
      throw ioException(failure);
    }
    if (nextWritten) {
      nextWritten = false;
      bytes.get();
    }
    if (!bytes.hasRemaining() || flush(bytes)) {
      return;
    }
    if (stream) {
      int count = Math.min(bytes.remaining(), STREAM_AHEAD);
      ahead = ByteBuffer.allocate(count).put(bytes.slice(bytes.position(), count)).flip();
      bytes.position(bytes.position() + count - 1);
    } else if (bytes.hasRemaining()) {
      ahead = ByteBuffer.wrap(new byte[] {bytes.get(bytes.position())});
    } else {
      ahead = BufferUtil.EMPTY_BUFFER;
      bytes.position(bytes.position() - 1);
    }
  }

  private boolean flush(ByteBuffer bytes) throws IOException {
    try {
      return getEndPoint().flush(bytes);
    } catch (IOException e) {
      throw ioException(e);
    }
  }

  @Override
  public void awaitWritable() {
    Writable writable = new Writable();
    getEndPoint().write(writable, ahead);
    writable.calling = false;
  }

  private final class Writable implements Callback {
    private final Thread caller = Thread.currentThread();
    private boolean calling = true; // caller only

    @Override
    public InvocationType getInvocationType() {
      return onOurThreadsNonBlocking();
    }

    @Override
    public void succeeded() {
      nextWritten = true;
      tellDriver();
    }

    @Override
    public void failed(Throwable cause) {
      failure = cause;
      tellDriver();
    }

    private void tellDriver() {
      if (Thread.currentThread() == caller && calling) {
        getExecutor().execute(driver::writable); // not before awaitWritable has returned
      } else {
        driver.writable();
      }
    }
  }

  /** Of the copy Jetty takes what the peer's window lets out, as it opens. */
  @Override
  public long unsent() {
    return stream ? ahead.remaining() : 0;
  }

  /** Jetty tries, whose write it is that waits. */
  @Override
  public void writeOn() {
    writeOn(tcp, getExecutor());
  }

  /**
   * Has Jetty try to write on what waits for room on a TCP connection, without being told of any.
   * Does nothing if no thread is to be had: there will be another try.
   *
   * @param tcp what is written to, with or without TLS
   * @param executor the engine's threads
   */
  public static void writeOn(EndPoint tcp, Executor executor) {
    EndPoint socket = tcp;
    while (socket instanceof EndPoint.Wrapper wrapper) {
      socket = wrapper.unwrap();
    }
    if (socket instanceof AbstractEndPoint writing) {
      try {
        executor.execute(writing.getWriteFlusher()::completeWrite);
      } catch (RejectedExecutionException e) {
        LOGGER.log(Level.TRACE, "no thread to write on", e);
      }
    }
  }

  @Override
  public void shutdownOutput() {
    getEndPoint().shutdownOutput();
  }

  /**
   * Jetty wraps what a channel throws. A stream has no I/O of its own: it ends by the peer or with
   * its TCP connection.
   */
  private IOException ioException(Throwable failure) {
    if (stream) {
      return new ClosedChannelException();
    }
    Throwable cause = failure instanceof EofException ? failure.getCause() : failure;
    return cause instanceof IOException io ? io : new IOException("Jetty failed", failure);
  }

  // ---- the end

  @Override
  public void close() {
    if (stream) {
      reset(getEndPoint());
    } else {
      super.close();
    }
  }

  /** Ends a stream of HTTP/2 at once: by a reset, unless all is written and its output ended. */
  public static void reset(EndPoint stream) {
    Throwable cause = new ClosedChannelException();
    Callback write = stream.cancelWrite(cause);
    if (write != null) {
      write.failed(cause);
    }
    stream.close();
  }

  /** The endpoint is closed, perhaps by Jetty. */
  @Override
  public void onClose(@Nullable Throwable cause) {
    super.onClose(cause);
    driver.pipeClosed();
  }

  // ---- what it is

  @Override
  public boolean mayBlock() {
    return JettyThread.mayBlock();
  }

  @Override
  public @Nullable InetSocketAddress remoteAddress() {
    return inet(getEndPoint().getRemoteSocketAddress());
  }

  @Override
  public <T> @Nullable T unwrap(Class<T> type) {
    return type.isInstance(getEndPoint()) ? type.cast(getEndPoint()) : null;
  }

  /** An address of an endpoint's, if it is one of the Internet. */
  public static @Nullable InetSocketAddress inet(@Nullable SocketAddress address) {
    return address instanceof InetSocketAddress inet ? inet : null;
  }
}
