package io.github.easywebsocket.driver;

import java.util.zip.Deflater;

/**
 * What this end wants of permessage-deflate (RFC 7692). Take {@link #DEFAULT} and change what you
 * need.
 *
 * @param level as of {@link Deflater}: 1 is fast, 9 compresses most, -1 is between. Default -1
 * @param minSize the shortest message to compress, in bytes; shorter ones are sent as they are.
 *     Default 256: below, what it saves is less than what it costs
 * @param serverTakesOver whether the server may refer to its earlier messages. Default true: a
 *     better ratio for about 260 KiB of native memory held by each connection, either way
 * @param clientTakesOver the same for the client. Default true; about 50 KiB for the receiver
 */
public record DeflateOptions(
    int level, int minSize, boolean serverTakesOver, boolean clientTakesOver) {

  /** The defaults. */
  public static final DeflateOptions DEFAULT =
      new DeflateOptions(Deflater.DEFAULT_COMPRESSION, 256, true, true);

  /** Checks the bounds. */
  public DeflateOptions {
    if (level < -1 || level > 9) {
      throw new IllegalArgumentException("level must be from -1 to 9, not " + level);
    }
    if (minSize < 1) {
      throw new IllegalArgumentException("minSize must be at least 1, not " + minSize);
    }
  }

  /** These options with another {@code level}. */
  public DeflateOptions withLevel(int other) {
    return new DeflateOptions(other, minSize, serverTakesOver, clientTakesOver);
  }

  /** These options with another {@code minSize}. */
  public DeflateOptions withMinSize(int bytes) {
    return new DeflateOptions(level, bytes, serverTakesOver, clientTakesOver);
  }

  /** These options with another {@code serverTakesOver}. */
  public DeflateOptions withServerTakesOver(boolean allowed) {
    return new DeflateOptions(level, minSize, allowed, clientTakesOver);
  }

  /** These options with another {@code clientTakesOver}. */
  public DeflateOptions withClientTakesOver(boolean allowed) {
    return new DeflateOptions(level, minSize, serverTakesOver, allowed);
  }
}
