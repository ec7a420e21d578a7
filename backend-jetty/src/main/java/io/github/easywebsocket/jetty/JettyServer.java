package io.github.easywebsocket.jetty;

import io.github.easywebsocket.driver.OutBuffers;
import io.github.easywebsocket.jetty.pipe.JettyThread;
import io.github.easywebsocket.spi.Acceptance;
import io.github.easywebsocket.spi.Exchange;
import io.github.easywebsocket.spi.ServerBackend;
import io.github.easywebsocket.spi.ServerSettings;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.eclipse.jetty.websocket.core.WebSocketComponents;
import org.jspecify.annotations.Nullable;

/** A running server: one connector, one handler that hands every request to the core. */
final class JettyServer implements ServerBackend.Running {

  private static final String THREADS = "easy-websocket-jetty";

  /** For TLS handshakes, and for what Jetty does not do on the threads that read. */
  private static final int WORKERS = 16;

  private static final int READ_BUFFER_SIZE = 512 << 10;

  private static final int ACCEPTORS = 1;
  private static final int BACKLOG = 1024;

  private final Server server;
  private final ServerConnector connector;
  private final InetSocketAddress address;

  private JettyServer(Server server, ServerConnector connector) {
    this.server = server;
    this.connector = connector;
    this.address = addressOf(connector);
  }

  static JettyServer start(ServerSettings settings, Consumer<Exchange> acceptor)
      throws IOException {
    int ioThreads =
        settings.option(JettyBackend.IO_THREADS, Runtime.getRuntime().availableProcessors());
    if (ioThreads < 1) {
      throw new IllegalArgumentException(
          JettyBackend.IO_THREADS + " must be positive, not " + ioThreads);
    }
    Server server = new Server(threadPool(WORKERS + ioThreads));
    ServerConnector connector = connector(server, settings, ioThreads);
    server.addConnector(connector);
    server.addBean(new NetworkConnectionLimit(settings.maxTcpConnections(), connector));
    server.setHandler(new ToCore(settings, acceptor, upgrade(settings, connector)));
    server.setErrorHandler(JettyServer::noErrorPage);
    try {
      server.start();
    } catch (Exception e) {
      stop(server);
      throw asIOException(e);
    }
    return new JettyServer(server, connector);
  }

  private static QueuedThreadPool threadPool(int most) {
    AtomicInteger count = new AtomicInteger();
    return new QueuedThreadPool(
        most,
        Math.min(8, most),
        60_000,
        -1,
        null,
        null,
        task ->
            new JettyThread(
                task, THREADS + "-" + count.incrementAndGet(), false, READ_BUFFER_SIZE));
  }

  private static ServerConnector connector(Server server, ServerSettings settings, int ioThreads) {
    ScheduledExecutorScheduler scheduler =
        new ScheduledExecutorScheduler(THREADS + "-scheduler", true);
    ServerConnector connector =
        new ServerConnector(
            server,
            null,
            scheduler,
            null,
            ACCEPTORS,
            ioThreads,
            Protocols.of(settings).toArray(ConnectionFactory[]::new));
    InetAddress host = settings.address().getAddress();
    connector.setHost(host == null ? settings.address().getHostString() : host.getHostAddress());
    connector.setPort(settings.address().getPort());
    connector.setAcceptQueueSize(BACKLOG);
    connector.setReuseAddress(true);
    connector.setAcceptedTcpNoDelay(true);
    connector.setIdleTimeout(settings.timeouts().handshake().toMillis());
    connector.addEventListener(new HeadTimeout(scheduler, settings.timeouts().handshake()));
    return connector;
  }

  private static BiFunction<Request, Acceptance, Upgraded> upgrade(
      ServerSettings settings, Connector connector) {
    boolean jettyWebSocket = settings.option(JettyBackend.JETTY_WEBSOCKET, false);
    WebSocketComponents components =
        new WebSocketComponents(
            null, null, connector.getByteBufferPool(), null, null, connector.getExecutor());
    OutBuffers buffers = new OutBuffers();
    return (request, acceptance) ->
        jettyWebSocket
            ? JettyTransport.create(request, acceptance, components)
            : new ServerPipe(request, acceptance, buffers);
  }

  /**
   * Hands each request to the core, which answers it now or later. The core does not block, so
   * Jetty's selector need not change threads for a request; but it does with TLS, since the
   * handshake that comes before the first request takes long.
   */
  private static final class ToCore extends Handler.Abstract {
    private final Consumer<Exchange> acceptor;
    private final BiFunction<Request, Acceptance, Upgraded> upgrade;

    ToCore(
        ServerSettings settings,
        Consumer<Exchange> acceptor,
        BiFunction<Request, Acceptance, Upgraded> upgrade) {
      super(settings.tls() == null ? InvocationType.NON_BLOCKING : InvocationType.BLOCKING);
      this.acceptor = acceptor;
      this.upgrade = upgrade;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      HeadTimeout.headReceived(request);
      acceptor.accept(new JettyExchange(request, response, callback, upgrade));
      return true;
    }
  }

  /** Leaves the body of Jetty's own refusals, such as 400 and 431, empty. */
  static boolean noErrorPage(Request request, Response response, Callback callback) {
    callback.succeeded();
    return true;
  }

  static IOException asIOException(Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof BindException bind) {
        return bind;
      }
    }
    return failure instanceof IOException io ? io : new IOException("Jetty did not start", failure);
  }

  private static InetSocketAddress addressOf(ServerConnector connector) {
    return new InetSocketAddress(connector.getHost(), connector.getLocalPort());
  }

  @Override
  public InetSocketAddress address() {
    return address;
  }

  @Override
  public void stopAccepting() {
    connector.close();
  }

  @Override
  public void stop() {
    stop(server);
  }

  static void stop(Server server) {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("Jetty did not stop", e);
    }
  }

  @Override
  public <T> @Nullable T unwrap(Class<T> type) {
    for (Object each : new Object[] {server, connector}) {
      if (type.isInstance(each)) {
        return type.cast(each);
      }
    }
    return null;
  }
}
