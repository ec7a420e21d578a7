package io.github.easywebsocket.undertow;

import io.github.easywebsocket.spi.Backend;
import io.github.easywebsocket.spi.Capability;
import io.github.easywebsocket.spi.Exchange;
import io.github.easywebsocket.spi.ServerBackend;
import io.github.easywebsocket.spi.ServerSettings;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.SameThreadExecutor;
import io.undertow.util.StatusCodes;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Serves WebSockets in an Undertow that the application runs: a handler for that Undertow, and at
 * the same time the backend of one {@link io.github.easywebsocket.WebSocketServer}.
 *
 * <pre>{@code
 * var mount = new UndertowMount(pages);
 * var server = WebSocketServer.builder()
 *     .backend(mount)
 *     .endpoint(Endpoint.at("/ws").onMessage((connection, message) -> connection.send(message)))
 *     .start();
 * Undertow.builder().addHttpListener(8080, "localhost").setHandler(mount).build().start();
 * }</pre>
 *
 * <p>Requests for a WebSocket go to the server, also those for paths without an endpoint. All
 * others are passed on to the next handler unchanged. The paths of endpoints are whole paths, even
 * if the mount is a part of a path handler. While no server runs, requests for a WebSocket get 503.
 *
 * <p>Address, TLS, threads, the bound of TCP connections, the limits of a request's head and the
 * time-outs of a request are those of that Undertow. The server's {@code host}, {@code port},
 * {@code tls}, {@code http2}, {@code http} and {@code maxTcpConnections} are refused at start.
 * Every name in {@code Host} is allowed unless {@code allowedHosts} is set. {@code server.port()}
 * and {@code server.address()} throw an {@link IllegalStateException}.
 *
 * <p>Without {@code ALLOW_UNESCAPED_CHARACTERS_IN_URL}, Undertow answers 400 to a query with braces
 * or bars, which browsers send as they are. If you set it, set {@code DECODE_URL} to false as well;
 * otherwise paths are decoded twice.
 *
 * <p>{@code server.stop()} closes the WebSockets and leaves the Undertow running. Call it before
 * the Undertow is stopped, which would cut them off. Safe from any thread.
 */
public final class UndertowMount implements ServerBackend, HttpHandler {

  private final HttpHandler next;
  private final AtomicReference<@Nullable Mounted> mounted = new AtomicReference<>();

  /**
   * Makes a mount; nothing is started.
   *
   * @param next is passed the requests that are not for a WebSocket
   */
  public UndertowMount(HttpHandler next) {
    this.next = Objects.requireNonNull(next, "next");
  }

  @Override
  public String name() {
    return "undertow-mount";
  }

  @Override
  public int spiVersion() {
    return Backend.SPI_VERSION;
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
    Mounted server = new Mounted(acceptor, settings.timeouts().write());
    if (!mounted.compareAndSet(null, server)) {
      throw new IllegalStateException(
          "this UndertowMount is the backend of a server that runs; make one for each server");
    }
    return server;
  }

  @Override
  public void handleRequest(HttpServerExchange request) throws Exception {
    Mounted server = mounted.get();
    if (!asksForWebSocket(request)) {
      next.handleRequest(request);
    } else if (server == null) {
      request.setStatusCode(StatusCodes.SERVICE_UNAVAILABLE).endExchange();
    } else {
      request.dispatch(SameThreadExecutor.INSTANCE, () -> server.accept(request));
    }
  }

  /** As the core decides it (rule 2.2). */
  private static boolean asksForWebSocket(HttpServerExchange request) {
    HeaderValues upgrade = request.getRequestHeaders().get(Headers.UPGRADE);
    return upgrade != null
        && upgrade.stream()
            .flatMap(line -> Stream.of(line.split(",")))
            .anyMatch(protocol -> protocol.strip().equalsIgnoreCase("websocket"));
  }

  /** The server while it runs. */
  private final class Mounted implements Running {

    private final Consumer<Exchange> acceptor;
    private final Duration writeTimeout;
    private final UndertowBuffers buffers = new UndertowBuffers();

    Mounted(Consumer<Exchange> acceptor, Duration writeTimeout) {
      this.acceptor = acceptor;
      this.writeTimeout = writeTimeout;
    }

    void accept(HttpServerExchange request) {
      acceptor.accept(new UndertowExchange(request, buffers, writeTimeout, false));
    }

    @Override
    public InetSocketAddress address() {
      throw new IllegalStateException(
          "the server is mounted in an Undertow of the application's, which knows its addresses");
    }

    /** The core refuses what comes from now on, and the listeners are not ours. */
    @Override
    public void stopAccepting() {}

    @Override
    public void stop() {
      mounted.compareAndSet(this, null);
    }
  }
}
