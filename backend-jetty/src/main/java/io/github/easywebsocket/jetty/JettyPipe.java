package io.github.easywebsocket.jetty;

import io.github.easywebsocket.driver.BytePipe;
import io.github.easywebsocket.driver.OutBuffers;
import io.github.easywebsocket.driver.WebSocketDriver;
import io.github.easywebsocket.spi.Acceptance;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLSession;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.jspecify.annotations.Nullable;

/**
 * The raw connection that Jetty hands over at the upgrade. Reads happen on the thread on which
 * Jetty's selector finds that there is something to read, writes on any.
 */
final class JettyPipe extends AbstractConnection implements Upgraded, BytePipe {

  /** The most that TLS gives at once, and a little more, since Jetty copies else. */
  private static final int TLS_RECORD = 20 << 10;

  /** The most reads for one connection before others have their turn. */
  private static final int READS_IN_A_ROW = 4;

  /** What Jetty's pools hold at most. */
  private static final int POOLED_BUFFER_SIZE = 64 << 10;

  private final @Nullable ByteBufferPool pool; // if the threads are the application's
  private final @Nullable SSLSession tls;
  private final Acceptance acceptance;
  private final WebSocketDriver driver;
  private final Callback readable = new Readable();
  private @Nullable ByteBuffer behindTheRequest;
  private volatile boolean opened;

  private volatile boolean paused;
  private final AtomicBoolean readsWhenResumed = new AtomicBoolean();

  // while the driver waits until it may write on; by whoever calls the pipe or the driver then
  private byte next; // the first byte that was not taken
  private boolean nextWritten; // by Jetty, meanwhile
  private @Nullable Throwable failure;

  JettyPipe(Request request, Acceptance acceptance, OutBuffers buffers) {
    this(request, acceptance, buffers, null);
  }

  /** On threads of the application's, which may block and have no buffers of ours. */
  static JettyPipe mounted(Request request, Acceptance acceptance, OutBuffers buffers) {
    ByteBufferPool pool = request.getConnectionMetaData().getConnector().getByteBufferPool();
    return new JettyPipe(request, acceptance, buffers, pool);
  }

  private JettyPipe(
      Request request, Acceptance acceptance, OutBuffers buffers, @Nullable ByteBufferPool pool) {
    super(
        request.getConnectionMetaData().getConnection().getEndPoint(),
        request.getConnectionMetaData().getConnector().getExecutor());
    this.pool = pool;
    this.tls = JettyExchange.tls(getEndPoint());
    this.acceptance = acceptance;
    this.driver =
        WebSocketDriver.server(
            this, buffers, acceptance.limits(), acceptance.deflate(), acceptance.receiver());
  }

  // ---- from HTTP to WebSocket

  @Override
  public void onUpgradeTo(ByteBuffer buffer) {
    behindTheRequest = buffer;
  }

  @Override
  public void onOpen() {
    opened = true;
    super.onOpen();
    getEndPoint().setIdleTimeout(0); // time-outs are the core's
    driver.open(acceptance.subprotocol());
    if (behindTheRequest != null) {
      driver.received(behindTheRequest);
      driver.readComplete();
      behindTheRequest = null;
    }
    if (getEndPoint().isOpen()) {
      awaitReadable();
    } else {
      driver.abort(); // it was closed when it still belonged to the HTTP connection
    }
  }

  @Override
  public void upgradeOver() {
    if (!opened) {
      acceptance.receiver().closed(null);
    }
  }

  // ---- reading

  @Override
  public void onFillable() {
    try {
      if (pool != null ? readWithBufferOf(pool) : read(JettyThread.readBuffer())) {
        awaitReadable();
      }
    } catch (IOException e) {
      driver.failed(e);
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
      int count = fill(buffer);
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

  /** Fills the buffer once; with TLS, until it is full or nothing is left. */
  private int fill(ByteBuffer buffer) throws IOException {
    BufferUtil.clear(buffer);
    int count = getEndPoint().fill(buffer);
    while (tls != null && count > 0 && BufferUtil.space(buffer) >= TLS_RECORD) {
      count = getEndPoint().fill(buffer);
    }
    return buffer.hasRemaining() ? buffer.remaining() : count;
  }

  private void awaitReadable() {
    if (paused) {
      readsWhenResumed.set(true);
      readIfResumed();
    } else {
      tryFillInterested(readable);
    }
  }

  private void readIfResumed() {
    if (!paused && readsWhenResumed.compareAndSet(true, false)) {
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
      onFillable();
    }

    @Override
    public void failed(Throwable cause) {
      driver.failed(ioException(cause));
    }
  }

  // ---- writing

  /**
   * Jetty tells when a write of its own is done, but not when the connection takes more. So that
   * there is one to wait for, of what the connection does not take Jetty gets the first byte. With
   * TLS all may be taken and a part still wait inside of Jetty; then the last byte counts as not
   * taken.
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
    if (bytes.hasRemaining() && !flush(bytes)) {
      if (!bytes.hasRemaining()) {
        bytes.position(bytes.position() - 1);
        nextWritten = true;
      }
      next = bytes.get(bytes.position());
    }
  }

  private boolean flush(ByteBuffer bytes) throws IOException {
    try {
      return getEndPoint().flush(bytes);
    } catch (EofException e) {
      throw ioException(e);
    }
  }

  @Override
  public void awaitWritable() {
    Writable writable = new Writable();
    ByteBuffer ahead = nextWritten ? BufferUtil.EMPTY_BUFFER : ByteBuffer.wrap(new byte[] {next});
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

  @Override
  public void shutdownOutput() {
    getEndPoint().shutdownOutput();
  }

  /** Jetty wraps what a channel throws. */
  private static IOException ioException(Throwable failure) {
    Throwable cause = failure instanceof EofException ? failure.getCause() : failure;
    return cause instanceof IOException io ? io : new IOException("Jetty failed", failure);
  }

  // ---- the end

  /** The endpoint is closed, perhaps by Jetty. */
  @Override
  public void onClose(@Nullable Throwable cause) {
    super.onClose(cause);
    driver.abort();
  }

  // ---- what it is

  @Override
  public boolean mayBlock() {
    return JettyThread.mayBlock();
  }

  @Override
  public @Nullable InetSocketAddress remoteAddress() {
    return JettyExchange.inet(getEndPoint().getRemoteSocketAddress());
  }

  @Override
  public @Nullable InetSocketAddress localAddress() {
    return JettyExchange.inet(getEndPoint().getLocalSocketAddress());
  }

  @Override
  public @Nullable SSLSession tls() {
    return tls;
  }

  @Override
  public <T> @Nullable T unwrap(Class<T> type) {
    return type.isInstance(getEndPoint()) ? type.cast(getEndPoint()) : null;
  }
}
