package io.github.easywebsocket.jettyclient;

import io.github.easywebsocket.jetty.pipe.JettyVersion;
import io.github.easywebsocket.spi.BackendOption;
import io.github.easywebsocket.spi.Capability;
import io.github.easywebsocket.spi.ClientBackend;
import io.github.easywebsocket.spi.ClientSettings;
import io.github.easywebsocket.spi.Receiver;
import java.net.ProxySelector;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The client backend {@code "jetty"}, on the connections of Jetty 12.1: keeps every rule of
 * CONTRACT.md, and compresses.
 *
 * <p>The clients of one instance share its threads and buffers, which are there while at least one
 * of them is connected or connects: a thread that reads, a few more during handshakes with TLS, all
 * of them daemons. Chosen by its name, each client has an instance of its own; who has many clients
 * makes one and gives it to all of them:
 *
 * <pre>{@code
 * var jetty = new JettyClientBackend();
 * var client = WebSocketClient.builder(uri).backend(jetty).onText(…).connect();
 * }</pre>
 *
 * <p>HTTP/1.1 only. Host names are checked against certificates, and nothing turns that off.
 * Redirects are not followed. Safe from any thread.
 */
public final class JettyClientBackend implements ClientBackend {

  static final String NAME = "jetty";

  /**
   * Which HTTP proxy to connect through. Absent: the JVM's default selector, which knows no proxy
   * unless system properties such as {@code https.proxyHost} name one. {@code
   * ProxySelector.of(null)} connects directly whatever they say. A header {@code
   * Proxy-Authorization} that the client adds goes to the proxy and not to the server. A proxy that
   * refuses is a failure to connect, of kind {@code HANDSHAKE}; one that is not of HTTP, of kind
   * {@code IO}.
   */
  public static final BackendOption<ProxySelector> PROXY =
      new BackendOption<>(NAME, "PROXY", ProxySelector.class);

  private final SharedEngine engine;

  /** Makes a backend with one thread that reads; also for {@link java.util.ServiceLoader}. */
  public JettyClientBackend() {
    this(1);
  }

  /**
   * Makes a backend for many clients.
   *
   * @param ioThreads the number of threads that read from connections, at least 1; with {@code
   *     inline()} they run the handlers too
   */
  public JettyClientBackend(int ioThreads) {
    if (ioThreads < 1) {
      throw new IllegalArgumentException("ioThreads must be positive, not " + ioThreads);
    }
    engine = new SharedEngine(ioThreads);
  }

  @Override
  public String name() {
    return NAME;
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
    return Set.of(Capability.TLS, Capability.COMPRESSION);
  }

  @Override
  public Set<BackendOption<?>> options() {
    return Set.of(PROXY);
  }

  @Override
  public CompletionStage<Void> connect(ClientSettings settings, Receiver receiver) {
    return new Attempt(settings, engine, receiver).start();
  }
}
