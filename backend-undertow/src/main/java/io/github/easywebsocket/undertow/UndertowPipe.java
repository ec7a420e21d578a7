package io.github.easywebsocket.undertow;

import io.github.easywebsocket.driver.BytePipe;
import io.github.easywebsocket.driver.WebSocketDriver;
import io.github.easywebsocket.spi.Acceptance;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListeners;
import org.xnio.StreamConnection;
import org.xnio.XnioIoThread;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.ConduitStreamSourceChannel;

/**
 * The raw connection that Undertow hands over at the upgrade. Reads happen on its I/O thread,
 * writes on any; but with TLS on that thread, too. Undertow's TLS has the state of both directions
 * in one field, which it changes without a lock, and it keeps buffers for every thread that has
 * written: direct memory, which virtual threads would take with them until the next collection.
 */
final class UndertowPipe implements BytePipe {

  private static final System.Logger LOGGER = System.getLogger("io.github.easywebsocket");

  /** The most reads for one connection before others have their turn. */
  private static final int READS_IN_A_ROW = 4;

  /** Bytes behind which part of a record of TLS, which holds 16 KiB at most, is likely. */
  private static final int PART_OF_RECORD = 8_192;

  private final StreamConnection connection;
  private final ConduitStreamSourceChannel source;
  private final ConduitStreamSinkChannel sink;
  private final XnioIoThread thread;
  private final ByteBuffer readBuffer;
  private final boolean tls;
  private final WebSocketDriver driver;

  private volatile boolean paused;
  private volatile boolean ending; // the I/O thread is to end the output

  /** Of what was written, TLS holds a part, and the last byte counts as not taken. */
  private boolean held; // I/O thread only

  UndertowPipe(
      StreamConnection connection, boolean tls, UndertowBuffers buffers, Acceptance acceptance) {
    this.connection = connection;
    this.source = connection.getSourceChannel();
    this.sink = connection.getSinkChannel();
    this.thread = connection.getIoThread();
    this.readBuffer = buffers.in(thread);
    this.tls = tls;
    this.driver =
        WebSocketDriver.server(
            this, buffers.out(), acceptance.limits(), acceptance.deflate(), acceptance.receiver());
  }

  /** Begins; on the I/O thread. */
  void open(@Nullable String subprotocol) {
    source.setReadListener(ready -> read());
    sink.setWriteListener(ready -> toldWritable());
    connection.setCloseListener(closed -> driver.pipeClosed());
    beginReads(); // before the handlers open, as they may pause
    driver.open(subprotocol);
    if (!connection.isOpen()) {
      driver.abort(); // it was closed before it had a listener for that
    }
  }

  /** Has this read later on this thread, what came behind the handshake first. */
  private void beginReads() {
    if (!tls) {
      source.resumeReads(); // Undertow looks after what it has read already
    } else {
      source.wakeupReads(); // some may be decrypted already
    }
  }

  private void read() {
    try {
      for (int i = 0; i < READS_IN_A_ROW && !paused && source.isReadResumed(); i++) {
        ByteBuffer buffer = readBuffer.clear();
        driver.fetching();
        int count = !tls ? source.read(buffer) : readRecords(buffer);
        driver.fetched();
        boolean more =
            !buffer.hasRemaining(); // else the socket is empty, or the selector tells again
        if (buffer.position() > 0) {
          driver.received(buffer.flip());
          driver.readComplete();
        }
        if (count < 0 && !paused) {
          onThread(source::suspendReads);
          driver.endOfInput();
          return;
        }
        if (!more) {
          break;
        }
      }
      if (paused) {
        // also if what another thread had resumed came behind the pause
        onThread(source::suspendReads);
      }
    } catch (IOException e) {
      driver.failed(e);
    } catch (RuntimeException | Error e) {
      driver.failed(new IOException("Undertow failed", e));
    }
  }

  /**
   * TLS gives a record at a time. All that have come are read together, so that their answers leave
   * together. Meanwhile reads are suspended, as Undertow would call the listener once more for each
   * record.
   *
   * @return what the last read gave: 0 if there is no more, -1 at the end
   */
  private int readRecords(ByteBuffer buffer) throws IOException {
    source.suspendReads();
    try {
      int count;
      boolean
          again; // behind a part of a long record Undertow says 0 first, and then takes the rest
      do {
        int before = buffer.position();
        do {
          count = source.read(buffer);
        } while (count > 0 && buffer.hasRemaining());
        again = buffer.position() - before >= PART_OF_RECORD;
      } while (count == 0 && again);
      return count;
    } finally {
      source.resumeReads();
    }
  }

  private void toldWritable() {
    onThread(sink::suspendWrites);
    driver.writable();
  }

  @Override
  public void write(ByteBuffer bytes) throws IOException {
    if (!tls) {
      sink.write(bytes);
    } else if (onThread() && (!held || flushedHeld(bytes))) { // else it takes nothing yet
      writeRecords(bytes);
    }
  }

  /**
   * TLS takes a record at a time, and keeps what the socket does not take of the last one. Nobody
   * would write that on if all counted as taken, so the last byte does not.
   */
  private void writeRecords(ByteBuffer bytes) throws IOException {
    int count = 0;
    while (bytes.hasRemaining()) {
      count = sink.write(bytes);
      if (count == 0) {
        break;
      }
    }
    if (!sink.flush() && count > 0) {
      bytes.position(bytes.position() - 1);
      held = true;
    }
  }

  private boolean flushedHeld(ByteBuffer bytes) throws IOException {
    if (!sink.flush()) {
      return false;
    }
    held = false;
    bytes.get();
    return true;
  }

  @Override
  public void awaitWritable() {
    if (!tls || onThread()) {
      onThread(sink::resumeWrites);
    } else {
      thread.execute(this::toldWritable);
    }
  }

  @Override
  public void writeOn() {
    onThread(driver::writable);
  }

  @Override
  public void shutdownOutput() throws IOException {
    if (!tls || onThread()) {
      endOutput();
    } else {
      ending = true;
      thread.execute(this::endOutputOnThread);
    }
  }

  private void endOutputOnThread() {
    try {
      endOutput();
    } catch (IOException e) {
      driver.failed(e);
    } finally {
      ending = false;
    }
  }

  private void endOutput() throws IOException {
    sink.shutdownWrites();
    if (!sink.flush()) {
      sink.setWriteListener(
          ChannelListeners.flushingChannelListener(
              ConduitStreamSinkChannel::suspendWrites, (channel, failure) -> close()));
      onThread(sink::resumeWrites);
    }
  }

  @Override
  public void pauseReads() {
    paused = true; // the next read sees to it
  }

  @Override
  public void resumeReads() {
    paused = false;
    onThread(source::wakeupReads);
  }

  private boolean onThread() {
    return Thread.currentThread() == thread;
  }

  /** XNIO sees to what a connection waits for on its I/O thread only. */
  private void onThread(Runnable change) {
    if (onThread()) {
      change.run();
    } else {
      thread.execute(change);
    }
  }

  @Override
  public void close() {
    if (ending) {
      try {
        thread.execute(this::closeNow); // behind the end of the output
        return;
      } catch (RejectedExecutionException e) {
        LOGGER.log(Level.DEBUG, "the I/O thread has ended", e);
      }
    }
    closeNow();
  }

  private void closeNow() {
    try {
      connection.close();
    } catch (IOException e) {
      LOGGER.log(Level.DEBUG, "closing a connection failed", e);
    }
  }

  @Override
  public boolean mayBlock() {
    return !(Thread.currentThread() instanceof XnioIoThread);
  }

  @Override
  public @Nullable InetSocketAddress remoteAddress() {
    return connection.getPeerAddress(InetSocketAddress.class);
  }

  @Override
  public <T> @Nullable T unwrap(Class<T> type) {
    return type.isInstance(connection) ? type.cast(connection) : null;
  }
}
