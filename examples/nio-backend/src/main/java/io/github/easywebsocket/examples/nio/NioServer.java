package io.github.easywebsocket.examples.nio;

import io.github.easywebsocket.driver.OutBuffers;
import io.github.easywebsocket.spi.Exchange;
import io.github.easywebsocket.spi.ServerBackend;
import io.github.easywebsocket.spi.ServerSettings;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/** One selector and its thread, which accepts, reads, and writes what did not go out at once. */
final class NioServer implements ServerBackend.Running, Runnable {

  private static final System.Logger LOGGER = System.getLogger("io.github.easywebsocket");
  private static final int BACKLOG = 1024;
  private static final long DEADLINE_CHECK_MILLIS = 500;
  private static final long DEADLINE_CHECK_NANOS = DEADLINE_CHECK_MILLIS * 1_000_000;

  final ServerSettings settings;
  final Consumer<Exchange> acceptor;
  final OutBuffers outBuffers = new OutBuffers();

  /** Into which the thread reads; free again after each read. */
  final ByteBuffer readBuffer = ByteBuffer.allocateDirect(512 << 10);

  private final Selector selector;
  private final ServerSocketChannel listener;
  private final SelectionKey listening;
  private final InetSocketAddress address;
  private final Thread thread = new Thread(this, "easy-websocket-nio");
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>(); // the thread has
  private volatile boolean stopping;
  private long nextDeadlineCheck;
  private long acceptsFrom = System.nanoTime();

  NioServer(ServerSettings settings, Consumer<Exchange> acceptor) throws IOException {
    this.settings = settings;
    this.acceptor = acceptor;
    selector = Selector.open();
    listener = ServerSocketChannel.open();
    try {
      listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      listener.bind(settings.address(), BACKLOG);
      listener.configureBlocking(false);
      listening = listener.register(selector, SelectionKey.OP_ACCEPT);
      address = (InetSocketAddress) listener.getLocalAddress();
    } catch (IOException | RuntimeException e) {
      listener.close();
      selector.close();
      throw e;
    }
    thread.setDaemon(true);
    thread.start();
  }

  // ---- the thread

  @Override
  public void run() {
    try (selector;
        listener) {
      serve();
    } catch (IOException | RuntimeException | Error e) {
      LOGGER.log(Level.ERROR, "the selector failed", e);
    } finally {
      ended.complete(null);
    }
  }

  private void serve() throws IOException {
    try {
      while (!stopping) {
        selector.select(this::ready, DEADLINE_CHECK_MILLIS);
        for (Runnable task; (task = tasks.poll()) != null; ) {
          task.run();
        }
        checkDeadlines();
        listen();
      }
    } finally {
      listener.close();
      endAll();
    }
  }

  private void ready(SelectionKey key) {
    if (key.attachment() instanceof NioPipe pipe) {
      take(pipe, pipe::ready);
      return;
    }
    try {
      accept();
    } catch (IOException | RuntimeException | Error e) {
      LOGGER.log(Level.WARNING, "a connection cannot be accepted", e);
      acceptsFrom = System.nanoTime() + DEADLINE_CHECK_NANOS; // out of descriptors, it would spin
    }
  }

  /** A step of one connection. */
  @FunctionalInterface
  interface Step {
    void take() throws IOException;
  }

  /** Takes a step, which ends its connection if it fails, and no other. */
  static void take(NioPipe pipe, Step step) {
    try {
      step.take();
    } catch (IOException | RuntimeException | Error e) {
      LOGGER.log(level(e), "a connection failed", e);
      end(pipe);
    }
  }

  /** Peers end connections as they like; an error is not theirs. */
  private static Level level(Throwable failure) {
    return failure instanceof Error ? Level.ERROR : Level.DEBUG;
  }

  private static void end(NioPipe pipe) {
    try {
      pipe.lost();
    } catch (RuntimeException | Error e) {
      LOGGER.log(Level.ERROR, "the end of a connection cannot be told", e);
    }
  }

  private void accept() throws IOException {
    for (SocketChannel channel; !isFull() && (channel = listener.accept()) != null; ) {
      try {
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
        key.attach(new NioPipe(this, channel, key));
      } catch (IOException | RuntimeException | Error e) {
        channel.close();
        throw e;
      }
    }
  }

  /** Beyond the most connections, and after a failure, others wait in the backlog. */
  private void listen() {
    if (listening.isValid()) {
      boolean waits = isFull() || System.nanoTime() - acceptsFrom < 0;
      listening.interestOps(waits ? 0 : SelectionKey.OP_ACCEPT);
    }
  }

  /** There is one key more than connections: the listener's. */
  private boolean isFull() {
    int most = settings.maxTcpConnections();
    return selector.keys().size() > most
        && selector.keys().stream().filter(SelectionKey::isValid).count() > most;
  }

  private void checkDeadlines() {
    long now = System.nanoTime();
    if (now - nextDeadlineCheck < 0) {
      return;
    }
    nextDeadlineCheck = now + DEADLINE_CHECK_NANOS;
    for (SelectionKey key : selector.keys()) {
      if (key.attachment() instanceof NioPipe pipe && pipe.isOverdue(now)) {
        pipe.close();
      }
    }
  }

  private void endAll() {
    for (SelectionKey key : selector.keys()) {
      if (key.attachment() instanceof NioPipe pipe) {
        end(pipe);
      }
    }
  }

  // ---- any thread

  boolean onThread() {
    return Thread.currentThread() == thread;
  }

  /** Runs a task on the thread. */
  void execute(Runnable task) {
    if (onThread()) {
      task.run();
    } else {
      tasks.add(task);
      selector.wakeup();
    }
  }

  /** Has the thread see what was changed. */
  void wakeUp() {
    if (!onThread()) {
      selector.wakeup();
    }
  }

  @Override
  public InetSocketAddress address() {
    return address;
  }

  @Override
  public void stopAccepting() {
    CompletableFuture<Void> freed = new CompletableFuture<>();
    execute(
        () -> {
          try {
            listener.close();
            selector.selectNow(this::ready); // a registered socket lets go of its port only here
          } catch (IOException e) {
            LOGGER.log(Level.DEBUG, "closing the listener failed", e);
          }
          freed.complete(null);
        });
    CompletableFuture.anyOf(freed, ended).join();
  }

  @Override
  public void stop() {
    stopping = true;
    selector.wakeup();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
