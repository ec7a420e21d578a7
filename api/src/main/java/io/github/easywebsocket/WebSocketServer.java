package io.github.easywebsocket;

import io.github.easywebsocket.WebSocketException.Kind;
import io.github.easywebsocket.spi.Capability;
import io.github.easywebsocket.spi.ServerBackend;
import io.github.easywebsocket.spi.ServerSettings;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket server that runs, from {@link Builder#start} until {@link #stop()}.
 *
 * <pre>{@code
 * try (var server = WebSocketServer.builder()
 *     .port(8080)
 *     .path("/ws")
 *     .onMessage((connection, message) -> connection.send(message))
 *     .start()) {
 *   …
 * }
 * }</pre>
 *
 * <p>Safe from any thread. Any number of servers may run in one JVM; they share nothing. A server
 * that runs keeps the JVM alive.
 */
public final class WebSocketServer implements AutoCloseable {

  private final ServerBackend backend;
  private final ServerBackend.Running running;
  private final Connections connections;
  final ServerStop stop;
  private final @Nullable CurrentTls currentTls;

  private WebSocketServer(
      ServerBackend backend,
      ServerBackend.Running running,
      Connections connections,
      ServerStop stop,
      @Nullable CurrentTls currentTls) {
    this.backend = backend;
    this.running = running;
    this.connections = connections;
    this.stop = stop;
    this.currentTls = currentTls;
  }

  /** Begins to describe a server. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * The port the server listens on; never 0.
   *
   * @throws IllegalStateException if it is mounted in an engine of the application's
   */
  public int port() {
    return address().getPort();
  }

  /**
   * The address the server listens on.
   *
   * @throws IllegalStateException if it is mounted in an engine of the application's
   */
  public InetSocketAddress address() {
    return running.address();
  }

  /** The name of the backend it runs on. */
  public String backend() {
    return backend.name();
  }

  /** The connections that are open now. */
  public Collection<WebSocketConnection> connections() {
    return open(connections.all());
  }

  private static Collection<WebSocketConnection> open(Collection<Session> sessions) {
    return sessions.stream()
        .filter(WebSocketConnection::isOpen)
        .collect(Collectors.toUnmodifiableList());
  }

  /**
   * Sends a message to all connections that are open, of all endpoints. Never waits: see {@link
   * #publish}.
   *
   * @return how many connections the message was sent to
   */
  public int broadcast(Message message) {
    return Topics.send(connections.all(), Objects.requireNonNull(message, "message"), null);
  }

  /**
   * Sends a message to all connections that subscribe to a topic; see {@link
   * WebSocketConnection#subscribe}. Inside a handler, {@link WebSocketConnection#publish} needs no
   * server.
   *
   * <p>Keeps the order of the calls of each thread, also with its other sends. Never waits: where
   * the queue of a connection is full, the send to it fails, under {@link Limits.Overflow#BLOCK},
   * too; under {@link Limits.Overflow#DROP_OLDEST} older ones do. Such a connection misses a
   * message, and all others get it. A connection that subscribes or unsubscribes meanwhile may get
   * it or not.
   *
   * @return how many connections the message was sent to: it is on its way or in their queues. 0 if
   *     nobody subscribes; less than there are subscribers if some were closing or had no room
   */
  public int publish(String topic, Message message) {
    Objects.requireNonNull(message, "message");
    return Topics.send(topics().subscribers(topic), message, null);
  }

  /**
   * The connections that subscribe to a topic now.
   *
   * @return a copy; empty if there are none
   */
  public Collection<WebSocketConnection> subscribers(String topic) {
    return open(topics().subscribers(topic));
  }

  private Topics topics() {
    return Objects.requireNonNull(connections.topics());
  }

  /** Stops without a clean-up; see {@link #stop(Runnable)}. */
  public boolean stop() {
    return stop(() -> {});
  }

  /**
   * Stops the server: it takes no new connections, sends a close frame with 1001 to all (over the
   * window of {@link Builder#stopSpread}), waits for their ends up to {@link Builder#stopTimeout}
   * (by default the close time-out), and aborts those that are left. When this returns, every
   * {@code onClose} has returned (but one that still blocks past the time-out, whose thread is
   * interrupted), the port is free and the threads are gone.
   *
   * <p>Called by a handler of this server, it returns at once and the rest is done on another
   * thread, since the handler's own connection cannot end before the handler does.
   *
   * @param cleanup run after all connections have ended; not run if the server is stopped already
   * @return whether the server was running; if false, another call has stopped it
   */
  public boolean stop(Runnable cleanup) {
    return stop.stop(Objects.requireNonNull(cleanup, "cleanup"));
  }

  /** The same as {@link #stop()}. */
  @Override
  public void close() {
    stop();
  }

  /**
   * Exchanges the certificate and the trust while the server runs: handshakes of TLS that begin
   * from now on get these, and open connections go on with theirs.
   *
   * @throws IllegalStateException if the server was started without TLS
   * @throws IllegalArgumentException if it has no certificate to show
   */
  public void tls(Tls tls) {
    if (currentTls == null) {
      throw new IllegalStateException("the server was started without tls(…), on plain TCP");
    }
    currentTls.set(tls.requireCertificate());
  }

  /**
   * The engine's own object behind the server, for what this API does not offer.
   *
   * @return the object, or null if the engine has none of that type
   */
  public <T> @Nullable T unwrap(Class<T> type) {
    return running.unwrap(type);
  }

  /** The backend, the address if it has one of its own, and whether it runs. */
  @Override
  public String toString() {
    return "WebSocketServer[" + backend() + where() + " " + stop.state() + "]";
  }

  private String where() {
    if (!backend.binds()) {
      return "";
    }
    String host = address().getAddress().getHostAddress();
    return (currentTls == null ? " ws://" : " wss://")
        + (host.contains(":") ? "[" + host + "]" : host)
        + ":"
        + port();
  }

  /** Describes a server; every option has a default. */
  public static final class Builder extends ConnectionBuilder<Builder> {

    private static final int MAX_HEADER_BYTES = 8 << 10;
    private static final int MAX_CONNECTIONS = 10_000;

    /** For handshakes that are not answered yet, refusals and plain HTTP. */
    private static final int ROOM_BESIDE_CONNECTIONS = 1024;

    private @Nullable ServerBackend instance;
    private @Nullable String host;
    private @Nullable Integer port;
    @Nullable PathPattern path;
    final List<Endpoint> endpoints = new ArrayList<>();
    @Nullable Function<Handshake, ? extends WebSocketHandler> handlers;
    @Nullable Verifier verifier;
    private @Nullable HttpHandler http;
    Origins origins = Origins.allowing(List.of());
    private @Nullable Hosts hosts;
    private Proxies proxies = Proxies.NONE;
    private @Nullable Integer maxConnections;
    private @Nullable Integer maxTcpConnections;
    private boolean http2;
    private int maxConnectionsPerAddress = Integer.MAX_VALUE;
    private int maxTopicsPerConnection = 100;
    private Duration stopSpread = Duration.ZERO;
    private @Nullable Duration stopTimeout;
    private boolean stopOnShutdown;

    private Builder() {
      time = new SystemTime(true);
    }

    @Override
    Builder self() {
      return this;
    }

    /** Uses this very backend. */
    public Builder backend(ServerBackend backend) {
      instance = Objects.requireNonNull(backend, "backend");
      return this;
    }

    /**
     * Sets the address to bind: a host name or an IP address. Default {@code "127.0.0.1"}, which
     * only this machine reaches; {@code "0.0.0.0"} is reached from everywhere.
     */
    public Builder host(String host) {
      this.host = Objects.requireNonNull(host, "host");
      return this;
    }

    /** Sets the port to bind; 0 takes any that is free, which the server tells. Default 8080. */
    public Builder port(int port) {
      if (port < 0 || port > 65_535) {
        throw new IllegalArgumentException("port must be 0 to 65535, not " + port);
      }
      this.port = port;
      return this;
    }

    /**
     * Sets the path of this builder's handlers; paths that have no handlers get 404. It may have
     * variables, as {@link Endpoint#at} says. Default: every path that has no endpoint of its own.
     *
     * @param path such as {@code "/ws"}; decoded, so {@code "/a b"} rather than {@code "/a%20b"}
     * @throws IllegalArgumentException if no request can have that path
     */
    public Builder path(String path) {
      this.path = PathPattern.of(path);
      return this;
    }

    /**
     * Adds an endpoint: a path with handlers of its own. With endpoints, the builder's own handlers
     * serve {@link #path}, or every other path, or nothing if there are none.
     *
     * @throws IllegalArgumentException at {@link #start} if two endpoints match the same paths
     */
    public Builder endpoint(Endpoint endpoint) {
      endpoints.add(Objects.requireNonNull(endpoint, "endpoint"));
      return this;
    }

    /**
     * Makes a handler for each connection, in place of one for all: a field of it belongs to one
     * connection. The factory runs before the connection opens, on a thread as the verifier's; if
     * it throws, the client gets 500 and nothing of the exception. A client that goes away at that
     * very moment leaves a handler that is never called.
     *
     * @param factory called for each handshake that is accepted
     */
    public Builder handlers(Function<Handshake, ? extends WebSocketHandler> factory) {
      handlers = Objects.requireNonNull(factory, "factory");
      return this;
    }

    /** Sets who decides which handshakes become connections. Default: all that are in order. */
    public Builder verifier(Verifier verifier) {
      this.verifier = Objects.requireNonNull(verifier, "verifier");
      return this;
    }

    /** Sets who answers plain HTTP requests. Default: they get 403. */
    public Builder http(HttpHandler handler) {
      http = Objects.requireNonNull(handler, "handler");
      return this;
    }

    /**
     * Lets web pages of other origins connect. A request without {@code Origin}, which no browser
     * sends, is always let in; so are pages of the server's own origin. Default: no others.
     *
     * <p>The server's own is what {@code Host} says, if {@link #allowedHosts} allows it; its scheme
     * is {@code https} with {@link #tls}, or if one of the {@link #trustedProxies} says so.
     *
     * @param origins such as {@code "https://example.com"}; {@code "https://*.example.com"} for all
     *     names below that one, each of which then is trusted, but not for the name itself, which
     *     has two labels or more or is {@code localhost}; {@code "*"} for every page there is
     * @throws IllegalArgumentException if one is not an origin
     */
    public Builder allowedOrigins(String... origins) {
      this.origins = Origins.allowing(List.of(origins));
      return this;
    }

    /**
     * Sets the names by which the server is reached: a request, for a WebSocket or not, with
     * another one in {@code Host} gets 421. IP addresses, {@code localhost} and the names below it
     * are always allowed. So no page of another name can pass for the server's own by having its
     * name point to this server (DNS rebinding).
     *
     * <p>Default: no other names, if the server is bound to an address that only this machine
     * reaches, but that of {@link #host}; else every name. Behind a proxy that hands {@code Host}
     * on, the names of the proxy.
     *
     * @param names such as {@code "example.com"}; {@code "*.example.com"} for all names below it;
     *     {@code "*"} for every name there is
     * @throws IllegalArgumentException if one is not the name of a host
     */
    public Builder allowedHosts(String... names) {
      hosts = Hosts.allowing(List.of(names));
      return this;
    }

    /**
     * Names the proxies in front of the server, whose word is taken for who the client is. Of a
     * request that one of them hands on,
     *
     * <ul>
     *   <li>{@code X-Forwarded-For} tells the client's address: the last there that is no trusted
     *       proxy's. It is what the verifier, the HTTP handler, the observer and {@link
     *       WebSocketConnection#remoteAddress} see, and what {@link #maxConnectionsPerAddress}
     *       counts. Its port is 0 if none is told.
     *   <li>{@code X-Forwarded-Proto} tells by {@code https} or {@code wss} that the client speaks
     *       TLS, so that the server's own origin begins with {@code https}.
     * </ul>
     *
     * <p>The proxy has to write both, and {@code Host} as the client sent it. Of anybody else, and
     * by default of everybody, these headers are not believed: a client can send what it likes.
     * {@code Forwarded} (RFC 7239) is not looked at, since most proxies let a client's pass.
     *
     * @param addresses IP addresses, such as {@code "127.0.0.1"}, and networks, such as {@code
     *     "10.0.0.0/8"}; not those of clients, who would be believed
     * @throws IllegalArgumentException if one is neither
     */
    public Builder trustedProxies(String... addresses) {
      proxies = Proxies.at(List.of(addresses));
      return this;
    }

    /** Sets the most connections at a time; 503 beyond. Default 10,000. */
    public Builder maxConnections(int connections) {
      maxConnections = Require.positive("maxConnections", connections);
      return this;
    }

    /**
     * Sets the most TCP connections at a time: those of WebSockets, of plain HTTP, and those that
     * have not asked for anything yet. Beyond, clients wait to be accepted until one ends. Default:
     * 1,024 more than {@link #maxConnections}, which is room for refusals as well: where it is not
     * more than that, a server that is full lets clients wait rather than answer 503. With {@link
     * #http2} less may do, since a TCP connection has many WebSockets.
     *
     * @throws IllegalArgumentException if it is not positive; at {@link #start} if {@link
     *     #maxConnections} is set to more, which could never be reached, without {@code http2}
     */
    public Builder maxTcpConnections(int connections) {
      maxTcpConnections = Require.positive("maxTcpConnections", connections);
      return this;
    }

    /**
     * Sets the most connections at a time from one IP address; 429 beyond. All addresses of IPv6
     * with the same first 64 bits count as one, since one host may have them all; those that stand
     * for one of IPv4 ({@code ::ffff:0:0/96}, {@code 64:ff9b::/96}) count as that. Default: no
     * limit but {@link #maxConnections}, since many users may come from one address, above all
     * through a proxy that is none of the {@link #trustedProxies}.
     */
    public Builder maxConnectionsPerAddress(int connections) {
      maxConnectionsPerAddress = Require.positive("maxConnectionsPerAddress", connections);
      return this;
    }

    /**
     * Sets the most topics that one connection may subscribe to; {@link
     * WebSocketConnection#subscribe} throws beyond. Default 100.
     */
    public Builder maxTopicsPerConnection(int topics) {
      maxTopicsPerConnection = Require.positive("maxTopicsPerConnection", topics);
      return this;
    }

    /**
     * Spreads the close frames of {@link #stop} evenly over a window, so that 10,000 clients do not
     * all come back in the same second. Those that wait for theirs are served as before. Default
     * zero: all at once. Kept to a tenth of the shortest time-out.
     *
     * @throws IllegalArgumentException if it is negative or longer than 365 days; at {@link #start}
     *     if it is not shorter than {@link #stopTimeout}
     */
    public Builder stopSpread(Duration window) {
      if (window.isNegative()) {
        throw new IllegalArgumentException("stopSpread must not be negative, but is " + window);
      }
      stopSpread = Require.atMostAYear("stopSpread", window);
      return this;
    }

    /**
     * Sets the longest that {@link #stop} waits, {@link #stopSpread} included, before it aborts the
     * connections that are left. Default: {@code stopSpread} and the close time-out. A peer that
     * does not answer is cut off after the close time-out in any case; more than that is for
     * handlers that take long.
     *
     * @throws IllegalArgumentException if it is not positive or longer than 365 days
     */
    public Builder stopTimeout(Duration time) {
      stopTimeout = Require.atMostAYear("stopTimeout", Require.positive("stopTimeout", time));
      return this;
    }

    /**
     * Stops the server when the JVM shuts down: on SIGTERM, on Ctrl-C, on {@code System.exit}. The
     * JVM waits for it as {@link #stop} does. Default: it does not, and peers see the connection
     * break. Nothing of it is left once the server is stopped.
     *
     * <p>A handler that calls {@code System.exit} does not return before the JVM ends, so the stop
     * waits out its {@link #stopTimeout}, and a second more: have another thread call it.
     */
    public Builder stopOnShutdown() {
      stopOnShutdown = true;
      return this;
    }

    /**
     * Speaks TLS ({@code wss}). Default: plain TCP.
     *
     * @throws IllegalArgumentException if it has no certificate to show
     */
    public Builder tls(Tls tls) {
      this.tls = tls.requireCertificate();
      return this;
    }

    /** Speaks TLS ({@code wss}) with this context; see {@link Tls#of(SSLContext)}. */
    public Builder tls(SSLContext context) {
      return tls(Tls.of(context));
    }

    /**
     * Whether to speak HTTP/2 beside HTTP/1.1, so that clients may open many WebSockets on one TCP
     * connection (RFC 8441): with {@link #tls} by ALPN, on plain TCP with clients that know it
     * beforehand. Default false. Needs a backend with the capability {@code HTTP2}.
     */
    public Builder http2(boolean http2) {
      this.http2 = http2;
      return this;
    }

    /**
     * Starts the server. On return it is bound and takes connections.
     *
     * @throws WebSocketException of kind {@code BIND} if the address cannot be bound, {@code
     *     BACKEND} if no backend can be chosen or it cannot do what an option asks for; nothing is
     *     left running then
     * @throws IOException if the engine fails otherwise
     */
    public WebSocketServer start() throws IOException {
      ServerBackend backend = chosenBackend();
      Limits limits = this.limits.apply(Limits.DEFAULT);
      Routes routes = Routes.of(this, limits);
      if (routes.compress()) {
        BackendChecks.require(backend, options, Capability.COMPRESSION, "compression(…)");
      }
      InetSocketAddress address =
          new InetSocketAddress(resolve(hostOrDefault()), port != null ? port : 8080);
      Duration stopTimeout = stopTimeout();
      int maxTcpConnections = maxTcpConnections();
      CurrentTls currentTls = tls == null ? null : new CurrentTls(tls);
      Threads threads = startThreads();
      Connections connections =
          new Connections(
              timeouts, threads.executor(), time, new Topics(maxTopicsPerConnection), hooks());
      threads.watchedBy(connections);
      Acceptor acceptor =
          new Acceptor(
              new Acceptor.Rules(
                  routes,
                  hosts(backend, address.getAddress()),
                  proxies,
                  http,
                  limits.maxHttpBody(),
                  maxConnections(),
                  maxConnectionsPerAddress),
              connections);
      try {
        ServerBackend.Running running =
            backend.start(
                new ServerSettings(
                    address,
                    currentTls == null ? null : currentTls.asContext(),
                    http2,
                    limits.withMaxMessageSize(routes.maxMessageSize()),
                    timeouts,
                    MAX_HEADER_BYTES,
                    maxTcpConnections,
                    options),
                acceptor);
        ServerStop stop =
            new ServerStop(running, acceptor, connections, threads, stopSpread, stopTimeout);
        if (stopOnShutdown) {
          stop.onShutdown();
        }
        return new WebSocketServer(backend, running, connections, stop, currentTls);
      } catch (IOException | RuntimeException | Error e) {
        connections.close();
        threads.shutdown();
        if (e instanceof BindException bind) {
          throw cannotBind(address, bind);
        }
        if (e instanceof LinkageError missing) {
          throw BackendChecks.engineMissing(backend, missing);
        }
        throw e;
      }
    }

    /** The backend, once it is known that it can do what is asked of it but for endpoints. */
    private ServerBackend chosenBackend() throws WebSocketException {
      ServerBackend backend =
          instance != null
              ? BackendChecks.usable(instance)
              : Backends.servers().choose(backendNames);
      BackendChecks.checkOptions(backend, options.keySet());
      if (!backend.binds()) {
        refuseWhatIsTheEngines(backend);
      }
      if (tls != null) {
        BackendChecks.require(backend, options, Capability.TLS, "tls(…)");
      }
      if (http2) {
        BackendChecks.require(backend, options, Capability.HTTP2, "http2(true)");
      }
      return backend;
    }

    private String hostOrDefault() {
      return host != null ? host : "127.0.0.1";
    }

    private Hosts hosts(ServerBackend backend, InetAddress bound) {
      if (hosts != null) {
        return hosts;
      }
      return backend.binds() ? Hosts.of(bound, hostOrDefault()) : Hosts.ANY;
    }

    private int maxConnections() {
      return maxConnections != null ? maxConnections : MAX_CONNECTIONS;
    }

    private int maxTcpConnections() {
      if (maxTcpConnections == null) {
        return (int) Math.min(Integer.MAX_VALUE, (long) maxConnections() + ROOM_BESIDE_CONNECTIONS);
      }
      if (maxConnections != null && maxConnections > maxTcpConnections && !http2) {
        throw new IllegalArgumentException(
            "maxConnections("
                + maxConnections
                + ") cannot be reached with maxTcpConnections("
                + maxTcpConnections
                + "); leave one of the two out");
      }
      return maxTcpConnections;
    }

    private Duration stopTimeout() {
      if (stopTimeout == null) {
        return stopSpread.plus(timeouts.close());
      }
      if (stopTimeout.compareTo(stopSpread) <= 0) {
        throw new IllegalArgumentException(
            "stopTimeout("
                + stopTimeout
                + ") must be longer than stopSpread("
                + stopSpread
                + "), which is a part of it");
      }
      return stopTimeout;
    }

    private void refuseWhatIsTheEngines(ServerBackend backend) throws WebSocketException {
      BackendChecks.refuse(backend, host != null, "host(…)");
      BackendChecks.refuse(backend, port != null, "port(…)");
      BackendChecks.refuse(backend, tls != null, "tls(…)");
      BackendChecks.refuse(backend, http2, "http2(true)");
      BackendChecks.refuse(backend, http != null, "http(…)");
      BackendChecks.refuse(backend, maxTcpConnections != null, "maxTcpConnections(…)");
    }

    private static InetAddress resolve(String host) throws WebSocketException {
      try {
        return InetAddress.getByName(host);
      } catch (UnknownHostException e) {
        throw new WebSocketException(
            Kind.BIND,
            "host(\""
                + Log.printable(host)
                + "\") is not known; name this machine, or one of its addresses, or \"0.0.0.0\" for"
                + " all of them",
            e);
      }
    }

    private static WebSocketException cannotBind(InetSocketAddress address, BindException cause) {
      return new WebSocketException(
          Kind.BIND,
          "cannot bind "
              + address.getAddress().getHostAddress()
              + " port "
              + address.getPort()
              + ": "
              + cause.getMessage()
              + "; choose another host(…) or port(…), or port(0) for any that is free",
          cause);
    }
  }
}
