package io.github.easywebsocket.tck;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A frame of RFC 6455 §5.2, legal or not. Immutable.
 *
 * @param first the first byte: FIN, three reserved bits, opcode
 * @param payload the payload, not masked
 */
record Frame(int first, byte[] payload) {

  static final int CONTINUATION = 0;
  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  private static final int FIN = 0x80;
  private static final byte[] MASK = {0x37, (byte) 0xfa, 0x21, 0x3d}; // that of RFC 6455 §5.7

  /** How the length of the payload is written. */
  enum Length {
    BITS_7,
    BITS_16,
    BITS_64;

    static Length fewest(long length) {
      return length < 126 ? BITS_7 : length < 65_536 ? BITS_16 : BITS_64;
    }
  }

  static Frame of(int opcode, byte... payload) {
    return new Frame(FIN | opcode, payload);
  }

  static Frame text(String text) {
    return of(TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  static Frame binary(byte... payload) {
    return of(BINARY, payload);
  }

  static Frame continuation(String text) {
    return of(CONTINUATION, text.getBytes(StandardCharsets.UTF_8));
  }

  static Frame ping(String payload) {
    return of(PING, payload.getBytes(StandardCharsets.UTF_8));
  }

  static Frame pong(String payload) {
    return of(PONG, payload.getBytes(StandardCharsets.UTF_8));
  }

  /** A close frame without code and reason. */
  static Frame close() {
    return of(CLOSE);
  }

  static Frame close(int code, String reason) {
    return close(code, reason.getBytes(StandardCharsets.UTF_8));
  }

  static Frame close(int code, byte... reason) {
    ByteBuffer payload = ByteBuffer.allocate(2 + reason.length);
    return of(CLOSE, payload.putShort((short) code).put(reason).array());
  }

  /** This frame without FIN: fragments follow. */
  Frame notLast() {
    return new Frame(first & ~FIN, payload);
  }

  /**
   * This frame with reserved bits.
   *
   * @param bits 4 for RSV1, 2 for RSV2, 1 for RSV3
   */
  Frame reserved(int bits) {
    return new Frame(first | bits << 4, payload);
  }

  /** The reserved bits: 4 for RSV1, 2 for RSV2, 1 for RSV3. */
  int reserved() {
    return first >> 4 & 7;
  }

  boolean isLast() {
    return (first & FIN) != 0;
  }

  int opcode() {
    return first & 0xf;
  }

  String text() {
    return new String(payload, StandardCharsets.UTF_8);
  }

  /** The code of a close frame, 1005 if it has none. */
  int closeCode() {
    return payload.length < 2 ? 1005 : ByteBuffer.wrap(payload).getShort() & 0xffff;
  }

  /** The reason of a close frame. */
  String closeReason() {
    int from = Math.min(2, payload.length);
    return new String(payload, from, payload.length - from, StandardCharsets.UTF_8);
  }

  /** The bytes of the frame, its length written in the fewest. */
  byte[] encode(boolean masked) {
    return encode(masked, Length.fewest(payload.length));
  }

  byte[] encode(boolean masked, Length form) {
    byte[] header = header(masked, form, payload.length);
    byte[] bytes = Arrays.copyOf(header, header.length + payload.length);
    for (int i = 0; i < payload.length; i++) {
      bytes[header.length + i] = (byte) (masked ? payload[i] ^ MASK[i % 4] : payload[i]);
    }
    return bytes;
  }

  /** The bytes before the payload, with a length that may be a lie. */
  byte[] header(boolean masked, Length form, long length) {
    ByteBuffer header = ByteBuffer.allocate(14).put((byte) first);
    int mask = masked ? 0x80 : 0;
    switch (form) {
      case BITS_7 -> header.put((byte) (mask | (int) length));
      case BITS_16 -> header.put((byte) (mask | 126)).putShort((short) length);
      case BITS_64 -> header.put((byte) (mask | 127)).putLong(length);
    }
    if (masked) {
      header.put(MASK);
    }
    return Arrays.copyOf(header.array(), header.position());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Frame that
        && first == that.first
        && Arrays.equals(payload, that.payload);
  }

  @Override
  public int hashCode() {
    return 31 * first + Arrays.hashCode(payload);
  }

  @Override
  public String toString() {
    String name =
        switch (opcode()) {
          case CONTINUATION -> "continuation";
          case TEXT -> "text";
          case BINARY -> "binary";
          case CLOSE -> "close";
          case PING -> "ping";
          case PONG -> "pong";
          default -> "opcode " + opcode();
        };
    String flags = (isLast() ? "" : " without FIN") + ((first & 0x70) == 0 ? "" : " with RSV");
    return name + flags + content();
  }

  private String content() {
    return switch (opcode()) {
      case CLOSE ->
          payload.length < 2
              ? payload.length == 0 ? " (empty)" : " of one byte"
              : " " + closeCode() + quoted(closeReason());
      case TEXT, CONTINUATION, PING, PONG -> quoted(text());
      default -> " " + hex(payload, 16);
    };
  }

  private static String quoted(String text) {
    String shown = text.length() <= 40 ? text : text.substring(0, 40) + "…";
    return text.isEmpty() ? "" : " \"" + Wire.printable(shown) + "\" (" + text.length() + ")";
  }

  /** The first bytes in hex, and how many there are. */
  static String hex(byte[] bytes, int most) {
    String hex = HexFormat.ofDelimiter(" ").formatHex(bytes, 0, Math.min(most, bytes.length));
    return bytes.length <= most ? hex : hex + " … (" + bytes.length + " bytes)";
  }
}
