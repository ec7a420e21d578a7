package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Compression;
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
    switch (capability) {
      case TLS -> expectRefused(() -> trial.start(builder -> builder.tls(anyContext())));
      case COMPRESSION ->
          expectRefused(() -> trial.start(builder -> builder.compression(Compression.DEFAULT)));
      case HTTP2 -> expectRefused(() -> trial.start(builder -> builder.http2(true)));
      default -> throw nothingAsksFor(capability);
    }
  }

  static void expectRefused(Capability capability, ClientTrial trial) throws Exception {
    int port = trial.listen().port();
    switch (capability) {
      case TLS ->
          expectRefused(() -> trial.builder(URI.create("wss://localhost:" + port)).connect());
      case COMPRESSION ->
          expectRefused(
              () ->
                  trial
                      .builder(URI.create("ws://localhost:" + port))
                      .compression(Compression.DEFAULT)
                      .connect());
      default -> throw nothingAsksFor(capability);
    }
  }

  private static IllegalStateException nothingAsksFor(Capability capability) {
    return new IllegalStateException("no option asks for " + capability);
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
