package io.github.easywebsocket.jettyclient;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Compression;
import io.github.easywebsocket.Tls;
import io.github.easywebsocket.WebSocketClient;
import io.github.easywebsocket.WebSocketException;
import java.io.IOException;
import java.nio.file.Path;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code wss}, with certificates of both ends. */
@Timeout(60)
class JettyClientTlsTest {

  private static final String PASSWORD = "changeit";

  @TempDir private static Path directory;

  @BeforeAll
  static void makeCertificates() throws Exception {
    for (String name : new String[] {"localhost", "ann"}) {
      keytool(
          "-genkeypair -keyalg EC -alias " + name + " -dname CN=" + name + " -ext san=dns:" + name);
      keytool("-exportcert -rfc -alias " + name + " -file " + directory.resolve(name + ".pem"));
    }
  }

  private static void keytool(String arguments) throws Exception {
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    String alias = arguments.replaceAll(".*-alias (\\w+).*", "$1");
    String store =
        " -storetype PKCS12 -storepass " + PASSWORD + " -keystore " + directory.resolve(alias);
    Process process =
        new ProcessBuilder((keytool + " " + arguments + store).split(" "))
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, process.waitFor(), output);
  }

  private static Tls identity(String name, String trusted) throws IOException {
    return Tls.pkcs12(directory.resolve(name), PASSWORD.toCharArray())
        .trust(directory.resolve(trusted + ".pem"));
  }

  @Test
  void bothEndsShowACertificate() throws Exception {
    Tls needed = identity("localhost", "ann").needClientCertificate();
    try (Echo echo = Echo.start("wss", builder -> builder.tls(needed));
        WebSocketClient client = Echo.connect(echo.client().tls(identity("ann", "localhost")))) {
      assertTrue(client.connection().isOpen());
    }
  }

  @Test
  void withoutTheCertificateThatIsNeededItIsRefused() throws Exception {
    Tls needed = identity("localhost", "ann").needClientCertificate();
    try (Echo echo = Echo.start("wss", builder -> builder.tls(needed))) {
      Tls anonymous = Tls.trusting(directory.resolve("localhost.pem"));
      assertThrows(IOException.class, () -> Echo.connect(echo.client().tls(anonymous)));
    }
  }

  @Test
  void aCertificateThatIsNotTrustedSaysSo() throws Exception {
    Tls tls = Tls.pkcs12(directory.resolve("localhost"), PASSWORD.toCharArray());
    try (Echo echo = Echo.start("wss", builder -> builder.tls(tls))) {
      for (int i = 0; i < 20; i++) { // the end, which follows, is seen by another thread
        WebSocketException failure =
            assertThrows(WebSocketException.class, () -> Echo.connect(echo.client()));
        assertEquals(WebSocketException.Kind.IO, failure.kind());
        assertTrue(failure.toString().contains("TLS failed"), failure::toString);
        assertInstanceOf(SSLException.class, failure.getCause());
      }
    }
  }

  @Test
  void clientsOfOneInstanceMayTrustOthers() throws Exception {
    JettyClientBackend shared = new JettyClientBackend();
    Tls tls = Tls.pkcs12(directory.resolve("localhost"), PASSWORD.toCharArray());
    Tls trusting = Tls.trusting(directory.resolve("localhost.pem"));
    try (Echo plain = Echo.start();
        Echo echo =
            Echo.start("wss", builder -> builder.tls(tls).compression(Compression.DEFAULT));
        WebSocketClient one = Echo.connect(plain.client().backend(shared));
        WebSocketClient two =
            Echo.connect(
                echo.client()
                    .backend(shared)
                    .tls(trusting)
                    .compression(Compression.DEFAULT.withMinSize(1)))) {
      WebSocketException untrusted =
          assertThrows(WebSocketException.class, () -> Echo.connect(echo.client().backend(shared)));
      assertEquals(WebSocketException.Kind.IO, untrusted.kind(), untrusted::toString);
      assertTrue(one.connection().isOpen() && two.connection().isOpen());
    }
  }
}
