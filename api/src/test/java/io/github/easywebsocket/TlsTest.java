package io.github.easywebsocket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.security.Principal;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Certificates and keys from files, with real handshakes of TLS between two engines. */
class TlsTest {

  private static final String PASSWORD = "changeit";

  @TempDir static Path folder;

  /** Makes name.p12, name.pem and name-key.pem for each kind of key. */
  @BeforeAll
  static void makeCertificates() throws Exception {
    for (String kind : List.of("RSA", "EC", "Ed25519", "other")) {
      makeCertificate(kind, kind.equals("other") ? "EC" : kind);
    }
  }

  private static void makeCertificate(String name, String algorithm) throws Exception {
    Path p12 = folder.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "a",
                "-keyalg",
                algorithm,
                "-dname",
                "CN=" + name,
                "-storetype",
                "PKCS12",
                "-keystore",
                p12.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .start();
    String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, keytool.waitFor(), output);
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(p12)) {
      store.load(in, PASSWORD.toCharArray());
    }
    Key key = store.getKey("a", PASSWORD.toCharArray());
    write(name + ".pem", "CERTIFICATE", store.getCertificate("a").getEncoded());
    Files.write(folder.resolve(name + ".der"), store.getCertificate("a").getEncoded());
    write(name + "-key.pem", "PRIVATE KEY", key.getEncoded());
  }

  private static Path write(String name, String label, byte[] bytes) throws IOException {
    String base64 = Base64.getMimeEncoder().encodeToString(bytes);
    String pem = "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
    return Files.writeString(folder.resolve(name), pem);
  }

  private static Path file(String name) {
    return folder.resolve(name);
  }

  private static Tls pem(String name) throws IOException {
    return Tls.pem(file(name + ".pem"), file(name + "-key.pem"));
  }

  // ---- damage

  @Test
  @Tag("sized")
  void damagedFilesAreIOExceptionsThatHoldNothingOfTheKey() throws Exception {
    long seed = Long.getLong("easywebsocket.seed", new Random().nextInt());
    System.out.println("damaged files: seed " + seed);
    Random luck = new Random(seed);
    byte[] key = Files.readAllBytes(file("RSA-key.pem"));
    String secret = new String(key, StandardCharsets.US_ASCII).substring(60, 90);
    int files = Math.max(100, Integer.getInteger("easywebsocket.fuzz", 0) / 1000);
    for (int i = 0; i < files; i++) {
      Path damaged = Files.write(file("damaged-key.pem"), damaged(luck, key));
      Path certificate =
          Files.write(file("damaged.pem"), damaged(luck, Files.readAllBytes(file("RSA.pem"))));
      try {
        Tls.pem(luck.nextBoolean() ? certificate : file("RSA.pem"), damaged);
      } catch (IOException e) {
        assertFalse(e.toString().contains(secret), "the key is told");
      }
    }
  }

  private static byte[] damaged(Random luck, byte[] whole) {
    byte[] bytes =
        luck.nextInt(4) == 0 ? Arrays.copyOf(whole, luck.nextInt(whole.length)) : whole.clone();
    for (int changes = luck.nextInt(4); changes > 0 && bytes.length > 0; changes--) {
      bytes[luck.nextInt(bytes.length)] = (byte) luck.nextInt(luck.nextBoolean() ? 256 : 128);
    }
    return bytes;
  }

  // ---- handshakes

  /** Shakes hands; what the server has seen of the client. */
  private static SSLEngine shakeHands(SSLContext server, Tls client) throws SSLException {
    SSLEngine there = server.createSSLEngine();
    SSLEngine here = client.context().createSSLEngine("localhost", 1);
    here.setUseClientMode(true);
    ByteBuffer toServer = ByteBuffer.allocate(1 << 16);
    ByteBuffer toClient = ByteBuffer.allocate(1 << 16);
    for (int i = 0; i < 30; i++) {
      step(here, toServer, toClient);
      step(there, toClient, toServer);
    }
    assertEquals(HandshakeStatus.NOT_HANDSHAKING, here.getHandshakeStatus(), "the client");
    assertEquals(HandshakeStatus.NOT_HANDSHAKING, there.getHandshakeStatus(), "the server");
    return there;
  }

  private static void step(SSLEngine engine, ByteBuffer out, ByteBuffer in) throws SSLException {
    ByteBuffer none = ByteBuffer.allocate(0);
    engine.wrap(none, out);
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
    in.flip();
    engine.unwrap(in, ByteBuffer.allocate(1 << 16));
    in.compact();
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
  }

  private static SSLContext server(Tls tls) {
    return new CurrentTls(tls).asContext();
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC", "Ed25519"})
  void aCertificateFromPemIsShownAndTrusted(String name) throws Exception {
    SSLEngine seen = shakeHands(server(pem(name)), Tls.trusting(file(name + ".pem")));
    assertEquals("TLSv1.3", seen.getSession().getProtocol());
  }

  @Test
  void aCertificateFromPkcs12IsShown() throws Exception {
    Tls tls = Tls.pkcs12(file("EC.p12"), PASSWORD.toCharArray());
    shakeHands(server(tls), Tls.trusting(file("EC.pem")));
  }

  @Test
  void keyAndCertificateMayBeInOneFileAmongText() throws Exception {
    String both =
        "subject=EC\r\n"
            + Files.readString(file("EC-key.pem")).replace("\n", "\r\n")
            + "and\n"
            + Files.readString(file("EC.pem"));
    Path file = Files.writeString(file("both.pem"), both);
    shakeHands(server(Tls.pem(file, file)), Tls.trusting(file("EC.pem")));
  }

  @Test
  void anotherCertificateIsNotTrusted() throws Exception {
    Tls client = Tls.trusting(file("other.pem"));
    assertThrows(SSLException.class, () -> shakeHands(server(pem("EC")), client));
  }

  @Test
  void oneOfSeveralTrustedSuffices() throws Exception {
    String both = Files.readString(file("other.pem")) + Files.readString(file("EC.pem"));
    Path anchors = Files.writeString(file("anchors.pem"), both);
    shakeHands(server(pem("EC")), Tls.trusting(anchors));
  }

  @Test
  void aClientShowsItsCertificateWhereOneIsAskedFor() throws Exception {
    Tls client = pem("other").trust(file("EC.pem"));
    Tls wanting = pem("EC").trust(file("other.pem")).wantClientCertificate();
    for (Tls asking : List.of(wanting, wanting.needClientCertificate())) {
      Principal principal = shakeHands(server(asking), client).getSession().getPeerPrincipal();
      assertEquals("CN=other", principal.getName());
    }
  }

  @Test
  void aClientWithoutACertificateIsRefusedWhereOneIsNeededOnly() throws Exception {
    Tls client = Tls.trusting(file("EC.pem"));
    Tls trusting = pem("EC").trust(file("other.pem"));
    shakeHands(server(trusting), client);
    shakeHands(server(trusting.wantClientCertificate()), client);
    assertThrows(
        SSLException.class, () -> shakeHands(server(trusting.needClientCertificate()), client));
  }

  @Test
  void enginesAreMadeByTheTlsOfTheMoment() throws Exception {
    CurrentTls current = new CurrentTls(pem("EC"));
    SSLContext context = current.asContext();
    shakeHands(context, Tls.trusting(file("EC.pem")));
    current.set(pem("other"));
    shakeHands(context, Tls.trusting(file("other.pem")));
    assertThrows(SSLException.class, () -> shakeHands(context, Tls.trusting(file("EC.pem"))));
  }

  @Test
  void onlyTls12And13AreSpoken() throws Exception {
    SSLEngine engine = server(pem("EC")).createSSLEngine("localhost", 1);
    assertFalse(engine.getUseClientMode());
    assertArrayEquals(new String[] {"TLSv1.3", "TLSv1.2"}, engine.getEnabledProtocols());
  }

  // ---- what is refused

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "none.pem   | EC-key.pem    | none.pem     | NoSuchFileException",
        "EC.pem     | none.pem      | none.pem     | NoSuchFileException",
        "EC-key.pem | EC-key.pem    | EC-key.pem   | no certificate",
        "EC.pem     | EC.pem        | EC.pem       | PRIVATE KEY-----; it has CERTIFICATE",
        "EC.pem     | other-key.pem | other-key.pem | does not belong to the first certificate",
        "EC.pem     | RSA-key.pem   | RSA-key.pem  | not of the certificate's algorithm, EC",
        "EC.pem     | encrypted.pem | encrypted.pem | encrypted",
        "EC.pem     | pkcs1.pem     | its RSA PRIVATE KEY is not PKCS#8 | openssl pkcs8 -topk8 -nocrypt -in",
        "EC.pem     | old.pem       | old.pem      | not PKCS#8",
        "EC.pem     | ssh.pem       | ssh.pem      | it has OPENSSH PRIVATE KEY",
        "EC.pem     | EC.p12        | EC.p12       | it is PKCS12, not PEM; show its certificate with",
        "EC.p12     | EC-key.pem    | EC.p12       | it is PKCS12, not PEM",
        "EC.der     | EC-key.pem    | EC.der       | it is DER, not PEM",
        "text.txt   | EC-key.pem    | text.txt     | it is no PEM file",
        "EC.pem     | broken.pem    | broken.pem   | not of the certificate's algorithm",
        "broken-certificate.pem | EC-key.pem | broken-certificate.pem | not valid",
      })
  void whatCannotBeUsedIsNamedWithItsReason(String chain, String key, String name, String reason)
      throws Exception {
    byte[] content = "content".getBytes(StandardCharsets.US_ASCII);
    write("encrypted.pem", "ENCRYPTED PRIVATE KEY", content);
    write("pkcs1.pem", "RSA PRIVATE KEY", content);
    write("ssh.pem", "OPENSSH PRIVATE KEY", content);
    Files.writeString(
        file("old.pem"),
        Files.readString(file("pkcs1.pem"))
            .replaceFirst("KEY-----\n", "$0Proc-Type: 4,ENCRYPTED\nDEK-Info: DES-EDE3-CBC,1A\n\n"));
    Files.writeString(file("text.txt"), "content");
    write("broken.pem", "PRIVATE KEY", content);
    write("broken-certificate.pem", "CERTIFICATE", content);
    assertFails(() -> Tls.pem(file(chain), file(key)), name, reason);
  }

  private static void assertFails(Executable code, String... parts) {
    Throwable failure = assertThrows(IOException.class, code);
    for (String part : parts) {
      assertTrue(String.valueOf(failure.getMessage()).contains(part), failure::toString);
    }
    String secret = Base64.getEncoder().encodeToString("content".getBytes(StandardCharsets.UTF_8));
    for (Throwable each = failure; each != null; each = each.getCause()) {
      assertFalse(each.toString().contains(secret), each::toString);
    }
  }

  @Test
  void aPkcs12FileThatCannotBeUsedIsNamedWithItsReason() throws Exception {
    char[] wrong = "wrong".toCharArray();
    assertFails(() -> Tls.pkcs12(file("EC.p12"), wrong), "EC.p12", "password was incorrect");
    assertFails(() -> Tls.pkcs12(file("none.p12"), wrong), "none.p12", "cannot read", "NoSuchFile");
    assertFails(() -> Tls.pkcs12(file("EC.pem"), wrong), "EC.pem", "it is PEM, not PKCS12");
    assertFails(() -> Tls.trusting(file("EC.p12")), "EC.p12", "it is PKCS12", "pkcs12 -nokeys -in");
    assertFails(() -> Tls.trusting(file("EC-key.pem")), "EC-key.pem", "no certificate");
  }

  @Test
  void trustThatIsNotSaidIsNotGuessed() throws Exception {
    Tls own = pem("EC");
    assertThrows(IllegalArgumentException.class, own::needClientCertificate);
    assertThrows(IllegalArgumentException.class, own::wantClientCertificate);
    Tls given = Tls.of(SSLContext.getDefault());
    given.needClientCertificate();
    assertThrows(IllegalArgumentException.class, () -> given.trust(file("EC.pem")));
  }

  @Test
  void theBuildersTakeOnlyWhatTheirEndCanBe() throws Exception {
    Tls anonymous = Tls.trusting(file("EC.pem"));
    Tls asking = anonymous.needClientCertificate();
    WebSocketServer.Builder server = WebSocketServer.builder();
    WebSocketClient.Builder client = WebSocketClient.builder(URI.create("wss://localhost"));
    assertThrows(IllegalArgumentException.class, () -> server.tls(anonymous));
    assertThrows(IllegalArgumentException.class, () -> client.tls(asking));
    assertSame(client, client.tls(anonymous));
    assertSame(server, server.tls(pem("EC")));
    try (WebSocketServer plain = WebSocketServer.builder().backend(new FakeBackend()).start()) {
      assertThrows(IllegalStateException.class, () -> plain.tls(pem("EC")));
    }
  }
}
