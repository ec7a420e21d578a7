package io.github.easywebsocket.tck;

import io.github.easywebsocket.WebSocketServer;
import io.github.easywebsocket.spi.ServerBackend;
import java.time.Duration;

/**
 * Proves that a server backend keeps sections 1 to 8 of CONTRACT.md. Extend it once for each
 * backend, and once more with {@link #inline()}; the class then is a JUnit test.
 *
 * <p>Writes what was found to {@code target/tck/<backend>.json} and {@code .md}, for inline
 * handlers {@code <backend>-inline}.
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

  /** How long a test waits for each thing. */
  Duration patience() {
    return Patience.TIME;
  }
}
