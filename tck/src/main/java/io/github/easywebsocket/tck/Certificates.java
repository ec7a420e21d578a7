package io.github.easywebsocket.tck;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Self-signed certificates, made by the JDK's keytool when they are first needed. */
final class Certificates {

  private static final char[] PASSWORD = "changeit".toCharArray();

  /** For localhost and 127.0.0.1. */
  static final Certificates LOCALHOST = create("dns:localhost,ip:127.0.0.1");

  /** For a host that nobody has. */
  static final Certificates ELSEWHERE = create("dns:elsewhere.example");

  private final KeyStore store;

  private Certificates(KeyStore store) {
    this.store = store;
  }

  /** Has them made by now, not within the time of a test. */
  static void prepare() {}

  private static Certificates create(String names) {
    try {
      Path folder = Files.createTempDirectory("easy-websocket-tck");
      Path file = folder.resolve("keys.p12");
      keytool(names, file);
      KeyStore store = KeyStore.getInstance("PKCS12");
      try (InputStream in = Files.newInputStream(file)) {
        store.load(in, PASSWORD);
      }
      Files.delete(file);
      Files.delete(folder);
      return new Certificates(store);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("cannot make a certificate", e);
    }
  }

  private static void keytool(String names, Path file) throws IOException {
    Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    List<String> command =
        List.of(
            keytool.toString(),
            "-genkeypair",
            "-alias",
            "tck",
            "-keyalg",
            "EC",
            "-dname",
            "CN=easy-websocket TCK",
            "-validity",
            "30",
            "-ext",
            "san=" + names,
            "-keystore",
            file.toString(),
            "-storetype",
            "PKCS12",
            "-storepass",
            new String(PASSWORD));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException("keytool failed: " + output);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** A context that shows this certificate, and trusts it. */
  SSLContext context() {
    return contextTrusting(this);
  }

  /** A context that shows this certificate, and trusts another. */
  SSLContext contextTrusting(Certificates trusted) {
    try {
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, PASSWORD);
      return context(keys.getKeyManagers(), trusted);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot make a TLS context", e);
    }
  }

  /** A context that shows no certificate, and trusts this one. */
  SSLContext trustingOnly() {
    return context(new KeyManager[0], this);
  }

  /** The same for clients that speak no TLS 1.3. */
  SSLContext trustingOnlyUpToTls12() {
    return context("TLSv1.2", new KeyManager[0], this);
  }

  private static SSLContext context(KeyManager[] keys, Certificates trusted) {
    return context("TLS", keys, trusted);
  }

  private static SSLContext context(String protocol, KeyManager[] keys, Certificates trusted) {
    try {
      KeyStore trust = KeyStore.getInstance("PKCS12");
      trust.load(null, null);
      trust.setCertificateEntry("tck", trusted.certificate());
      TrustManagerFactory managers =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(trust);
      SSLContext context = SSLContext.getInstance(protocol);
      context.init(keys, managers.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("cannot make a TLS context", e);
    }
  }

  Certificate certificate() throws KeyStoreException {
    return store.getCertificate("tck");
  }
}
