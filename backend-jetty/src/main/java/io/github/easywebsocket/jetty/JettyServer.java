package io.github.easywebsocket.jetty;

import io.github.easywebsocket.spi.Exchange;
import io.github.easywebsocket.spi.ServerBackend;
import io.github.easywebsocket.spi.ServerSettings;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.eclipse.jetty.websocket.core.WebSocketComponents;
import org.jspecify.annotations.Nullable;

/** A running server: one connector, one handler that hands every request to the core. */
final class JettyServer implements ServerBackend.Running {

  private static final String THREADS = "easy-websocket-jetty";

  /** For HTTP requests, TLS and writes that wait; reading has threads of its own. */
  private static final int WORKERS = 200;

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
    Server server = new Server(threadPool(WORKERS + ioThreads));
    ServerConnector connector = connector(server, settings, ioThreads);
    server.addConnector(connector);
    server.setHandler(
        new ToCore(
            acceptor,
            new WebSocketComponents(
                null, null, connector.getByteBufferPool(), null, null, server.getThreadPool())));
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
        task -> new JettyThread(task, THREADS + "-" + count.incrementAndGet()));
  }

  private static ServerConnector connector(Server server, ServerSettings settings, int ioThreads) {
    HttpConnectionFactory http = new HttpConnectionFactory(configuration(settings));
    ScheduledExecutorScheduler scheduler =
        new ScheduledExecutorScheduler(THREADS + "-scheduler", true);
    ServerConnector connector =
        settings.tls() == null
            ? new ServerConnector(server, null, scheduler, null, ACCEPTORS, ioThreads, http)
            : new ServerConnector(
                server, null, scheduler, null, ACCEPTORS, ioThreads, tls(settings), http);
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

  private static HttpConfiguration configuration(ServerSettings settings) {
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setSendDateHeader(false);
    http.setRequestHeaderSize(settings.maxHeaderBytes());
    // the core looks at the raw target only, so nothing in it is ambiguous
    http.setUriCompliance(UriCompliance.UNSAFE);
    return http;
  }

  /** Serves what the context serves, whatever host name the client asks for. */
  private static SslConnectionFactory tls(ServerSettings settings) {
    SslContextFactory.Server context = new SslContextFactory.Server();
    context.setSslContext(settings.tls());
    return new SslConnectionFactory(context, "http/1.1");
  }

  /** Hands each request to the core, which answers it now or later. */
  private static final class ToCore extends Handler.Abstract {
    private final Consumer<Exchange> acceptor;
    private final WebSocketComponents components;

    ToCore(Consumer<Exchange> acceptor, WebSocketComponents components) {
      this.acceptor = acceptor;
      this.components = components;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      HeadTimeout.headReceived(request);
      acceptor.accept(new JettyExchange(request, response, callback, components));
      return true;
    }
  }

  /** Leaves the body of Jetty's own refusals, such as 400 and 431, empty. */
  private static boolean noErrorPage(Request request, Response response, Callback callback) {
    callback.succeeded();
    return true;
  }

  private static IOException asIOException(Exception failure) {
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

  private static void stop(Server server) {
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
