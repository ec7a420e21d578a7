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
import java.util.stream.Collectors;

/**
 * A file of PEM blocks (RFC 7468): certificates, keys, and text between them. What it throws names
 * the file and the reason, and holds nothing of the file's content.
 */
final class Pem {

  /** Old formats of keys have headers before the base64; RFC 7468 has none. */
  private static final Pattern BLOCK =
      Pattern.compile(
          "-----BEGIN (?<label>[A-Z0-9 ]++)-----(?<headers>(?:\\s*+[A-Za-z0-9-]++:[^\r\n]*+)*+)"
              + "(?<base64>[A-Za-z0-9+/=\\s]*+)-----END [A-Z0-9 ]++-----");

  /** The bytes of a block, and what they are. */
  private record Block(String label, byte[] bytes) {}

  private static final String BEGIN = "-----BEGIN ";

  /** How PKCS12 begins (RFC 7292 §4): a sequence of some length, and in it the version, 3. */
  private static final Pattern PKCS12 =
      Pattern.compile("0[\\x80-\\x84].{0,4}?\\x02\\x01\\x03", Pattern.DOTALL);

  /** How all else begins that is encoded in DER: a sequence that is longer than 127 bytes. */
  private static final Pattern DER = Pattern.compile("0[\\x81-\\x84]");

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
    if (PKCS12.matcher(text).lookingAt()) {
      throw pem.failure(
          "it is PKCS12, not PEM; show its certificate with Tls.pkcs12(…), or take out what is to be"
              + " trusted: "
              + pem.openssl("pkcs12 -nokeys"));
    }
    if (DER.matcher(text).lookingAt()) {
      throw pem.failure(
          "it is DER, not PEM; convert a certificate: "
              + pem.openssl("x509 -inform der")
              + ", a key: "
              + pem.openssl("pkey -inform der"));
    }
    Matcher block = BLOCK.matcher(text);
    while (block.find()) {
      String label = block.group("label");
      try {
        byte[] bytes = Base64.getMimeDecoder().decode(block.group("base64"));
        pem.blocks.add(new Block(label, bytes));
      } catch (IllegalArgumentException e) {
        throw pem.failure("the base64 of its block " + label + " is broken");
      }
    }
    return pem;
  }

  /** Whether a file's content is PEM, to tell who takes it for something else. */
  static boolean isIn(byte[] content) {
    return new String(content, StandardCharsets.ISO_8859_1).contains(BEGIN);
  }

  private String openssl(String command) {
    return "openssl " + command + " -in \"" + file + "\" -out …";
  }

  /** What it holds instead of what is sought. */
  private IOException none(String what, String label) {
    String found = blocks.stream().map(Block::label).distinct().collect(Collectors.joining(", "));
    return failure(
        "there is no "
            + what
            + " in it, that is no -----BEGIN "
            + label
            + "-----; "
            + (found.isEmpty() ? "it is no PEM file" : "it has " + found));
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
      throw none("certificate", "CERTIFICATE");
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
            throw failure(
                "its key is encrypted; use a PKCS12 file, or decrypt it: " + openssl("pkey"));
        case "RSA PRIVATE KEY", "EC PRIVATE KEY" ->
            throw failure(
                "its "
                    + block.label()
                    + " is not PKCS#8; convert it: "
                    + openssl("pkcs8 -topk8 -nocrypt"));
        default -> {} // a certificate, or parameters
      }
    }
    throw none("private key", "PRIVATE KEY");
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
