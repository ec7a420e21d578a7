package io.github.easywebsocket;

import java.util.zip.Deflater;

/**
 * How messages are compressed with peers that can do it too (permessage-deflate, RFC 7692). Take
 * {@link #DEFAULT} and change what you need by {@code with…}: versions to come may add components,
 * so do not call the constructor. Immutable.
 *
 * <p>Compression is off unless asked for, for two reasons. It costs processor time and, with
 * context takeover, memory outside of the Java heap for each connection. And it tells secrets:
 * where text of an attacker and a secret are compressed together, the length of what is sent tells
 * how alike they are (as the attacks CRIME and BREACH do). Use it if no message holds both, and
 * context takeover only if no connection carries both.
 *
 * @param level as of {@link Deflater}: 1 is fast, 9 compresses most, -1 is between. Default -1
 * @param minSize the shortest message to compress, in bytes; shorter ones are sent as they are. Of
 *     a message that is sent in parts the first part decides. Default 256: below, what it saves is
 *     mostly less than what it costs
 * @param serverContextTakeover whether the server's messages may refer to its earlier ones: a much
 *     better ratio for short messages that are alike, for about 260 KiB of native memory that the
 *     server holds for each connection from its first compressed message on. Default false: each
 *     message is compressed by itself, one to many once for all of them, and a connection holds
 *     nothing between two
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
