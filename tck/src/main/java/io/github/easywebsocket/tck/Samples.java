package io.github.easywebsocket.tck;

import io.github.easywebsocket.Compression;
import java.util.HexFormat;
import java.util.Random;

/** What the tests of section 9 send. */
final class Samples {

  /** "Hello" in one block, RFC 7692 §7.2.3.1. */
  static final byte[] HELLO = hex("f2 48 cd c9 c9 07 00");

  /** "Hello" as a reference to an earlier one, RFC 7692 §7.2.3.2. */
  static final byte[] HELLO_AGAIN = hex("f2 00 11 00 00");

  /** A server that compresses all messages, and takes over all contexts. */
  static final Compression EVERYTHING = NegotiationRules.TAKEOVER.withMinSize(1);

  private Samples() {}

  static byte[] hex(String bytes) {
    return HexFormat.ofDelimiter(" ").parseHex(bytes);
  }

  /** A compressed text message with this payload. */
  static Frame compressed(byte... payload) {
    return Frame.of(Frame.TEXT, payload).reserved(4);
  }

  /** A text that can be compressed, another for each number. */
  static String text(int number, int size) {
    StringBuilder text = new StringBuilder();
    for (int i = number; text.length() < size; i++) {
      text.append("{\"id\":").append(i * 7919).append(",\"name\":\"n\u00e4me ").append(i % 13);
      text.append("\"},");
    }
    return text.substring(0, size);
  }

  /** Bytes that cannot be compressed, others for each number. */
  static byte[] noise(int number, int size) {
    byte[] bytes = new byte[size];
    new Random(number).nextBytes(bytes);
    return bytes;
  }
}
