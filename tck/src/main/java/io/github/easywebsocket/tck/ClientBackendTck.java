package io.github.easywebsocket.tck;

import io.github.easywebsocket.WebSocketClient;
import io.github.easywebsocket.spi.ClientBackend;
import java.time.Duration;

/**
 * Proves that a client backend keeps sections 1, 3 to 6, 9 and 10 of CONTRACT.md. Extend it once
 * for each backend, and once more with {@link #inline()}; each class then is a JUnit test.
 *
 * <p>Writes its findings to {@code target/tck/<backend>.json} and {@code .md}; with inline handlers
 * the name is {@code <backend>-inline}.
 */
public abstract class ClientBackendTck implements ClientSuite {

  /** For subclasses. */
  protected ClientBackendTck() {}

  /** The backend under test; called once for each test. */
  protected abstract ClientBackend backend();

  /** Whether handlers run inline. By default they do not. */
  protected boolean inline() {
    return false;
  }

  /** Sets options of the backend. By default there are none. */
  protected void configure(WebSocketClient.Builder builder) {}

  /** How long a test waits for each thing. */
  Duration patience() {
    return Patience.TIME;
  }
}
