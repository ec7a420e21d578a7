package io.github.easywebsocket.driver;

import io.github.easywebsocket.Limits;
import io.github.easywebsocket.spi.Receiver;
import io.github.easywebsocket.spi.Utf8Validator;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Makes messages of bytes, RFC 6455 §5, whatever way the bytes are split. Checks all that can be
 * checked as soon as it can be, and tells the receiver; bytes behind a close frame or a failure are
 * thrown away.
 *
 * <pre>
 *   bytes   = (header payload)*          a frame without payload ends with its header
 *   message = frame(text | binary) frame(continuation)*, the last with FIN
 *   control frames may be between the frames of a message
 * </pre>
 *
 * <p>Used by the engine's thread alone, but for {@link #stop()}. An array is allocated for each
 * message, and nothing else but for control frames.
 */
final class FrameParser {

  /** How much is copied, unmasked and checked at a time, so that it stays in the L1 cache. */
  private static final int STRIDE = 8 << 10; // a multiple of 4, so that the key stays in place

  private static final byte[] NOTHING = {};

  private static final int PROTOCOL_ERROR = 1002;
  static final int NO_CODE = 1005;
  private static final int INVALID_PAYLOAD = 1007;
  private static final int TOO_BIG = 1009;

  private final boolean masked;
  private final Limits limits;
  private final Receiver receiver;
  private final @Nullable MessageInflater inflater;
  private final boolean inParts;

  /** The beginning of a header of which a read brought only a part; mostly empty. */
  private final ByteBuffer partialHeader = ByteBuffer.allocate(Frame.MAX_HEADER);

  // the frame that is arriving; valid from the end of its header to the end of its payload
  private boolean inPayload;
  private int firstByte;
  private long key;
  private long left;
  private byte[] control = NOTHING;
  private int controlSize;

  // the message that is arriving; a control frame does not touch it
  private final PayloadBuffer payload;
  private final Utf8Validator utf8 = new Utf8Validator();
  private int fragments;
  private boolean text;
  private boolean compressed;

  private volatile boolean over;
  private volatile boolean closedByLastByte;

  /**
   * Makes a parser.
   *
   * @param masked whether the peer's frames must be masked; if not, they must not be
   * @param limits what to take from the peer
   * @param inflater takes compressed messages, if compression was agreed on
   * @param receiver told of what comes
   */
  FrameParser(
      boolean masked, Limits limits, @Nullable MessageInflater inflater, Receiver receiver) {
    this.masked = masked;
    this.limits = limits;
    this.inflater = inflater;
    this.receiver = receiver;
    this.inParts = receiver.takesParts();
    this.payload = new PayloadBuffer(limits.maxMessageSize());
  }

  /** Takes all bytes of the buffer and tells the receiver what they complete. */
  void parse(ByteBuffer in) {
    int at = in.position();
    int end = in.limit();
    while (at < end && !over) {
      at = inPayload ? payload(in, at, end) : header(in, at, end);
    }
    in.position(end);
  }

  /** Throws away all that follows, within the current call to {@link #parse} too. Any thread. */
  void stop() {
    over = true;
  }

  /** Whether a close frame or a failure has ended the input, or {@link #stop()}. Any thread. */
  boolean over() {
    return over;
  }

  /** Whether a close frame was the last that has come, and nothing behind it. Any thread. */
  boolean closedByLastByte() {
    return closedByLastByte;
  }

  /** Notes that bytes came that nobody takes. */
  void discard(ByteBuffer in) {
    if (in.hasRemaining()) {
      closedByLastByte = false;
      in.position(in.limit());
    }
  }

  // ---- header

  private int header(ByteBuffer in, int at, int end) {
    int size = end - at < 2 ? Frame.MAX_HEADER : Frame.headerSize(in.get(at + 1));
    if (partialHeader.position() > 0 || end - at < size) {
      return partialHeader(in, at, end);
    }
    if (judge(in, at, size)) {
      begin(in, at, size, at + size == end);
    }
    return at + size;
  }

  /** Judged byte by byte, so that a bad header never waits for its rest. */
  private int partialHeader(ByteBuffer in, int from, int end) {
    ByteBuffer header = partialHeader;
    for (int at = from; at < end; ) {
      header.put(in.get(at++));
      int known = header.position();
      if (!judge(header, 0, known)) {
        return at;
      }
      if (known >= 2 && known == Frame.headerSize(header.get(1))) {
        header.clear();
        begin(header, 0, known, at == end);
        return at;
      }
    }
    return end;
  }

  /** Whether the first bytes of a header are allowed here and now; tells the receiver if not. */
  private boolean judge(ByteBuffer in, int at, int known) {
    int first = in.get(at);
    boolean good = (first & Frame.CONTROL) != 0 ? judgeControl(first) : judgeData(first);
    if (!good || known < 2) {
      return good;
    }
    int second = in.get(at + 1);
    if (masked != ((second & Frame.MASKED) != 0)) {
      return fail(PROTOCOL_ERROR, masked ? "a frame that is not masked" : "a masked frame");
    }
    int extended = Frame.extendedLength(second);
    if ((first & Frame.CONTROL) != 0) {
      left = second & 0x7f;
      return extended == 0 || fail(PROTOCOL_ERROR, "a control frame of more than 125 bytes");
    }
    return known < 2 + extended || judgeLength(first, length(in, at + 1, extended), extended);
  }

  private boolean judgeControl(int first) {
    if ((first & Frame.RSV) != 0) {
      return fail(PROTOCOL_ERROR, "a reserved bit is set in a control frame");
    }
    if ((first & Frame.OPCODE) > Frame.PONG) {
      return fail(PROTOCOL_ERROR, "an unknown control frame");
    }
    return (first & Frame.FIN) != 0 || fail(PROTOCOL_ERROR, "a fragmented control frame");
  }

  private boolean judgeData(int first) {
    int opcode = first & Frame.OPCODE;
    int reserved = first & Frame.RSV;
    boolean deflated = reserved == Frame.RSV1 && inflater != null && opcode != Frame.CONTINUATION;
    if (reserved != 0 && !deflated) {
      return fail(PROTOCOL_ERROR, "a reserved bit is set");
    }
    if (opcode > Frame.BINARY) {
      return fail(PROTOCOL_ERROR, "an unknown frame");
    }
    if (opcode == Frame.CONTINUATION != fragments > 0) {
      return fail(
          PROTOCOL_ERROR,
          fragments > 0 ? "a new message inside a fragmented one" : "a continuation of no message");
    }
    return inParts
        || fragments < limits.maxFragments()
        || fail(TOO_BIG, "a message of too many fragments");
  }

  /** The length that a second byte and what follows it tell; -1 if it is not told as it must be. */
  private static long length(ByteBuffer in, int secondAt, int extended) {
    if (extended == 0) {
      return in.get(secondAt) & 0x7f;
    }
    long length = 0;
    for (int i = 1; i <= extended; i++) {
      length = length << 8 | in.get(secondAt + i) & 0xff;
    }
    long least = extended == 2 ? 126 : 1 << 16;
    return length < least ? -1 : length;
  }

  private boolean judgeLength(int first, long length, int extended) {
    if (length < 0) {
      return fail(
          PROTOCOL_ERROR,
          extended == 2 ? "a length not in its shortest form" : "a length out of range");
    }
    left = length;
    if (inParts) {
      return true;
    }
    boolean deflated =
        (first & Frame.OPCODE) == Frame.CONTINUATION ? compressed : (first & Frame.RSV1) != 0;
    boolean fits =
        deflated && inflater != null
            ? inflater.fits(length)
            : length <= payload.limit() - payload.size();
    return fits || fail(TOO_BIG, "a message longer than the limit");
  }

  private void begin(ByteBuffer in, int at, int size, boolean lastByte) {
    firstByte = in.get(at);
    key = masked ? Masking.keyAt(in, at + size - 4) : 0;
    if (isControl()) {
      control = left == 0 ? NOTHING : new byte[(int) left];
      controlSize = 0;
    } else if (fragments++ == 0) {
      text = (firstByte & Frame.OPCODE) == Frame.TEXT;
      compressed = (firstByte & Frame.RSV1) != 0;
    }
    inPayload = left > 0;
    if (!inPayload) {
      if (inParts && !isControl()) {
        receiver.part(text, ByteBuffer.wrap(NOTHING), true, isFinal());
      }
      endFrame(lastByte);
    }
  }

  private boolean isFinal() {
    return (firstByte & Frame.FIN) != 0;
  }

  private boolean isControl() {
    return (firstByte & Frame.CONTROL) != 0;
  }

  // ---- payload

  private int payload(ByteBuffer in, int at, int end) {
    int count = (int) Math.min(end - at, left);
    boolean good;
    if (isControl()) {
      good = takeControl(in, at, count);
    } else if (inParts) {
      good = takePart(in, at, count);
    } else if (compressed) {
      good = takeCompressed(in, at, count);
    } else {
      good = takePlain(in, at, count);
    }
    left -= count;
    key = Masking.from(key, count);
    if (good && left == 0) {
      inPayload = false;
      endFrame(at + count == end);
    }
    return at + count;
  }

  private boolean takeControl(ByteBuffer in, int at, int count) {
    in.get(at, control, controlSize, count);
    Masking.apply(control, controlSize, count, key);
    controlSize += count;
    return true;
  }

  /** Hands over what is there, unmasked in its place. */
  private boolean takePart(ByteBuffer in, int from, int count) {
    ByteBuffer part = in.duplicate().position(from + count);
    if (key != 0) {
      Masking.apply(part, from, key);
    }
    boolean endOfFrame = count == left;
    receiver.part(text, part.flip().position(from), endOfFrame, endOfFrame && isFinal());
    return true;
  }

  private boolean takePlain(ByteBuffer in, int from, int count) {
    payload.reserve(count, (int) left, isFinal());
    byte[] bytes = payload.bytes();
    for (int at = from, end = from + count; at < end; ) {
      int step = Math.min(end - at, STRIDE);
      int to = payload.size();
      in.get(at, bytes, to, step);
      if (text) {
        long seen = Masking.apply(bytes, to, step, key);
        boolean ascii = (seen & Masking.NOT_ASCII) == 0 && utf8.complete();
        if (!ascii && !utf8.accept(bytes, to, to + step)) {
          return fail(INVALID_PAYLOAD, "a text that is not UTF-8");
        }
      } else if (key != 0) {
        Masking.apply(bytes, to, step, key);
      }
      payload.advance(step);
      at += step;
    }
    return true;
  }

  private boolean takeCompressed(ByteBuffer in, int from, int count) {
    return inflated(inflaterInUse().take(in, from, count, key, payload, text ? utf8 : null));
  }

  private boolean inflated(MessageInflater.Outcome outcome) {
    switch (outcome) {
      case GOOD:
        return true;
      case TOO_BIG:
        return fail(TOO_BIG, "a message longer than the limit when inflated");
      case NOT_UTF8:
        return fail(INVALID_PAYLOAD, "a text that is not UTF-8");
      default:
        return fail(PROTOCOL_ERROR, "a compressed message that cannot be inflated");
    }
  }

  private MessageInflater inflaterInUse() {
    if (inflater == null) {
      throw new IllegalStateException("compressed without an agreement"); // judgeData lets none by
    }
    return inflater;
  }

  // ---- end of frame

  private void endFrame(boolean lastByte) {
    switch (firstByte & Frame.OPCODE) {
      case Frame.CLOSE:
        closedByLastByte = lastByte;
        endClose();
        break;
      case Frame.PING:
        receiver.ping(takeControl());
        break;
      case Frame.PONG:
        receiver.pong(takeControl());
        break;
      default:
        if (isFinal()) {
          endMessage();
        }
    }
  }

  private ByteBuffer takeControl() {
    ByteBuffer buffer = ByteBuffer.wrap(control);
    control = NOTHING;
    return buffer;
  }

  private void endMessage() {
    if (inParts) {
      fragments = 0;
      return;
    }
    if (compressed && !inflated(inflaterInUse().end(payload, text ? utf8 : null))) {
      return;
    }
    if (text && !utf8.complete()) {
      fail(INVALID_PAYLOAD, "a text that ends inside a character");
      return;
    }
    fragments = 0;
    receiver.message(text, payload.take());
  }

  /** RFC 6455 §5.5.1: nothing, or a code and a reason. */
  private void endClose() {
    byte[] bytes = control;
    int code = bytes.length < 2 ? NO_CODE : (bytes[0] & 0xff) << 8 | bytes[1] & 0xff;
    if (bytes.length == 1) {
      fail(PROTOCOL_ERROR, "a close frame of one byte");
    } else if (bytes.length > 1 && !Frame.isCloseCode(code)) {
      fail(PROTOCOL_ERROR, "a close code that may not be sent: " + code);
    } else if (!isUtf8(bytes, 2)) {
      fail(INVALID_PAYLOAD, "a close reason that is not UTF-8");
    } else {
      over = true;
      int from = Math.min(2, bytes.length);
      receiver.closeReceived(
          code, new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8));
    }
  }

  private static boolean isUtf8(byte[] bytes, int from) {
    Utf8Validator whole = new Utf8Validator(); // the other may be inside a text
    return whole.accept(bytes, from, bytes.length) && whole.complete();
  }

  private boolean fail(int code, String detail) {
    over = true;
    payload.clear();
    closedByLastByte = false;
    receiver.failed(code, detail);
    return false;
  }
}
