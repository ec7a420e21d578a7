package io.github.easywebsocket.driver;

import java.security.SecureRandom;

/**
 * The masking keys of a client's frames: unpredictable, as RFC 6455 §10.3 asks, and drawn from the
 * secure source many at a time. One for each connection, used by one thread at a time.
 */
final class MaskKeys {

  private final SecureRandom random = new SecureRandom();
  private final byte[] drawn = new byte[256];
  private int used = drawn.length;

  /** The next key: four bytes, of which the lowest is the first on the wire. */
  int next() {
    if (used == drawn.length) {
      random.nextBytes(drawn);
      used = 0;
    }
    int key = 0;
    for (int i = 0; i < 4; i++) {
      key = key << 8 | drawn[used++] & 0xff;
    }
    return key;
  }
}
