package io.github.easywebsocket;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file of PEM blocks (RFC 7468): certificates, keys, and text between them. What it throws names
 * the file and the reason, and holds nothing of the file's content.
 */
final class Pem {

  private static final Pattern BLOCK =
      Pattern.compile(
          "-----BEGIN ([A-Z0-9 ]++)-----([A-Za-z0-9+/=\\s]*+)-----END ([A-Z0-9 ]++)-----");

  /** The bytes of a block, and what they are. */
  private record Block(String label, byte[] bytes) {}

  private final Path file;
  private final List<Block> blocks = new ArrayList<>();

  private Pem(Path file) {
    this.file = file;
  }

  static Pem read(Path file) throws IOException {
    Pem pem = new Pem(file);
    String text;
    try {
      text = Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new IOException("tls: cannot read \"" + file + "\": " + e, e);
    }
    Matcher block = BLOCK.matcher(text);
    while (block.find()) {
      try {
        pem.blocks.add(new Block(block.group(1), Base64.getMimeDecoder().decode(block.group(2))));
      } catch (IllegalArgumentException e) {
        throw pem.failure("the base64 of its block " + block.group(1) + " is broken");
      }
    }
    return pem;
  }

  IOException failure(String reason) {
    return new IOException("tls: \"" + file + "\": " + reason);
  }

  /** The certificates, at least one. */
  List<X509Certificate> certificates() throws IOException {
    List<X509Certificate> certificates = new ArrayList<>();
    for (Block block : blocks) {
      if (block.label().equals("CERTIFICATE")) {
        certificates.add(certificate(block.bytes()));
      }
    }
    if (certificates.isEmpty()) {
      throw failure("there is no certificate in it, that is no -----BEGIN CERTIFICATE-----");
    }
    return certificates;
  }

  private X509Certificate certificate(byte[] bytes) throws IOException {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(bytes));
    } catch (CertificateException e) {
      throw failure("a certificate in it is not valid: " + e.getMessage());
    }
  }

  /**
   * The private key.
   *
   * @param algorithm that of the certificate's key, such as {@code "RSA"}
   */
  PrivateKey privateKey(String algorithm) throws IOException {
    for (Block block : blocks) {
      switch (block.label()) {
        case "PRIVATE KEY" -> {
          return privateKey(algorithm, block.bytes());
        }
        case "ENCRYPTED PRIVATE KEY" ->
            throw failure("its key is encrypted; decrypt it, or use a PKCS12 file");
        case "RSA PRIVATE KEY", "EC PRIVATE KEY" ->
            throw failure(
                "its key is not PKCS#8; convert it: openssl pkcs8 -topk8 -nocrypt -in … -out …");
        default -> {} // a certificate, or parameters
      }
    }
    throw failure("there is no private key in it, that is no -----BEGIN PRIVATE KEY-----");
  }

  private PrivateKey privateKey(String algorithm, byte[] bytes) throws IOException {
    try {
      return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(bytes));
    } catch (InvalidKeySpecException e) {
      throw failure("its key is not of the certificate's algorithm, " + algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw failure("this JDK has no keys of the certificate's algorithm, " + algorithm);
    }
  }
}
