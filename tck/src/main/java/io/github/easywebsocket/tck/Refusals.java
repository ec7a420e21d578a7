package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.WebSocketException;
import io.github.easywebsocket.spi.Capability;
import java.net.URI;
import java.security.NoSuchAlgorithmException;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.function.Executable;

/** What a backend without a capability must do: refuse what needs it, with EWS-106. */
final class Refusals {

  private Refusals() {}

  static void expectRefused(Capability capability, ServerTrial trial) throws Exception {
    requireTls(capability);
    expectRefused(() -> trial.start(builder -> builder.tls(anyContext())));
  }

  static void expectRefused(Capability capability, ClientTrial trial) throws Exception {
    requireTls(capability);
    URI uri = URI.create("wss://localhost:" + trial.listen().port());
    expectRefused(() -> trial.builder(uri).connect());
  }

  private static void requireTls(Capability capability) {
    if (capability != Capability.TLS) {
      throw new IllegalStateException("no option asks for " + capability);
    }
  }

  private static void expectRefused(Executable use) {
    WebSocketException refusal = assertThrows(WebSocketException.class, use);
    assertEquals(WebSocketException.Kind.BACKEND, refusal.kind());
    assertTrue(
        String.valueOf(refusal.getMessage()).startsWith("EWS-106"),
        () -> "expected EWS-106, seen: " + refusal.getMessage());
  }

  private static SSLContext anyContext() {
    try {
      return SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
