package io.github.easywebsocket.tck;

import io.github.easywebsocket.Limits;
import io.github.easywebsocket.Message;
import io.github.easywebsocket.tck.Recording.Call;
import io.github.easywebsocket.tck.Recording.Event;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Tells what must come of a peer's bytes: RFC 6455 §5 and RFC 7692 §7 read once more, with all
 * bytes at hand and no regard for speed. For one connection.
 */
final class Oracle {

  /** How messages may be compressed. */
  enum Compressed {
    NOT,
    EACH_BY_ITSELF,
    WITH_TAKEOVER
  }

  private static final byte[] TAIL = {0x00, 0x00, (byte) 0xff, (byte) 0xff};
  private static final byte[] LAST_BLOCK = {0x03, 0x00};

  /** The bytes are at their end. */
  private static final class Over extends Exception {
    private static final long serialVersionUID = 1;

    Over() {
      super(null, null, false, false);
    }
  }

  /** The connection fails. */
  private static final class Broken extends Exception {
    private static final long serialVersionUID = 1;
    final transient Set<Integer> codes;
    final boolean due;

    Broken(Set<Integer> codes, boolean due) {
      super(null, null, false, false);
      this.codes = codes;
      this.due = due;
    }
  }

  private final byte[] bytes;
  private final boolean masked;
  private final int mostFragments;
  private final long mostBytes;
  private final Compressed compressed;
  private final List<Event> events = new ArrayList<>();
  private int at;

  // the frame that is arriving
  private int opcode;
  private boolean last;

  // the message that is arriving
  private boolean begun;
  private boolean text;
  private boolean deflated;
  private int fragments;
  private long deflatedSize;
  private final ByteArrayOutputStream message = new ByteArrayOutputStream();
  private @Nullable Inflater inflater;

  private Oracle(byte[] bytes, boolean masked, @Nullable Limits limits, Compressed compressed) {
    this.bytes = bytes;
    this.masked = masked;
    this.mostFragments = limits == null ? Integer.MAX_VALUE : limits.maxFragments();
    this.mostBytes = limits == null ? Long.MAX_VALUE / 4 : limits.maxMessageSize();
    this.compressed = compressed;
  }

  /**
   * Predicts.
   *
   * @param bytes what the peer sends
   * @param masked whether the peer must mask
   * @param limits of what receives them; null if it takes parts
   * @param compressed what was agreed on for the peer's messages
   */
  static Prediction predict(
      byte[] bytes, boolean masked, @Nullable Limits limits, Compressed compressed) {
    Oracle oracle = new Oracle(bytes, masked, limits, compressed);
    try {
      while (true) {
        Prediction end = oracle.frame();
        if (end != null) {
          return end;
        }
      }
    } catch (Over e) {
      return oracle.prediction(Set.of(), "", false, false);
    } catch (Broken e) {
      return oracle.prediction(e.codes, "", true, e.due);
    } finally {
      oracle.free();
    }
  }

  private Prediction prediction(Set<Integer> codes, String reason, boolean failure, boolean due) {
    return new Prediction(List.copyOf(events), codes, reason, failure, due);
  }

  // ---- frames, RFC 6455 §5.2

  private int next() throws Over {
    if (at == bytes.length) {
      throw new Over();
    }
    return bytes[at++] & 0xff;
  }

  /** Reads a frame; what it predicts if that is a close frame, else null. */
  private @Nullable Prediction frame() throws Over, Broken {
    Set<Integer> problems = new TreeSet<>(); // it is not said which of them is to be told
    try {
      long length = header(problems);
      byte[] key = new byte[4];
      for (int i = 0; masked && i < 4; i++) {
        key[i] = (byte) next();
      }
      if (problems.isEmpty()) {
        return payload(length, key);
      }
    } catch (Over e) {
      if (problems.isEmpty()) {
        throw e;
      }
      throw new Broken(problems, false);
    }
    throw new Broken(problems, true);
  }

  /** Reads a header but for its masking key; the length. */
  private long header(Set<Integer> problems) throws Over {
    int first = next();
    last = (first & 0x80) != 0;
    opcode = first & 0xf;
    boolean control = opcode >= 8;
    boolean starts = opcode == 1 || opcode == 2;
    boolean deflates = (first & 0x70) == 0x40 && compressed != Compressed.NOT && starts;
    boolean known = opcode <= 2 || (opcode >= 8 && opcode <= 10);
    boolean inPlace = control ? last : (opcode == 0) == begun;
    check(((first & 0x70) == 0 || deflates) && known && inPlace, 1002, problems);
    check(control || fragments < mostFragments, 1009, problems);
    int second = next();
    check((second & 0x80) != 0 == masked, 1002, problems);
    check(!control || (second & 0x7f) <= 125, 1002, problems);
    if (starts) {
      text = opcode == 1;
      deflated = deflates;
    }
    long length = length(second & 0x7f, problems);
    long room = deflated ? 2 * mostBytes + 1024 - deflatedSize : mostBytes - message.size();
    check(control || length <= room || mostBytes > Integer.MAX_VALUE, 1009, problems);
    return length;
  }

  private long length(int length, Set<Integer> problems) throws Over {
    if (length < 126) {
      return length;
    }
    long longer = 0;
    for (int i = 0; i < (length == 126 ? 2 : 8); i++) {
      longer = longer << 8 | next();
    }
    check(longer >= (length == 126 ? 126 : 65_536), 1002, problems);
    check(longer >= 0, 1009, problems); // or 1002, rule 3.5
    return longer;
  }

  private static void check(boolean good, int code, Set<Integer> problems) {
    if (!good) {
      problems.add(code);
    }
  }

  private @Nullable Prediction payload(long length, byte[] key) throws Over, Broken {
    byte[] payload = Arrays.copyOfRange(bytes, at, at + (int) Math.min(bytes.length - at, length));
    for (int i = 0; i < payload.length; i++) {
      payload[i] ^= key[i % 4];
    }
    at += payload.length;
    boolean whole = payload.length == length;
    if (opcode < 8) {
      begun = true;
      fragments++;
      data(payload, whole && last);
    }
    if (!whole) {
      throw new Over();
    }
    return opcode < 8 ? null : control(payload);
  }

  // ---- control frames

  private @Nullable Prediction control(byte[] payload) throws Broken {
    if (opcode != 8) {
      Call call = opcode == 9 ? Call.PING : Call.PONG;
      events.add(new Event(call, Recording.text(ByteBuffer.wrap(payload))));
      return null;
    }
    if (payload.length == 0) {
      return prediction(Set.of(1005), "", false, true);
    }
    int code = payload.length == 1 ? 0 : ByteBuffer.wrap(payload).getShort() & 0xffff;
    boolean registered = (code >= 1000 && code <= 1014) && !Set.of(1004, 1005, 1006).contains(code);
    if (!registered && !(code >= 3000 && code <= 4999)) {
      throw new Broken(Set.of(1002), true);
    }
    byte[] reason = Arrays.copyOfRange(payload, 2, payload.length);
    if (missing(reason) != 0) {
      throw new Broken(Set.of(1007), true);
    }
    return prediction(Set.of(code), new String(reason, StandardCharsets.UTF_8), false, true);
  }

  // ---- messages

  private void data(byte[] payload, boolean endOfMessage) throws Broken {
    Set<Integer> problems = new TreeSet<>();
    if (deflated) {
      deflatedSize += payload.length;
      inflate(payload, problems);
      if (endOfMessage && problems.isEmpty() && deflatedSize > 0) {
        inflate(TAIL, problems);
        if (compressed == Compressed.EACH_BY_ITSELF && problems.isEmpty()) {
          endBlock(problems);
        }
      }
      if (message.size() > mostBytes) {
        problems.add(1009);
      }
    } else {
      message.writeBytes(payload);
    }
    if (text && problems.contains(1002)) {
      problems.add(1007); // what came of the data before they were found to be bad may be
    }
    int missing = text ? missing(message.toByteArray()) : 0;
    if (missing < 0 || (missing > 0 && endOfMessage && problems.isEmpty())) {
      problems.add(1007);
    }
    if (!problems.isEmpty()) {
      throw new Broken(problems, endOfMessage);
    }
    if (endOfMessage) {
      byte[] whole = message.toByteArray();
      Message told =
          text
              ? Message.text(new String(whole, StandardCharsets.UTF_8))
              : Message.binary(whole.clone());
      events.add(new Event(Call.MESSAGE, told));
      message.reset();
      begun = false;
      fragments = 0;
      deflatedSize = 0;
      if (compressed == Compressed.EACH_BY_ITSELF) {
        free();
      }
    }
  }

  /** Of a bad message it is not said how much of it is looked at: each problem may be the one. */
  private void inflate(byte[] input, Set<Integer> problems) {
    Inflater stream = inflater == null ? new Inflater(true) : inflater;
    inflater = stream;
    stream.setInput(input);
    byte[] piece = new byte[1024];
    try {
      while (message.size() <= mostBytes) {
        int count = stream.inflate(piece);
        message.write(piece, 0, count);
        if (stream.finished()) { // §7.2.3.4
          int rest = stream.getRemaining();
          stream.reset();
          stream.setInput(input, input.length - rest, rest);
        } else if (count == 0) {
          return;
        }
      }
    } catch (DataFormatException e) {
      problems.add(1002);
      problems.add(1009);
    }
  }

  /** A message by itself ends with a block of its own, or it is not whole. */
  private void endBlock(Set<Integer> problems) {
    Inflater stream = inflater;
    if (stream == null) {
      return;
    }
    stream.setInput(LAST_BLOCK);
    try {
      if (stream.inflate(new byte[1]) != 0 || !stream.finished()) {
        problems.add(1002);
      }
    } catch (DataFormatException e) {
      problems.add(1002);
    }
  }

  private void free() {
    if (inflater != null) {
      inflater.end();
      inflater = null;
    }
  }

  /** By the table of RFC 3629 §4: how many bytes are missing at the end, -1 if none would help. */
  private static int missing(byte[] text) {
    for (int i = 0; i < text.length; ) {
      int lead = text[i++] & 0xff;
      if (lead >= 0x80 && (lead < 0xc2 || lead > 0xf4)) {
        return -1;
      }
      int low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
      int high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
      for (int more = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3; more > 0; more--) {
        if (i == text.length) {
          return more;
        }
        int next = text[i++] & 0xff;
        if (next < low || next > high) {
          return -1;
        }
        low = 0x80;
        high = 0xbf;
      }
    }
    return 0;
  }
}
