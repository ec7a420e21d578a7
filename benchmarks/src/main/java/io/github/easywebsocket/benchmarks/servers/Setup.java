package io.github.easywebsocket.benchmarks.servers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How a server is set up.
 *
 * @param port where to listen; 0 for any that is free
 * @param keys a PKCS #12 file with the key for TLS; null for plain TCP
 * @param deflate whether to agree on permessage-deflate
 */
record Setup(int port, @Nullable Path keys, boolean deflate) {

  static final String PASSWORD = "changeit";

  boolean tls() {
    return keys != null;
  }

  /** For TLS only. */
  SSLContext context() throws IOException, GeneralSecurityException {
    if (keys == null) {
      throw new IllegalStateException("no TLS was asked for");
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keys)) {
      store.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    return context;
  }
}
