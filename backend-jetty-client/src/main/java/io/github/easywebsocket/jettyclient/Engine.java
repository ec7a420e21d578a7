package io.github.easywebsocket.jettyclient;

import io.github.easywebsocket.driver.OutBuffers;
import io.github.easywebsocket.jetty.pipe.JettyThread;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.Scheduler;

/** What runs: Jetty's selectors, their threads, and the buffers of all connections. */
final class Engine extends SelectorManager {

  private static final String THREADS = "easy-websocket-jetty-client";

  /** For handshakes with TLS, and for what Jetty does not do on the threads that read. */
  private static final int WORKERS = 8;

  private static final int IDLE_WORKER_MILLIS = 10_000;
  private static final int STOP_MILLIS = 20_000;

  /** Smaller than a server's: each engine has its own, and most have a few connections. */
  private static final int READ_BUFFER_SIZE = 128 << 10;

  private static final int OUT_BUFFER_SIZE = 128 << 10;

  private final OutBuffers buffers =
      new OutBuffers(OUT_BUFFER_SIZE, 4 * Runtime.getRuntime().availableProcessors());
  private final ByteBufferPool pool = new ArrayByteBufferPool();

  private Engine(int ioThreads) {
    super(threads(ioThreads), new NoTimers(), ioThreads);
    addBean(getExecutor());
    addBean(getScheduler());
    addBean(pool);
  }

  private static QueuedThreadPool threads(int ioThreads) {
    AtomicInteger count = new AtomicInteger();
    QueuedThreadPool threads =
        new QueuedThreadPool(
            ioThreads + WORKERS,
            ioThreads,
            IDLE_WORKER_MILLIS,
            0,
            null,
            null,
            task ->
                new JettyThread(
                    task, THREADS + "-" + count.incrementAndGet(), true, READ_BUFFER_SIZE));
    threads.setStopTimeout(STOP_MILLIS);
    return threads;
  }

  static Engine start(int ioThreads) throws IOException {
    Engine engine = new Engine(ioThreads);
    try {
      engine.start();
      return engine;
    } catch (Exception e) {
      engine.stopLater();
      throw e instanceof IOException io ? io : new IOException("Jetty did not start", e);
    }
  }

  /** Stops on a thread of its own, since those of the engine cannot wait for themselves. */
  void stopLater() {
    Thread stopping =
        new Thread(
            () -> {
              try {
                stop();
              } catch (Exception e) {
                System.getLogger(Engine.class.getName())
                    .log(System.Logger.Level.WARNING, "Jetty's client did not stop", e);
              }
            },
            THREADS + "-stop");
    stopping.setDaemon(true);
    stopping.start();
  }

  OutBuffers buffers() {
    return buffers;
  }

  ByteBufferPool pool() {
    return pool;
  }

  // ---- connections

  /**
   * Begins to connect; the attempt is told how that went.
   *
   * @param channel new, the attempt's until it has its endpoint
   */
  void connect(SocketChannel channel, InetSocketAddress address, Attempt attempt)
      throws IOException {
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.configureBlocking(false);
    if (channel.connect(address)) {
      accept(channel, attempt);
    } else {
      connect(channel, attempt);
    }
  }

  @Override
  protected EndPoint newEndPoint(
      SelectableChannel channel, ManagedSelector selector, SelectionKey key) {
    return new SocketChannelEndPoint((SocketChannel) channel, selector, key, getScheduler());
  }

  @Override
  public Connection newConnection(SelectableChannel channel, EndPoint endPoint, Object attempt)
      throws IOException {
    Connection connection = ((Attempt) attempt).connected(endPoint);
    return connection != null ? connection : new TooLate(endPoint, getExecutor());
  }

  @Override
  protected void connectionFailed(SelectableChannel channel, Throwable failure, Object attempt) {
    ((Attempt) attempt).notConnected(failure);
  }

  /** TCP was there when nobody waited for it any more. */
  private static final class TooLate extends AbstractConnection {
    TooLate(EndPoint endPoint, Executor executor) {
      super(endPoint, executor);
    }

    @Override
    public void onOpen() {
      super.onOpen();
      close();
    }

    @Override
    public void onFillable() {}
  }

  /** An attempt has a time-out of its own, and those of a connection are the core's. */
  private static final class NoTimers extends AbstractLifeCycle implements Scheduler {
    @Override
    public Task schedule(Runnable task, long delay, TimeUnit units) {
      return () -> true;
    }
  }
}
