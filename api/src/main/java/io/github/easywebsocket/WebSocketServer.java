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
 * A running WebSocket server, from {@link Builder#start} until {@link #stop()}.
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
 * <p>Safe from any thread. Any number of servers may run in one JVM; they share nothing. A running
 * server keeps the JVM alive.
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

  /** A builder with every option at its default. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * The port the server listens on; never 0.
   *
   * @throws IllegalStateException if the server is mounted in an engine that the application runs
   */
  public int port() {
    return address().getPort();
  }

  /**
   * The address the server listens on.
   *
   * @throws IllegalStateException if the server is mounted in an engine that the application runs
   */
  public InetSocketAddress address() {
    return running.address();
  }

  /** The name of the backend that the server runs on. */
  public String backend() {
    return backend.name();
  }

  /**
   * The connections that are open now, of all endpoints.
   *
   * @return a copy
   */
  public Collection<WebSocketConnection> connections() {
    return open(connections.all());
  }

  private static Collection<WebSocketConnection> open(Collection<Session> sessions) {
    return sessions.stream()
        .filter(WebSocketConnection::isOpen)
        .collect(Collectors.toUnmodifiableList());
  }

  /**
   * Sends a message to every open connection, of all endpoints. Never waits: see {@link #publish}.
   *
   * @return how many connections the message was sent to, as {@link #publish} counts them
   */
  public int broadcast(Message message) {
    return Topics.send(connections.all(), Objects.requireNonNull(message, "message"), null);
  }

  /**
   * Sends a message to every connection that is subscribed to a topic; see {@link
   * WebSocketConnection#subscribe}. Inside a handler, {@link WebSocketConnection#publish} needs no
   * reference to the server.
   *
   * <p>Keeps the order of each thread's calls, its other sends included. Never waits, not even
   * under {@link Limits.Overflow#BLOCK}: where a connection's queue is full, the send to that
   * connection fails; under {@link Limits.Overflow#DROP_OLDEST}, older sends to it fail instead.
   * Such a connection misses a message, and all others get it. A connection that subscribes or
   * unsubscribes at the same time may get it or not.
   *
   * @return how many connections the message was sent to: it is on its way to them, or in their
   *     queues. 0 if there are no subscribers; fewer than the subscribers if some were closing or
   *     had no room
   */
  public int publish(String topic, Message message) {
    Objects.requireNonNull(message, "message");
    return Topics.send(topics().subscribers(topic), message, null);
  }

  /**
   * The connections that are subscribed to a topic now.
   *
   * @return a copy; empty if there are none
   */
  public Collection<WebSocketConnection> subscribers(String topic) {
    return open(topics().subscribers(topic));
  }

  private Topics topics() {
    return Objects.requireNonNull(connections.topics());
  }

  /** Stops the server as {@link #stop(Runnable)} does, without a clean-up. */
  public boolean stop() {
    return stop(() -> {});
  }

  /**
   * Stops the server: it takes no new connections, sends a close frame with 1001 to all (spread
   * over {@link Builder#stopSpread}), waits for them to end for up to {@link Builder#stopTimeout}
   * (by default the close time-out), and aborts those that are left. Plain requests that the HTTP
   * handler is working on are answered within the same time. When this returns, every {@code
   * onClose} has returned, the port is free and the threads are gone; only an {@code onClose} that
   * still blocks after the time-out may still run, and its thread is interrupted.
   *
   * <p>When a handler of this server calls this, it returns at once and the rest happens on another
   * thread, since the handler's own connection cannot end before the handler returns.
   *
   * @param cleanup runs once all connections have ended; does not run if the server was stopped
   *     before
   * @return true if this call stopped the server; false if another one did
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
   * Replaces the certificate and the trust while the server runs: TLS handshakes that begin from
   * now on use the new ones, and open connections keep theirs.
   *
   * @throws IllegalStateException if the server was started without TLS
   * @throws IllegalArgumentException if there is no certificate to present
   */
  public void tls(Tls tls) {
    if (currentTls == null) {
      throw new IllegalStateException("the server was started without tls(…), on plain TCP");
    }
    currentTls.set(tls.requireCertificate());
  }

  /**
   * The engine's own object behind the server, for what this API does not offer. What is done with
   * it is outside of the contract.
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

  /**
   * Describes a server; every option has a default. An option that is set twice has the later
   * value; {@link #header} and {@link #endpoint} add.
   *
   * <p>Not safe from several threads. May be used again: a server that was started before does not
   * change.
   */
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

    /** Uses this backend, whatever any name says. */
    public Builder backend(ServerBackend backend) {
      instance = Objects.requireNonNull(backend, "backend");
      return this;
    }

    /**
     * Sets the address to bind: a host name or an IP address. Default {@code "127.0.0.1"}, which
     * only this machine can reach; {@code "0.0.0.0"} can be reached from everywhere.
     */
    public Builder host(String host) {
      this.host = Objects.requireNonNull(host, "host");
      return this;
    }

    /**
     * Sets the port to bind. Default 8080; 0 takes any that is free, and {@link
     * WebSocketServer#port()} tells which.
     */
    public Builder port(int port) {
      if (port < 0 || port > 65_535) {
        throw new IllegalArgumentException("port must be 0 to 65535, not " + port);
      }
      this.port = port;
      return this;
    }

    /**
     * Sets the path that the builder's own handlers serve; it may have variables, as {@link
     * Endpoint#at} says. Other paths get 404 unless an endpoint serves them. Default: every path
     * that has no endpoint.
     *
     * @param path such as {@code "/ws"}; decoded, so {@code "/a b"} rather than {@code "/a%20b"}
     * @throws IllegalArgumentException if no request can have that path
     */
    public Builder path(String path) {
      this.path = PathPattern.of(path);
      return this;
    }

    /**
     * Adds an endpoint: a path with handlers of its own. Beside endpoints, the builder's own
     * handlers serve {@link #path}, or every other path if that is not set; without handlers of its
     * own, all other paths get 404.
     *
     * @throws IllegalArgumentException at {@link #start} if two endpoints match the same paths
     */
    public Builder endpoint(Endpoint endpoint) {
      endpoints.add(Objects.requireNonNull(endpoint, "endpoint"));
      return this;
    }

    /**
     * Makes a handler for each connection, instead of one for all, so that the handler's fields
     * belong to one connection. The factory runs before the connection opens, on the same kind of
     * thread as the verifier. If it throws, the client gets 500 and learns nothing of the
     * exception. If the client goes away at that very moment, the new handler is never called.
     *
     * @param factory called for each handshake that is accepted
     */
    public Builder handlers(Function<Handshake, ? extends WebSocketHandler> factory) {
      handlers = Objects.requireNonNull(factory, "factory");
      return this;
    }

    /** Sets what decides which handshakes become connections. Default: all that are valid. */
    public Builder verifier(Verifier verifier) {
      this.verifier = Objects.requireNonNull(verifier, "verifier");
      return this;
    }

    /** Sets what answers plain HTTP requests. Default: all get 403. */
    public Builder http(HttpHandler handler) {
      http = Objects.requireNonNull(handler, "handler");
      return this;
    }

    /**
     * Lets web pages of other origins connect. Pages of the server's own origin are always let in,
     * and so are requests without {@code Origin}, which do not come from browsers. Default: no
     * others.
     *
     * <p>The server's own origin is what {@code Host} says, if {@link #allowedHosts} allows that;
     * its scheme is {@code https} with {@link #tls}, or if one of the {@link #trustedProxies} says
     * so.
     *
     * @param origins such as {@code "https://example.com"}; {@code "https://*.example.com"} for all
     *     names below that one, but not for the name itself, which must have two labels or more or
     *     be {@code localhost}: each of those names is then trusted; {@code "*"} for every page
     *     there is
     * @throws IllegalArgumentException if one is not an origin
     */
    public Builder allowedOrigins(String... origins) {
      this.origins = Origins.allowing(List.of(origins));
      return this;
    }

    /**
     * Sets the names by which clients reach the server: a request with any other name in {@code
     * Host}, for a WebSocket or not, gets 421. IP addresses, {@code localhost} and the names below
     * it are always allowed. This keeps out pages whose own name was made to point to this server,
     * and which would otherwise pass for the server's own (DNS rebinding).
     *
     * <p>Default: only the name given to {@link #host}, if the server is bound to an address that
     * only this machine can reach; otherwise every name. Behind a proxy that passes {@code Host}
     * on, set the proxy's names.
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
     * Sets the proxies in front of the server that are believed when they say who the client is. In
     * a request that comes through one of them,
     *
     * <ul>
     *   <li>{@code X-Forwarded-For} gives the client's address: the last one there that is not a
     *       trusted proxy's. That address is what the verifier, the HTTP handler, the observer and
     *       {@link WebSocketConnection#remoteAddress} see, and what {@link
     *       #maxConnectionsPerAddress} counts. Its port is 0 if the header gives none.
     *   <li>{@code X-Forwarded-Proto} says with {@code https} or {@code wss} that the client speaks
     *       TLS, so that the server's own origin begins with {@code https}.
     * </ul>
     *
     * <p>The proxy has to set both headers, and has to pass on {@code Host} as the client sent it.
     * These headers are ignored from everyone else, and by default from everyone, since a client
     * can send what it likes. {@code Forwarded} (RFC 7239) is always ignored, since most proxies
     * pass on what the client put there.
     *
     * @param addresses IP addresses, such as {@code "127.0.0.1"}, and networks, such as {@code
     *     "10.0.0.0/8"}; none that clients have, as they would be believed
     * @throws IllegalArgumentException if one is neither
     */
    public Builder trustedProxies(String... addresses) {
      proxies = Proxies.at(List.of(addresses));
      return this;
    }

    /**
     * Sets how many connections there may be at a time; beyond that, handshakes get 503. Default
     * 10,000.
     */
    public Builder maxConnections(int connections) {
      maxConnections = Require.positive("maxConnections", connections);
      return this;
    }

    /**
     * Sets how many TCP connections there may be at a time: those of WebSockets, of plain HTTP, and
     * those that have not sent a request yet. Beyond that, clients wait until one ends. Default:
     * 1,024 more than {@link #maxConnections}, which leaves room to refuse: if it is not more than
     * that, a full server lets clients wait instead of answering 503. With {@link #http2} fewer may
     * do, since one TCP connection carries many WebSockets.
     *
     * @throws IllegalArgumentException if it is not positive; at {@link #start} if {@link
     *     #maxConnections} is set to more, which could never be reached, without {@code http2}
     */
    public Builder maxTcpConnections(int connections) {
      maxTcpConnections = Require.positive("maxTcpConnections", connections);
      return this;
    }

    /**
     * Sets how many connections one IP address may have at a time; beyond that, handshakes get 429.
     * IPv6 addresses with the same first 64 bits count as one, since a single host may have them
     * all; those that stand for an IPv4 address ({@code ::ffff:0:0/96}, {@code 64:ff9b::/96}) count
     * as that address. Default: no limit but {@link #maxConnections}, since many users may share an
     * address, above all behind a proxy that is not one of the {@link #trustedProxies}.
     */
    public Builder maxConnectionsPerAddress(int connections) {
      maxConnectionsPerAddress = Require.positive("maxConnectionsPerAddress", connections);
      return this;
    }

    /**
     * Sets how many topics one connection may subscribe to; beyond that, {@link
     * WebSocketConnection#subscribe} throws. Default 100.
     */
    public Builder maxTopicsPerConnection(int topics) {
      maxTopicsPerConnection = Require.positive("maxTopicsPerConnection", topics);
      return this;
    }

    /**
     * Spreads the close frames of {@link #stop} evenly over this time, so that 10,000 clients do
     * not all reconnect in the same second. A connection whose close frame is still to come is
     * served as before. Default zero: all at once. Precise to a tenth of the shortest time-out.
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
     * Sets how long {@link #stop} may wait, {@link #stopSpread} included, before it aborts the
     * connections that are left, and answers 503 to requests that are left. Default: {@code
     * stopSpread} plus the close time-out. A peer that does not answer is cut off after the close
     * time-out in any case, so more than that is only for handlers that take long.
     *
     * @throws IllegalArgumentException if it is not positive or longer than 365 days
     */
    public Builder stopTimeout(Duration time) {
      stopTimeout = Require.atMostAYear("stopTimeout", Require.positive("stopTimeout", time));
      return this;
    }

    /**
     * Stops the server when the JVM shuts down: on SIGTERM, on Ctrl-C, on {@code System.exit}. The
     * JVM waits for that as {@link #stop} does. Default: off, and peers see the connection break.
     * The shutdown hook is removed when the server stops.
     *
     * <p>A handler that calls {@code System.exit} itself does not return before the JVM ends, so
     * the stop waits for its whole {@link #stopTimeout} and a second more: have another thread call
     * it.
     */
    public Builder stopOnShutdown() {
      stopOnShutdown = true;
      return this;
    }

    /**
     * Speaks TLS ({@code wss}). Default: plain TCP.
     *
     * @throws IllegalArgumentException if there is no certificate to present
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
     * Sets whether to speak HTTP/2 as well as HTTP/1.1, so that clients can open many WebSockets on
     * one TCP connection (RFC 8441): with {@link #tls} by ALPN, on plain TCP with clients that know
     * it beforehand. Default false. Needs a backend with the capability {@code HTTP2}.
     */
    public Builder http2(boolean http2) {
      this.http2 = http2;
      return this;
    }

    /**
     * Starts the server. When this returns, it is bound and accepts connections.
     *
     * @throws WebSocketException of kind {@code BIND} if the address cannot be bound, {@code
     *     BACKEND} if no backend can be chosen, or if it cannot do what an option asks for; nothing
     *     is left running then
     * @throws IllegalArgumentException if options contradict each other
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
            new ServerStop(
                running, acceptor.answers(), connections, threads, stopSpread, stopTimeout);
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
