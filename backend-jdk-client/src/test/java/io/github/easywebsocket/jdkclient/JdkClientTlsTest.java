package io.github.easywebsocket.jdkclient;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Headers;
import io.github.easywebsocket.Limits;
import io.github.easywebsocket.Message;
import io.github.easywebsocket.Timeouts;
import io.github.easywebsocket.WebSocketException;
import io.github.easywebsocket.spi.ClientSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code wss}, with a certificate for {@code localhost} that only its own context trusts. */
@Timeout(30)
class JdkClientTlsTest {

  private static final ExecutorService EXECUTOR = Executors.newCachedThreadPool();
  private static final String PASSWORD = "changeit";

  @TempDir private static Path directory;
  private static SSLContext tls;

  private final Recorder events = new Recorder();

  @BeforeAll
  static void makeCertificate() throws Exception {
    Path file = directory.resolve("keys.p12");
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    String arguments =
        " -genkeypair -keyalg EC -alias server -dname CN=localhost -ext san=dns:localhost"
            + " -storetype PKCS12 -storepass "
            + PASSWORD
            + " -keystore "
            + file;
    Process process =
        new ProcessBuilder((keytool + arguments).split(" ")).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, process.waitFor(), output);
    KeyStore keys = KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
    tls = context(keys);
  }

  private static SSLContext context(KeyStore keys) throws GeneralSecurityException {
    KeyManagerFactory identity =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    identity.init(keys, PASSWORD.toCharArray());
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(keys);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(identity.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  @AfterAll
  static void stopExecutor() {
    EXECUTOR.shutdownNow();
  }

  private CompletableFuture<Void> connecting(URI uri, @Nullable SSLContext trusting) {
    ClientSettings settings =
        new ClientSettings(
            uri,
            Headers.EMPTY,
            List.of(),
            trusting,
            Limits.DEFAULT,
            null,
            Timeouts.DEFAULT,
            EXECUTOR,
            Map.of());
    return new JdkClientBackend().connect(settings, events).toCompletableFuture();
  }

  private void open(RawServer server) throws Exception {
    CompletableFuture<Void> connecting = connecting(server.uri(), tls);
    server.accept();
    connecting.get(10, TimeUnit.SECONDS);
    assertEquals("open null", events.next());
  }

  @RepeatedTest(5)
  void exchangesMessagesAndCloseFrames() throws Exception {
    try (RawServer server = RawServer.startTls(tls)) {
      open(server);
      server.writeHex("8101 61");
      assertEquals("text a", events.next());
      Message message = Message.text("b".repeat(1 << 20));
      boolean sent = events.transport().send(message);
      int received = 0;
      for (RawServer.Frame frame; received < message.size(); ) {
        frame = server.read();
        received += frame.payload().length;
      }
      if (!sent) {
        assertEquals("sent", events.next());
      }
      server.writeHex("8802 03e8");
      assertEquals("close 1000 ", events.next());
      events.transport().close(1000, "");
      events.transport().disconnect();
      assertEquals("88 03e8", server.read().toString());
      assertEquals("closed", events.next());
      server.ends();
    }
  }

  @RepeatedTest(5)
  void reportsTheEndOfTlsBehindAMessage() throws Exception {
    try (RawServer server = RawServer.startTls(tls)) {
      open(server);
      server.writeHex("8101 61");
      server.fin();
      assertEquals("text a", events.next());
      assertEquals("closed", events.next());
    }
  }

  @RepeatedTest(5)
  void answersAViolationWithACloseFrame() throws Exception {
    try (RawServer server = RawServer.startTls(tls)) {
      open(server);
      server.writeHex("8300");
      assertEquals("88 03ea", server.read().toString());
    }
  }

  @ParameterizedTest
  @CsvSource({"localhost, false", "127.0.0.1, true"})
  void refusesAServerThatIsNotTrustedOrHasAnotherName(String host, boolean trusted)
      throws Exception {
    try (RawServer server = RawServer.startTls(tls)) {
      CompletableFuture<Void> serving =
          CompletableFuture.runAsync(
              () -> {
                try {
                  server.acceptRequest();
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      URI uri = URI.create(server.uri().toString().replace("localhost", host));
      CompletableFuture<Void> connecting = connecting(uri, trusted ? tls : null);
      ExecutionException failure =
          assertThrows(ExecutionException.class, () -> connecting.get(10, TimeUnit.SECONDS));
      WebSocketException refusal = assertInstanceOf(WebSocketException.class, failure.getCause());
      assertTrue(failure.toString().contains("TLS failed"), failure::toString);
      assertInstanceOf(SSLException.class, refusal.getCause());
      assertThrows(ExecutionException.class, () -> serving.get(10, TimeUnit.SECONDS)); // no request
      assertNull(events.peek());
    }
  }
}
