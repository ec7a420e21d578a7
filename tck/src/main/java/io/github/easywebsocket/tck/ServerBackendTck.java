package io.github.easywebsocket.tck;

import io.github.easywebsocket.WebSocketServer;
import io.github.easywebsocket.spi.Capability;
import io.github.easywebsocket.spi.ServerBackend;
import java.time.Duration;
import java.util.Set;

/**
 * Proves that a server backend keeps sections 1 to 9, 11 and 12 of CONTRACT.md. Extend it once for
 * each backend, and once more with {@link #inline()}; each class then is a JUnit test.
 *
 * <p>Writes its findings to {@code target/tck/<name>.json} and {@code .md}; see {@link #name()}.
 */
public abstract class ServerBackendTck implements ServerSuite {

  /** For subclasses. */
  protected ServerBackendTck() {}

  /** The backend under test; called once for each test. */
  protected abstract ServerBackend backend();

  /** Whether handlers run inline. By default they do not. */
  protected boolean inline() {
    return false;
  }

  /** Sets options of the backend. By default there are none. */
  protected void configure(WebSocketServer.Builder builder) {}

  /**
   * What the backend can do under the options that {@link #configure} sets. By default, everything
   * that it declares.
   */
  protected Set<Capability> capabilities() {
    return backend().capabilities();
  }

  /**
   * What the backend cannot keep under the options that {@link #configure} sets, in the form of
   * {@link io.github.easywebsocket.spi.Backend#variances}. By default, what it declares.
   */
  protected Set<String> variances() {
    return backend().variances();
  }

  /**
   * The name of the reports. By default the backend's, followed by {@code -inline} for inline
   * handlers.
   */
  protected String name() {
    return backend().name() + (inline() ? "-inline" : "");
  }

  /** How long a test waits for each thing. */
  Duration patience() {
    return Patience.TIME;
  }
}
