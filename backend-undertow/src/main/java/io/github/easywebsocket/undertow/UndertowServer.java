package io.github.easywebsocket.undertow;

import io.github.easywebsocket.spi.Exchange;
import io.github.easywebsocket.spi.ServerBackend;
import io.github.easywebsocket.spi.ServerSettings;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.HttpContinueReadHandler;
import io.undertow.util.SameThreadExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Xnio;
import org.xnio.XnioWorker;

/** An Undertow server with threads of its own, and what its connections share. */
final class UndertowServer implements ServerBackend.Running {

  private static final int BACKLOG = 1024;

  private final XnioWorker worker;
  private final UndertowBuffers buffers = new UndertowBuffers();
  private @Nullable Undertow undertow;
  private @Nullable InetSocketAddress address;

  private UndertowServer(XnioWorker worker) {
    this.worker = worker;
  }

  static UndertowServer start(ServerSettings settings, Consumer<Exchange> acceptor)
      throws IOException {
    UndertowServer server = new UndertowServer(startWorker(settings));
    try {
      server.bind(settings, acceptor);
      return server;
    } catch (IOException | RuntimeException | Error e) {
      server.stopAccepting();
      server.stop();
      throw e;
    }
  }

  private static XnioWorker startWorker(ServerSettings settings) throws IOException {
    int ioThreads =
        settings.option(UndertowBackend.IO_THREADS, Runtime.getRuntime().availableProcessors());
    if (ioThreads < 1) {
      throw new IllegalArgumentException(
          UndertowBackend.IO_THREADS + " must be positive, not " + ioThreads);
    }
    return Xnio.getInstance(UndertowServer.class.getClassLoader())
        .createWorker(
            OptionMap.builder()
                .set(Options.WORKER_NAME, "easy-websocket-undertow")
                .set(Options.WORKER_IO_THREADS, ioThreads)
                .set(Options.WORKER_TASK_CORE_THREADS, 1)
                .set(Options.WORKER_TASK_MAX_THREADS, 1)
                .set(Options.THREAD_DAEMON, true)
                .getMap());
  }

  private void bind(ServerSettings settings, Consumer<Exchange> acceptor) throws IOException {
    int headTimeout = millis(settings.timeouts().handshake());
    String host = settings.address().getAddress().getHostAddress();
    int port = settings.address().getPort();
    Undertow.Builder builder =
        Undertow.builder()
            .setWorker(worker)
            .setSocketOption(Options.BACKLOG, BACKLOG)
            .setSocketOption(Options.CONNECTION_HIGH_WATER, settings.maxTcpConnections())
            .setServerOption(UndertowOptions.ENABLE_HTTP2, false)
            .setServerOption(
                UndertowOptions.ALWAYS_SET_DATE, false) // by the exchange, not in a 101
            .setServerOption(UndertowOptions.MAX_HEADER_SIZE, settings.maxHeaderBytes())
            .setServerOption(UndertowOptions.MAX_HEADERS, ServerSettings.MAX_HEADER_LINES)
            // the core looks at the raw target only: any character, any number of parameters
            .setServerOption(UndertowOptions.DECODE_URL, false)
            .setServerOption(UndertowOptions.ALLOW_UNESCAPED_CHARACTERS_IN_URL, true)
            .setServerOption(UndertowOptions.MAX_PARAMETERS, settings.maxHeaderBytes())
            .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, headTimeout)
            .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, headTimeout)
            .setHandler(
                new HttpContinueReadHandler(request -> dispatch(request, settings, acceptor)));
    if (settings.tls() == null) {
      builder.addHttpListener(port, host);
    } else {
      builder.addHttpsListener(port, host, settings.tls());
    }
    Undertow started = builder.build();
    undertow = started;
    try {
      started.start();
    } catch (RuntimeException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw e;
    }
    address = (InetSocketAddress) started.getListenerInfo().get(0).getAddress();
  }

  /** Hands a request over so that it is not ended when this returns: the answer may come later. */
  private void dispatch(
      HttpServerExchange request, ServerSettings settings, Consumer<Exchange> acceptor) {
    Duration writeTimeout = settings.timeouts().write();
    request.dispatch(
        SameThreadExecutor.INSTANCE,
        () -> acceptor.accept(new UndertowExchange(request, buffers, writeTimeout, true)));
  }

  private static int millis(Duration duration) {
    return (int) Math.min(Integer.MAX_VALUE, Math.max(1, duration.toMillis()));
  }

  @Override
  public InetSocketAddress address() {
    if (address == null) {
      throw new IllegalStateException("not bound");
    }
    return address;
  }

  @Override
  public void stopAccepting() {
    if (undertow != null) {
      undertow.stop(); // closes the listener; the worker is ours and goes on
    }
  }

  @Override
  public void stop() {
    worker.shutdownNow();
    try {
      worker.awaitTermination();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public <T> @Nullable T unwrap(Class<T> type) {
    if (type.isInstance(undertow)) {
      return type.cast(undertow);
    }
    return type.isInstance(worker) ? type.cast(worker) : null;
  }
}
