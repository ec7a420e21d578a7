package io.github.easywebsocket.jetty;

import io.github.easywebsocket.driver.OutBuffers;
import io.github.easywebsocket.jetty.pipe.JettyVersion;
import io.github.easywebsocket.spi.Capability;
import io.github.easywebsocket.spi.Exchange;
import io.github.easywebsocket.spi.ServerBackend;
import io.github.easywebsocket.spi.ServerSettings;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Serves WebSockets in a Jetty that the application runs: a handler for that Jetty, and at the same
 * time the backend of one {@link io.github.easywebsocket.WebSocketServer}.
 *
 * <pre>{@code
 * var mount = new JettyMount(pages);
 * var server = WebSocketServer.builder()
 *     .backend(mount)
 *     .endpoint(Endpoint.at("/ws").onMessage((connection, message) -> connection.send(message)))
 *     .start();
 * jetty.setHandler(mount);
 * jetty.start();
 * }</pre>
 *
 * <p>Requests for a WebSocket go to the server, also those for paths without an endpoint, and also
 * over HTTP/2 (RFC 8441) if that Jetty speaks it. All others are passed on to the next handler
 * unchanged. The paths of endpoints are whole paths, even within a context. While no server runs,
 * requests for a WebSocket get 503.
 *
 * <p>Address, TLS, HTTP/2, threads, the bound of TCP connections, the limits of a request's head
 * and the time-outs of a request are those of that Jetty. The server's {@code host}, {@code port},
 * {@code tls}, {@code http2}, {@code http} and {@code maxTcpConnections} are refused at start.
 * Every name in {@code Host} is allowed unless {@code allowedHosts} is set. {@code server.port()}
 * and {@code server.address()} throw an {@link IllegalStateException}.
 *
 * <p>{@code server.stop()} closes the WebSockets and leaves the Jetty running. Call it before the
 * Jetty is stopped, which would cut them off. Safe from any thread.
 */
public final class JettyMount extends Handler.Wrapper implements ServerBackend {

  private final AtomicReference<@Nullable Mounted> mounted = new AtomicReference<>();

  /**
   * Makes a mount; nothing is started.
   *
   * @param next is passed the requests that are not for a WebSocket
   */
  public JettyMount(Handler next) {
    super(Objects.requireNonNull(next, "next"));
  }

  @Override
  public String name() {
    return "jetty-mount";
  }

  @Override
  public int spiVersion() {
    return SPI_VERSION;
  }

  @Override
  public @Nullable String unavailable() {
    return JettyVersion.tooOld();
  }

  @Override
  public Set<Capability> capabilities() {
    return Set.of(Capability.COMPRESSION);
  }

  @Override
  public boolean binds() {
    return false;
  }

  /**
   * Called by the server that has this as its backend.
   *
   * @throws IllegalStateException if another one has it and runs
   */
  @Override
  public Running start(ServerSettings settings, Consumer<Exchange> acceptor) {
    Mounted server = new Mounted(acceptor);
    if (!mounted.compareAndSet(null, server)) {
      throw new IllegalStateException(
          "this JettyMount is the backend of a server that runs; make one for each server");
    }
    return server;
  }

  /** Blocking, as what runs inline may send and wait: these threads are made for that. */
  @Override
  public InvocationType getInvocationType() {
    return InvocationType.BLOCKING;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    Mounted server = mounted.get();
    if (!asksForWebSocket(request)) {
      return super.handle(request, response, callback);
    }
    if (server == null) {
      response.setStatus(HttpStatus.SERVICE_UNAVAILABLE_503);
      callback.succeeded();
    } else {
      server.accept(request, response, callback);
    }
    return true;
  }

  /** As the core decides it (rules 2.2 and 2.23). */
  private static boolean asksForWebSocket(Request request) {
    return JettyExchange.isHttp2(request)
        ? "websocket".equals(JettyExchange.connectProtocol(request))
        : request.getHeaders().contains(HttpHeader.UPGRADE, "websocket");
  }

  /** The server while it runs. */
  private final class Mounted implements Running {

    private final Consumer<Exchange> acceptor;
    private final OutBuffers buffers = new OutBuffers();

    Mounted(Consumer<Exchange> acceptor) {
      this.acceptor = acceptor;
    }

    void accept(Request request, Response response, Callback callback) {
      acceptor.accept(
          new JettyExchange(
              request,
              response,
              callback,
              (upgrading, acceptance) -> ServerPipe.mounted(upgrading, acceptance, buffers)));
    }

    @Override
    public InetSocketAddress address() {
      throw new IllegalStateException(
          "the server is mounted in a Jetty of the application's, which knows its addresses");
    }

    /** The core refuses what comes from now on, and the connectors are not ours. */
    @Override
    public void stopAccepting() {}

    @Override
    public void stop() {
      mounted.compareAndSet(this, null);
    }
  }
}
