package io.github.easywebsocket;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * How a server or a client speaks TLS: which certificate it presents, and which it trusts. Only TLS
 * 1.2 and 1.3 are spoken.
 *
 * <pre>{@code
 * WebSocketServer.builder().tls(Tls.pem(Path.of("chain.pem"), Path.of("key.pem")))
 * }</pre>
 *
 * <p>Files are read once, by the method that takes them; its {@link IOException} says which file is
 * wrong and why, and reveals nothing of a key. Immutable; each method returns a changed copy.
 */
public final class Tls {

  /** What a server asks of its clients. */
  private enum ClientCertificate {
    NONE,
    WANTED,
    NEEDED
  }

  private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");
  private static final char[] IN_MEMORY = {};

  /** A signature for each algorithm of keys, to try whether two keys belong together. */
  private static final Map<String, String> SIGNATURES =
      Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "EdDSA", "EdDSA");

  private final SSLContext context;
  private final KeyManager @Nullable [] keys;
  private final boolean trustIsChosen;
  private final boolean contextIsGiven;
  private final ClientCertificate clientCertificate;

  private Tls(
      SSLContext context,
      KeyManager @Nullable [] keys,
      boolean trustIsChosen,
      boolean contextIsGiven,
      ClientCertificate clientCertificate) {
    this.context = context;
    this.keys = keys;
    this.trustIsChosen = trustIsChosen;
    this.contextIsGiven = contextIsGiven;
    this.clientCertificate = clientCertificate;
    if (protocols(context.getDefaultSSLParameters().getProtocols()).length == 0) {
      throw new IllegalArgumentException(
          "tls: the context speaks none of " + PROTOCOLS + "; make it by getInstance(\"TLS\")");
    }
  }

  private static Tls of(KeyManager @Nullable [] keys, TrustManager @Nullable [] trust)
      throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys, trust, null);
    return new Tls(context, keys, trust != null, false, ClientCertificate.NONE);
  }

  /**
   * Takes the keys and the trust from a context.
   *
   * @throws IllegalArgumentException if it speaks neither TLS 1.2 nor 1.3
   */
  public static Tls of(SSLContext context) {
    return new Tls(
        Objects.requireNonNull(context, "context"), null, true, true, ClientCertificate.NONE);
  }

  /**
   * Presents a certificate from PEM files, which may be one and the same file.
   *
   * @param chain the certificate, followed by those that lead from it towards an authority
   * @param key its private key: PKCS#8, not encrypted
   * @throws IOException if a file cannot be read, is broken, or the two do not belong together
   */
  public static Tls pem(Path chain, Path key) throws IOException {
    List<X509Certificate> certificates = Pem.read(chain).certificates();
    PublicKey publicKey = certificates.get(0).getPublicKey();
    Pem keyFile = Pem.read(key);
    PrivateKey privateKey = keyFile.privateKey(publicKey.getAlgorithm());
    if (!belongTogether(privateKey, publicKey)) {
      throw keyFile.failure("its key does not belong to the first certificate of " + chain);
    }
    try {
      KeyStore store = emptyStore();
      store.setKeyEntry("own", privateKey, IN_MEMORY, certificates.toArray(new Certificate[0]));
      return of(keyManagers(store, IN_MEMORY), null);
    } catch (GeneralSecurityException e) {
      throw keyFile.failure("it cannot be used with " + chain + ": " + e);
    }
  }

  /** Whether they do, as far as that is known before a handshake. */
  private static boolean belongTogether(PrivateKey privateKey, PublicKey publicKey) {
    String algorithm = SIGNATURES.get(publicKey.getAlgorithm());
    if (algorithm == null) {
      return true;
    }
    try {
      Signature signature = Signature.getInstance(algorithm);
      byte[] text = {1};
      signature.initSign(privateKey);
      signature.update(text);
      byte[] signed = signature.sign();
      signature.initVerify(publicKey);
      signature.update(text);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /**
   * Presents the certificate of a PKCS12 file ({@code .p12} or {@code .pfx}).
   *
   * @param password of the file and of its key; not kept
   * @throws IOException if the file cannot be read, is broken, has no key, or the password is wrong
   */
  public static Tls pkcs12(Path file, char[] password) throws IOException {
    Objects.requireNonNull(password, "password");
    try {
      byte[] content = Files.readAllBytes(file);
      if (Pem.isIn(content)) {
        throw new IOException("it is PEM, not PKCS12; use Tls.pem(…)");
      }
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(new ByteArrayInputStream(content), password);
      boolean hasKey = false;
      for (String alias : Collections.list(store.aliases())) {
        hasKey |= store.isKeyEntry(alias);
      }
      if (!hasKey) {
        throw new IOException("there is no private key in it");
      }
      return of(keyManagers(store, password), null);
    } catch (FileSystemException e) {
      throw new IOException("tls: cannot read \"" + file + "\": " + e, e);
    } catch (IOException | GeneralSecurityException e) {
      throw new IOException("tls: \"" + file + "\": " + e.getMessage(), e);
    }
  }

  /**
   * Presents no certificate, and trusts as {@link #trust} says; for clients.
   *
   * @throws IOException as {@link #trust}
   */
  public static Tls trusting(Path certificates) throws IOException {
    try {
      return of(null, null).trust(certificates);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has TLS", e);
    }
  }

  /**
   * Trusts peers whose certificate is one of these or was issued by one of these, and no others.
   * Default: a client trusts what the JVM trusts, and a server nobody, see {@link
   * #needClientCertificate}. As with every Java trust store, a certificate that is itself in the
   * file is trusted beyond its date of expiry; one that was issued by it is not.
   *
   * @param certificates a PEM file
   * @throws IOException if the file cannot be read or is broken
   * @throws IllegalArgumentException after {@link #of(SSLContext)}, which has its own trust
   */
  public Tls trust(Path certificates) throws IOException {
    if (contextIsGiven) {
      throw new IllegalArgumentException(
          "trust(" + certificates + "): a context that is given has its own trust; set it there");
    }
    Pem file = Pem.read(certificates);
    try {
      KeyStore store = emptyStore();
      for (X509Certificate certificate : file.certificates()) {
        store.setCertificateEntry("trusted-" + store.size(), certificate);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      return of(keys, trust.getTrustManagers()).asking(clientCertificate);
    } catch (GeneralSecurityException e) {
      throw file.failure("it cannot be used: " + e);
    }
  }

  /**
   * Asks clients for a certificate, but also accepts those that have none; for servers. A
   * certificate that is not trusted ends the TLS handshake. See {@link Handshake#tls()}.
   *
   * @throws IllegalArgumentException if {@link #trust} has not said which to trust
   */
  public Tls wantClientCertificate() {
    return asking(ClientCertificate.WANTED);
  }

  /**
   * Accepts only clients with a trusted certificate; for servers. See {@link Handshake#tls()}.
   *
   * @throws IllegalArgumentException if {@link #trust} has not said which to trust: the JVM's
   *     default would let in everyone with a certificate of any public authority
   */
  public Tls needClientCertificate() {
    return asking(ClientCertificate.NEEDED);
  }

  private Tls asking(ClientCertificate asked) {
    if (asked != ClientCertificate.NONE && !trustIsChosen) {
      throw new IllegalArgumentException(
          "client certificates: say first which are trusted, by trust(…)");
    }
    return new Tls(context, keys, trustIsChosen, contextIsGiven, asked);
  }

  private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static KeyManager[] keyManagers(KeyStore store, char[] password)
      throws GeneralSecurityException {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, password);
    return keys.getKeyManagers();
  }

  // ---- how it is used

  SSLContext context() {
    return context;
  }

  /** This, if a server can be it. */
  Tls requireCertificate() {
    if (keys == null && !contextIsGiven) {
      throw new IllegalArgumentException(
          "tls: a server has to show a certificate; begin with Tls.pem(…) or Tls.pkcs12(…)");
    }
    return this;
  }

  boolean asksForClientCertificate() {
    return clientCertificate != ClientCertificate.NONE;
  }

  /** The parameters of a server's end. */
  SSLParameters forServer(SSLParameters parameters) {
    parameters.setProtocols(protocols(parameters.getProtocols()));
    if (clientCertificate == ClientCertificate.NEEDED) {
      parameters.setNeedClientAuth(true);
    } else {
      parameters.setWantClientAuth(clientCertificate == ClientCertificate.WANTED);
    }
    return parameters;
  }

  /** A server's end that is made ready. */
  SSLEngine forServer(SSLEngine engine) {
    engine.setUseClientMode(false);
    engine.setSSLParameters(forServer(engine.getSSLParameters()));
    return engine;
  }

  private static String[] protocols(String[] offered) {
    return List.of(offered).stream().filter(PROTOCOLS::contains).toArray(String[]::new);
  }
}
