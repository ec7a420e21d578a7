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
 * The client backend {@code "jetty"}, on the connections of Jetty 12.1. It keeps every rule of
 * CONTRACT.md, and compresses.
 *
 * <p>The clients of one instance share its threads and buffers, which exist while at least one of
 * them is connecting or connected: a thread that reads, and a few more during TLS handshakes, all
 * of them daemons. If the backend is chosen by its name, each client has an instance of its own;
 * for many clients, make one instance and give it to all of them:
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
   * Which HTTP proxy to connect through. Default: the JVM's own selector, which knows no proxy
   * unless system properties such as {@code https.proxyHost} name one. {@code
   * ProxySelector.of(null)} connects directly whatever they say. If the client adds a header {@code
   * Proxy-Authorization}, it goes to the proxy and not to the server. If the proxy refuses,
   * connecting fails with kind {@code HANDSHAKE}; if it is not an HTTP proxy, with kind {@code IO}.
   */
  public static final BackendOption<ProxySelector> PROXY =
      new BackendOption<>(NAME, "PROXY", ProxySelector.class);

  private final SharedEngine engine;

  /** Makes a backend with one thread that reads; nothing is started. */
  public JettyClientBackend() {
    this(1);
  }

  /**
   * Makes a backend for many clients; nothing is started.
   *
   * @param ioThreads the number of threads that read from connections, at least 1; with {@code
   *     inline()} they run the handlers, too
   * @throws IllegalArgumentException if it is less than 1
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
