package io.github.easywebsocket.tck;

import io.github.easywebsocket.Limits;
import io.github.easywebsocket.tck.Oracle.Compressed;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.Deflater;

/**
 * What a peer may send, drawn at random: messages in fragments with control frames between, of
 * lengths at which something changes, then damaged in every other case, by bits, headers, lengths
 * and pieces that are cut out, doubled or moved.
 */
final class RandomBytes {

  /** Bytes that are in no text, or in none at their place. */
  private static final List<byte[]> NOT_UTF8 =
      List.of(
          bytes(0x80),
          bytes(0xff),
          bytes(0xc0, 0x80),
          bytes(0xe0, 0x9f, 0xbf),
          bytes(0xed, 0xa0, 0x80),
          bytes(0xf0, 0x8f, 0xbf, 0xbf),
          bytes(0xf4, 0x90, 0x80, 0x80),
          bytes(0xf8, 0x88, 0x80, 0x80, 0x80),
          bytes(0xe2, 0x82),
          bytes(0xf0, 0x9f, 0x98));

  private static final int[] CHARACTERS = {'a', 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff};
  private static final int[] ASTRAL = {0x10000, 0x1f600, 0x10ffff};
  private static final int[] CODES = {
    0, 999, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1009, 1010, 1011, 1012, 1014, 1015,
    1016, 2999, 3000, 3999, 4000, 4999, 5000, 65_535
  };
  private static final int MESSAGES = 5;

  private final Random luck;
  private final boolean masked;
  private final Limits limits;
  private final Compressed compressed;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final List<Integer> frames = new ArrayList<>(); // where they begin

  private RandomBytes(Random luck, boolean masked, Limits limits, Compressed compressed) {
    this.luck = luck;
    this.masked = masked;
    this.limits = limits;
    this.compressed = compressed;
  }

  /**
   * Draws.
   *
   * @param masked whether the peer must mask
   * @param limits of what receives the bytes; some go beyond
   * @param compressed what was agreed on for the peer's messages
   */
  static byte[] draw(Random luck, boolean masked, Limits limits, Compressed compressed) {
    RandomBytes drawn = new RandomBytes(luck, masked, limits, compressed);
    drawn.script();
    byte[] bytes = drawn.out.toByteArray();
    for (int damages = luck.nextBoolean() ? 0 : 1 + luck.nextInt(3); damages > 0; damages--) {
      bytes = drawn.damage(bytes);
    }
    return bytes;
  }

  /** Cuts bytes into slices as reads may. */
  static List<byte[]> slices(Random luck, byte[] bytes) {
    List<byte[]> slices = new ArrayList<>();
    int step = 1 + luck.nextInt(luck.nextBoolean() ? 8 : bytes.length + 1);
    for (int from = 0, to; from < bytes.length; from = to) {
      to = Math.min(bytes.length, from + 1 + luck.nextInt(step));
      slices.add(Arrays.copyOfRange(bytes, from, to));
    }
    return slices;
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  // ---- what is in order, mostly

  private void script() {
    Deflater deflater = new Deflater(luck.nextInt(10), true);
    for (int messages = luck.nextInt(MESSAGES); messages > 0; messages--) {
      message(deflater);
    }
    deflater.end();
    if (luck.nextInt(3) == 0) {
      close();
      controls();
    }
  }

  private void message(Deflater deflater) {
    int opcode = luck.nextBoolean() ? Frame.TEXT : Frame.BINARY;
    byte[] payload = opcode == Frame.TEXT ? text(size()) : noise(size());
    boolean deflates = compressed != Compressed.NOT && luck.nextInt(4) > 0;
    byte[] sent = deflates ? deflate(deflater, payload) : payload;
    int first = opcode | (deflates ? 0x40 : 0);
    int from = 0;
    while (luck.nextInt(3) == 0) {
      int to = from + luck.nextInt(sent.length - from + 1);
      frame(first, Arrays.copyOfRange(sent, from, to));
      controls();
      first = Frame.CONTINUATION;
      from = to;
    }
    frame(first | 0x80, Arrays.copyOfRange(sent, from, sent.length));
    controls();
  }

  /** A size; one at which the header changes, or about the limit, now and then. */
  private int size() {
    int limit = limits.maxMessageSize();
    return switch (luck.nextInt(12)) {
      case 0 -> 0;
      case 1 -> 123 + luck.nextInt(6);
      case 2 -> Math.min(limit, luck.nextInt(1500));
      case 3 -> limit < 10_000 || luck.nextInt(4) == 0 ? limit - 2 + luck.nextInt(4) : 1;
      case 4 -> limit > 65_537 ? 65_534 + luck.nextInt(4) : 2;
      default -> luck.nextInt(30);
    };
  }

  private byte[] noise(int size) {
    byte[] bytes = new byte[size];
    luck.nextBytes(bytes);
    return bytes;
  }

  private byte[] text(int size) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    int bad = luck.nextInt(8) == 0 ? luck.nextInt(size + 1) : Integer.MAX_VALUE;
    while (text.size() < size) {
      if (text.size() >= bad) {
        text.writeBytes(NOT_UTF8.get(luck.nextInt(NOT_UTF8.size())));
        bad = Integer.MAX_VALUE;
      }
      int left = size - text.size();
      int character =
          left < 3
              ? 'a' + luck.nextInt(26)
              : left < 4 || luck.nextInt(4) > 0
                  ? CHARACTERS[luck.nextInt(CHARACTERS.length)]
                  : ASTRAL[luck.nextInt(ASTRAL.length)];
      text.writeBytes(Character.toString(character).getBytes(StandardCharsets.UTF_8));
    }
    return text.toByteArray();
  }

  private byte[] deflate(Deflater deflater, byte[] payload) {
    boolean ends = luck.nextInt(8) == 0; // by a block with BFINAL, RFC 7692 §7.2.3.4
    if (ends || compressed == Compressed.EACH_BY_ITSELF) {
      deflater.reset();
    }
    deflater.setInput(payload);
    if (ends) {
      deflater.finish();
    }
    byte[] deflated = new byte[2 * payload.length + 100];
    int size = deflater.deflate(deflated, 0, deflated.length, Deflater.SYNC_FLUSH);
    if (ends) {
      deflater.reset();
      return Arrays.copyOf(deflated, size + 1); // and an empty block, of which one byte is left
    }
    return Arrays.copyOf(deflated, Math.max(0, size - 4));
  }

  private void controls() {
    while (luck.nextInt(4) == 0) {
      int size = luck.nextInt(6) == 0 ? luck.nextInt(126) : luck.nextInt(5);
      frame(0x80 | (luck.nextInt(3) == 0 ? Frame.PONG : Frame.PING), noise(size));
    }
  }

  private void close() {
    byte[] reason = text(luck.nextInt(4) == 0 ? 123 : luck.nextInt(20));
    ByteBuffer payload = ByteBuffer.allocate(2 + reason.length);
    payload.putShort((short) CODES[luck.nextInt(CODES.length)]).put(reason);
    int size = luck.nextInt(4) == 0 ? luck.nextInt(3) : Math.min(125, payload.capacity());
    frame(0x80 | Frame.CLOSE, Arrays.copyOf(payload.array(), size));
  }

  private void frame(int first, byte[] payload) {
    frames.add(out.size());
    byte[] header = new Frame(first, payload).header(masked, length(payload), payload.length);
    byte[] key = new byte[4];
    if (masked) {
      luck.nextBytes(key);
      System.arraycopy(key, 0, header, header.length - 4, 4);
    }
    byte[] body = payload.clone();
    for (int i = 0; i < body.length; i++) {
      body[i] ^= key[i % 4];
    }
    out.writeBytes(header);
    out.writeBytes(body);
  }

  private static Frame.Length length(byte[] payload) {
    return Frame.Length.fewest(payload.length);
  }

  // ---- damage

  private byte[] damage(byte[] whole) {
    if (whole.length == 0) {
      return noise(luck.nextInt(20));
    }
    byte[] bytes = whole.clone();
    int somewhere = luck.nextInt(bytes.length);
    int header = frames.isEmpty() ? 0 : frames.get(luck.nextInt(frames.size()));
    if (header + 1 >= bytes.length) {
      header = 0;
    }
    switch (luck.nextInt(9)) {
      case 0 -> bytes[somewhere] ^= (byte) (1 << luck.nextInt(8));
      case 1 -> bytes[header] ^= (byte) (1 << luck.nextInt(8));
      case 2 -> bytes[Math.min(header + 1, bytes.length - 1)] ^= (byte) (1 << luck.nextInt(8));
      case 3 -> bytes[somewhere] = (byte) luck.nextInt(256);
      case 4 -> {
        return Arrays.copyOf(bytes, somewhere);
      }
      case 5 -> {
        return splice(bytes, somewhere, new byte[0], luck.nextInt(10)); // a piece is missing
      }
      case 6 -> {
        return splice(bytes, somewhere, noise(1 + luck.nextInt(10)), 0);
      }
      case 7 -> { // a piece comes twice, or a whole frame somewhere else
        int to = Math.min(bytes.length, header + 1 + luck.nextInt(40));
        return splice(bytes, somewhere, Arrays.copyOfRange(bytes, header, to), 0);
      }
      default -> {
        return lie(bytes, header);
      }
    }
    return bytes;
  }

  private static byte[] splice(byte[] bytes, int at, byte[] more, int fewer) {
    ByteArrayOutputStream spliced = new ByteArrayOutputStream();
    spliced.write(bytes, 0, at);
    spliced.writeBytes(more);
    int rest = Math.min(bytes.length, at + fewer);
    spliced.write(bytes, rest, bytes.length - rest);
    return spliced.toByteArray();
  }

  /** A header with a length that is not true, not in its shortest form, or beyond every limit. */
  private byte[] lie(byte[] bytes, int header) {
    long[] lengths = {
      0,
      125,
      126,
      65_535,
      65_536,
      limits.maxMessageSize(),
      limits.maxMessageSize() + 1L,
      Integer.MAX_VALUE,
      1L << 31,
      1L << 32,
      Long.MAX_VALUE,
      Long.MIN_VALUE,
      -1,
      luck.nextLong()
    };
    long length = lengths[luck.nextInt(lengths.length)];
    Frame.Length form = luck.nextBoolean() ? Frame.Length.BITS_16 : Frame.Length.BITS_64;
    byte[] lie = new Frame(bytes[header], new byte[0]).header(masked, form, length);
    return splice(bytes, header, lie, masked ? 6 : 2);
  }
}
