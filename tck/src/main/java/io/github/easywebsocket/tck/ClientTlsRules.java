package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.github.easywebsocket.WebSocketClient;
import io.github.easywebsocket.WebSocketException;
import io.github.easywebsocket.spi.Capability;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Section 10, clients, over TLS. */
interface ClientTlsRules {

  /** Connects to a server with that certificate, and trusts what is given, or the JVM's own. */
  private static CompletableFuture<WebSocketClient> connect(
      ClientTrial trial, RawServer server, @Nullable SSLContext trust) {
    URI uri = URI.create("wss://localhost:" + server.port() + "/ws");
    WebSocketClient.Builder builder = trial.builder(uri);
    if (trust != null) {
      builder.tls(trust);
    }
    return trial.connect(builder);
  }

  private static RawServer listen(ClientTrial trial, Certificates certificate) throws IOException {
    return trial.keep(RawServer.listen(certificate.context(), 0));
  }

  /** Shakes hands with TLS, which the client must not do. */
  private static CompletableFuture<Head> acceptAndRead(ClientTrial trial, RawServer server) {
    return Background.call(() -> trial.keep(server.accept(trial.newWire())).readHead());
  }

  private static void expectUntrusted(
      ClientTrial trial, Certificates certificate, @Nullable SSLContext trust) throws Exception {
    RawServer server = listen(trial, certificate);
    CompletableFuture<Head> request = acceptAndRead(trial, server);
    Throwable failure = Patience.failure(connect(trial, server, trust), "connect");
    assertInstanceOf(IOException.class, failure);
    if (failure instanceof WebSocketException e) {
      assertFalse(e.kind() == WebSocketException.Kind.TIMEOUT, () -> "told at once, not " + e);
    }
    Patience.failure(request, "a request to a server that is not trusted");
    assertFalse(trial.events().hasOpened(), "no handler sees it");
  }

  @Test
  @Requires(Capability.TLS)
  default void rule_10_4_a_certificate_that_is_trusted_is_taken(ClientTrial trial)
      throws Exception {
    RawServer server = listen(trial, Certificates.LOCALHOST);
    CompletableFuture<WebSocketClient> connected =
        connect(trial, server, Certificates.LOCALHOST.context());
    RawPeer peer = trial.acceptOpen(server);
    Patience.get(connected, "connect");
    Link link = new Link(trial.events().opened(), peer);
    link.expectMessagesOfEverySize().endWell();
  }

  @Test
  @Requires(Capability.TLS)
  default void rule_10_4_an_untrusted_certificate_fails(ClientTrial trial) throws Exception {
    expectUntrusted(trial, Certificates.LOCALHOST, null);
  }

  @Test
  @Requires(Capability.TLS)
  default void rule_10_4_a_certificate_that_is_trusted_by_another_only_fails(ClientTrial trial)
      throws Exception {
    expectUntrusted(trial, Certificates.LOCALHOST, Certificates.ELSEWHERE.context());
  }

  @Test
  @Requires(Capability.TLS)
  default void rule_10_4_a_certificate_for_another_host_fails(ClientTrial trial) throws Exception {
    expectUntrusted(trial, Certificates.ELSEWHERE, Certificates.ELSEWHERE.context());
  }
}
