package io.github.easywebsocket;

import java.util.zip.Deflater;

/**
 * How messages are compressed for peers that can do so, too (permessage-deflate, RFC 7692). Start
 * from {@link #DEFAULT} and change what you need with {@code with…}: do not call the constructor,
 * since later versions may add components. Immutable.
 *
 * <p>Compression is off by default, for two reasons. It costs processor time and, with context
 * takeover, memory outside of the Java heap for each connection. And it can give secrets away:
 * where an attacker's text and a secret are compressed together, the length of the result tells how
 * alike they are (the attacks CRIME and BREACH). Use it if no message holds both, and context
 * takeover only if no connection carries both.
 *
 * @param level as in {@link Deflater}: 1 is fastest, 9 compresses most, -1 is in between. Default
 *     -1
 * @param minSize the shortest message to compress, in bytes; shorter ones are sent as they are. For
 *     a message that is sent in parts, the first part decides. Default 256: below that, compression
 *     mostly costs more than it saves
 * @param serverContextTakeover whether the server's messages may refer to its earlier ones. That
 *     makes short messages that resemble each other much smaller, but takes about 260 KiB of native
 *     memory at the server for each connection from its first compressed message on. Default false:
 *     each message is compressed by itself, one that goes to many is compressed once for all of
 *     them, and a connection holds nothing between two messages
 * @param clientContextTakeover the same for the client's messages; about 40 KiB at the server.
 *     Default false
 */
public record Compression(
    int level, int minSize, boolean serverContextTakeover, boolean clientContextTakeover) {

  /** The defaults. */
  public static final Compression DEFAULT =
      new Compression(Deflater.DEFAULT_COMPRESSION, 256, false, false);

  /** Checks the bounds. */
  public Compression {
    if (level < -1 || level > 9) {
      throw new IllegalArgumentException("level must be -1 to 9, not " + level);
    }
    Require.positive("minSize", minSize);
  }

  /** This compression with another {@code level}. */
  public Compression withLevel(int other) {
    return new Compression(other, minSize, serverContextTakeover, clientContextTakeover);
  }

  /** This compression with another {@code minSize}. */
  public Compression withMinSize(int bytes) {
    return new Compression(level, bytes, serverContextTakeover, clientContextTakeover);
  }

  /** This compression with another {@code serverContextTakeover}. */
  public Compression withServerContextTakeover(boolean allowed) {
    return new Compression(level, minSize, allowed, clientContextTakeover);
  }

  /** This compression with another {@code clientContextTakeover}. */
  public Compression withClientContextTakeover(boolean allowed) {
    return new Compression(level, minSize, serverContextTakeover, allowed);
  }
}
