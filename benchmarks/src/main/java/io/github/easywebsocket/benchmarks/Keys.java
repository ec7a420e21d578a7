package io.github.easywebsocket.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The key for TLS, made by the JDK's keytool when it is first needed. */
final class Keys {

  private Keys() {}

  static Path in(Site site) throws IOException {
    Path file = site.output().resolve("keys.p12");
    if (!Files.exists(file)) {
      Site.run(
          site.output(),
          Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
          "-genkeypair",
          "-alias",
          "benchmarks",
          "-keyalg",
          "EC",
          "-dname",
          "CN=localhost",
          "-ext",
          "SAN=dns:localhost,ip:127.0.0.1",
          "-validity",
          "365",
          "-storetype",
          "PKCS12",
          "-keystore",
          file.toString(),
          "-storepass",
          "changeit");
    }
    return file;
  }
}
