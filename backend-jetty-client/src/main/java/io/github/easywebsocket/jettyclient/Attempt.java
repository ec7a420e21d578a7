package io.github.easywebsocket.jettyclient;

import io.github.easywebsocket.WebSocketException;
import io.github.easywebsocket.driver.WebSocketDriver;
import io.github.easywebsocket.spi.ClientSettings;
import io.github.easywebsocket.spi.Receiver;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.nio.channels.SocketChannel;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to connect, from the settings to {@code Receiver.open} or a failure; which of the
 * two, is decided once.
 *
 * <pre>
 *   look-up, TCP [CONNECT of a proxy] [TLS] handshake
 * </pre>
 *
 * <p>The look-up, which may block, runs on the executor of the settings, all else on the engine's
 * threads. If the host has several addresses, the next is tried when TCP fails with one.
 */
final class Attempt {

  private final ClientSettings settings;
  private final SharedEngine shared;
  private final Receiver receiver;
  private final Target target;
  private final ClientHandshake handshake;
  private final CompletableFuture<Void> result = new CompletableFuture<>();
  private final CompletableFuture<Void> deadline = new CompletableFuture<>();
  private final AtomicBoolean decided = new AtomicBoolean();

  private volatile @Nullable InetSocketAddress proxy;

  /** Why TLS has failed: the end of the connection, which follows, may be told before it. */
  private volatile @Nullable Throwable tlsFailure;

  /** Those not tried yet; one thread at a time, which the engine hands on. */
  private final Queue<InetSocketAddress> addresses = new ArrayDeque<>();

  // guarded by this
  private boolean failed;
  private SharedEngine.@Nullable Use use;
  private @Nullable Closeable connection; // the channel, then its endpoint

  Attempt(ClientSettings settings, SharedEngine shared, Receiver receiver) {
    this.settings = settings;
    this.shared = shared;
    this.receiver = receiver;
    this.target = Target.of(settings.uri());
    this.handshake = new ClientHandshake(settings, target);
  }

  /** See {@link io.github.easywebsocket.spi.ClientBackend#connect}. */
  CompletionStage<Void> start() {
    Duration limit = settings.timeouts().handshake();
    result.exceptionally(
        cancelled -> {
          fail(cancelled); // nobody waits any more
          return null;
        });
    try {
      deadline
          .orTimeout(limit.toNanos(), TimeUnit.NANOSECONDS)
          .exceptionallyAsync(
              late -> {
                fail(Failures.timedOut(target, limit, late));
                return null;
              },
              settings.executor());
      settings.executor().execute(this::lookUp);
    } catch (RuntimeException e) {
      fail(e);
    }
    return result;
  }

  // ---- to the server

  private void lookUp() {
    try {
      InetSocketAddress first = selectProxy();
      proxy = first;
      String host = first == null ? target.host() : first.getHostString();
      int port = first == null ? target.port() : first.getPort();
      for (InetAddress address : InetAddress.getAllByName(host)) {
        addresses.add(new InetSocketAddress(address, port));
      }
      SharedEngine.Use use = shared.use();
      if (!keep(use)) {
        use.close();
      } else {
        connectNext(use.engine());
      }
    } catch (Throwable e) {
      fail(e);
    }
  }

  private @Nullable InetSocketAddress selectProxy() throws IOException {
    ProxySelector selector =
        settings.options().get(JettyClientBackend.PROXY) instanceof ProxySelector own
            ? own
            : ProxySelector.getDefault();
    List<Proxy> proxies = selector == null ? List.of() : selector.select(target.http());
    Proxy first = proxies.isEmpty() ? Proxy.NO_PROXY : proxies.get(0);
    return switch (first.type()) {
      case DIRECT -> null;
      case HTTP -> (InetSocketAddress) first.address();
      case SOCKS ->
          throw new IOException(
              first + " is no HTTP proxy; name one by the option " + JettyClientBackend.PROXY);
    };
  }

  /** Begins with the next address; one that fails at once is followed by the one after it. */
  private void connectNext(Engine engine) throws IOException {
    for (boolean begun = false; !begun; ) {
      SocketChannel channel = SocketChannel.open();
      try {
        begun = true;
        if (keep(channel)) {
          engine.connect(channel, addresses.remove(), this);
        } else {
          channel.close();
        }
      } catch (IOException | RuntimeException e) {
        channel.close();
        if (addresses.isEmpty()) {
          throw e;
        }
        begun = false;
      }
    }
  }

  /** TCP has failed with one of the addresses. */
  void notConnected(Throwable failure) {
    SharedEngine.Use use = currentUse();
    if (use == null || addresses.isEmpty()) {
      fail(failure);
      return;
    }
    try {
      connectNext(use.engine());
    } catch (Throwable e) {
      fail(e);
    }
  }

  /** TCP is there; what is returned is opened. Null if the attempt has failed. */
  @Nullable Connection connected(EndPoint endPoint) throws IOException {
    SharedEngine.Use use = currentUse();
    if (use == null || !keep(endPoint)) {
      return null;
    }
    return proxy == null
        ? toServer(endPoint, use.engine())
        : new RequestConnection(
            endPoint, use.engine(), handshake.tunnelRequest(), this::tunnelAnswered, this::fail);
  }

  private void tunnelAnswered(EndPoint endPoint, Answer answer) throws IOException {
    SharedEngine.Use use = currentUse();
    if (answer.status() / 100 != 2) {
      throw Failures.refusedByProxy(target, answer);
    }
    if (use != null) {
      endPoint.upgrade(toServer(endPoint, use.engine()));
    }
  }

  /** What shakes hands with the server. */
  private Connection toServer(EndPoint endPoint, Engine engine) throws IOException {
    if (!target.isSecure()) {
      return handshake(endPoint, engine);
    }
    SslConnection tls =
        new SslConnection(
            engine.pool(), engine.getExecutor(), null, endPoint, tlsEngine(), true, true);
    tls.addHandshakeListener(
        new SslHandshakeListener() {
          @Override
          public void handshakeFailed(Event event, Throwable failure) {
            tlsFailure = failure;
          }
        });
    tls.getSslEndPoint().setConnection(handshake(tls.getSslEndPoint(), engine));
    return tls;
  }

  private SSLEngine tlsEngine() throws IOException {
    try {
      SSLContext context = settings.tls() != null ? settings.tls() : SSLContext.getDefault();
      SSLEngine tls = context.createSSLEngine(target.host(), target.port());
      tls.setUseClientMode(true);
      SSLParameters parameters = tls.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS"); // checks the name of the host
      tls.setSSLParameters(parameters);
      return tls;
    } catch (GeneralSecurityException e) {
      throw new IOException("the JVM has no TLS: " + e.getMessage(), e);
    }
  }

  private Connection handshake(EndPoint endPoint, Engine engine) {
    return new RequestConnection(
        endPoint, engine, handshake.request(proxy != null), this::answered, this::fail);
  }

  private void answered(EndPoint endPoint, Answer answer) throws IOException {
    ClientHandshake.Agreed agreed = handshake.agreed(answer);
    SharedEngine.Use own = currentUse();
    if (own == null || !decided.compareAndSet(false, true)) {
      return;
    }
    deadline.complete(null);
    try {
      endPoint.upgrade(
          new ClientPipe(
              endPoint,
              own,
              pipe ->
                  WebSocketDriver.client(
                      pipe, own.engine().buffers(), settings.limits(), agreed.deflate(), receiver),
              driver -> {
                driver.open(agreed.subprotocol());
                result.complete(null);
              }));
    } catch (RuntimeException | Error e) {
      endPoint.close();
      own.close();
      result.completeExceptionally(e);
    }
  }

  // ---- what is held

  /** False if the attempt has failed: then it is the caller's to close. */
  private synchronized boolean keep(SharedEngine.Use use) {
    this.use = use;
    return !failed;
  }

  private synchronized boolean keep(Closeable connection) {
    this.connection = connection;
    return !failed;
  }

  /** Null if the attempt has failed. */
  private synchronized SharedEngine.@Nullable Use currentUse() {
    return failed ? null : use;
  }

  private void fail(Throwable cause) {
    if (decided.compareAndSet(false, true)) {
      deadline.complete(null);
      release();
      Throwable tls = tlsFailure;
      Throwable why = tls == null || cause instanceof WebSocketException ? cause : tls;
      result.completeExceptionally(Failures.explain(way(), why));
    }
  }

  private String way() {
    InetSocketAddress by = proxy;
    return by == null
        ? target.toString()
        : target + " by the proxy " + by.getHostString() + ":" + by.getPort();
  }

  private void release() {
    Closeable connection;
    SharedEngine.Use use;
    synchronized (this) {
      failed = true;
      connection = this.connection;
      use = this.use;
    }
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (IOException e) {
      // it is gone either way
    }
    if (use != null) {
      use.close();
    }
  }
}
