package io.github.easywebsocket.driver;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Bytes for tests: in hex, or frames made without the code under test. */
final class Wire {

  private static final byte[] KEY = {0x37, (byte) 0xfa, 0x21, 0x3d};

  private Wire() {}

  /** The bytes of a hex dump; what follows a # on a line is a comment. */
  static byte[] hex(String dump) {
    return HexFormat.of().parseHex(dump.replaceAll("#.*", "").replaceAll("\\s", ""));
  }

  static String hex(byte[] bytes) {
    return HexFormat.ofDelimiter(" ").formatHex(bytes);
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** A frame as a server sends it. */
  static byte[] frame(int first, byte[] payload) {
    return concat(header(first, payload.length, 0), payload);
  }

  /** A frame as a client sends it. */
  static byte[] masked(int first, byte[] payload) {
    byte[] body = payload.clone();
    for (int i = 0; i < body.length; i++) {
      body[i] ^= KEY[i % 4];
    }
    return concat(header(first, payload.length, 0x80), KEY, body);
  }

  static byte[] masked(int first, String payload) {
    return masked(first, utf8(payload));
  }

  private static byte[] header(int first, int length, int mask) {
    if (length < 126) {
      return new byte[] {(byte) first, (byte) (mask | length)};
    }
    if (length < 65536) {
      return ByteBuffer.allocate(4)
          .put((byte) first)
          .put((byte) (mask | 126))
          .putShort((short) length)
          .array();
    }
    return ByteBuffer.allocate(10)
        .put((byte) first)
        .put((byte) (mask | 127))
        .putLong(length)
        .array();
  }

  static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /** Bytes that differ from their neighbours, so that any shift shows. */
  static byte[] pattern(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i * 31 + (i >> 8) + 7);
    }
    return bytes;
  }

  static String letters(int length) {
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append((char) ('a' + i * 7 % 26));
    }
    return text.toString();
  }
}
