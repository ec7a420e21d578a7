package io.github.easywebsocket.benchmarks.load;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * For a server of WebSockets: the same messages come back, in any number of frames each. Pings and
 * pongs in between are passed over.
 */
final class FrameCheck implements Check {

  private static final int FIN = 0x80;
  private static final int COMPRESSED = 0x40;
  private static final int OPCODE = 0x0f;
  private static final int MASKED = 0x80;
  private static final int LENGTH = 0x7f;
  private static final int CONTROL = 0x08;
  private static final byte[] TAIL = {0, 0, (byte) 0xff, (byte) 0xff};

  private final Messages messages;
  private final ByteBuffer expected;
  private int next; // the number of the message, up to messages.count()

  private final ByteBuffer header = ByteBuffer.allocate(10);
  private int first; // byte of the frame
  private long left; // of the frame's payload
  private boolean inMessage;
  private int offset; // in the message

  private @Nullable Inflater inflater;
  private @Nullable ByteArrayOutputStream compressed; // the message, if it is

  FrameCheck(Messages messages) {
    this.messages = messages;
    expected = messages.payloads();
  }

  @Override
  public int take(ByteBuffer bytes) throws IOException {
    int done = 0;
    while (bytes.hasRemaining()) {
      if (left == 0 && !header(bytes)) {
        break;
      }
      int count = (int) Math.min(left, bytes.remaining());
      payload(count, bytes);
      left -= count;
      if (left == 0 && endsMessage()) {
        endMessage();
        done++;
      }
    }
    return done;
  }

  private boolean header(ByteBuffer bytes) throws WrongEcho {
    while (bytes.hasRemaining()) {
      header.put(bytes.get());
      if (header.position() >= 2 && header.position() == headerLength()) {
        begin();
        header.clear();
        return true;
      }
    }
    return false;
  }

  private int headerLength() {
    int length = header.get(1) & LENGTH;
    return length < 126 ? 2 : length == 126 ? 4 : 10;
  }

  private void begin() throws WrongEcho {
    first = header.get(0);
    int length = header.get(1) & LENGTH;
    left = length < 126 ? length : length == 126 ? header.getShort(2) & 0xffff : header.getLong(2);
    require((header.get(1) & MASKED) == 0, "a frame is masked");
    int opcode = first & OPCODE;
    if (opcode >= CONTROL) {
      return;
    }
    require(opcode == (inMessage ? 0 : messages.opcode()), "an opcode is " + opcode);
    if (!inMessage && (first & COMPRESSED) != 0) {
      compressed = new ByteArrayOutputStream();
    }
    inMessage = true;
  }

  private void payload(int count, ByteBuffer bytes) throws WrongEcho {
    if ((first & OPCODE) == ClientFrame.CLOSE) {
      throw new WrongEcho("the server closed" + code(count, bytes));
    }
    if ((first & OPCODE) >= CONTROL) {
      bytes.position(bytes.position() + count);
    } else if (compressed != null) {
      byte[] piece = new byte[count];
      bytes.get(piece);
      compressed.writeBytes(piece);
    } else {
      require(offset + count <= messages.size(), "a message is too long");
      Compare.next(count, bytes, expected, next * messages.size() + offset);
      offset += count;
    }
  }

  private static String code(int count, ByteBuffer bytes) {
    return count < 2 ? "" : " with " + (bytes.getShort(bytes.position()) & 0xffff);
  }

  private boolean endsMessage() {
    return (first & FIN) != 0 && (first & OPCODE) < CONTROL;
  }

  private void endMessage() throws WrongEcho {
    if (compressed != null) {
      compressed.writeBytes(TAIL);
      inflate(compressed.toByteArray());
      compressed = null;
    }
    require(offset == messages.size(), "a message is too short");
    offset = 0;
    inMessage = false;
    next = next + 1 == messages.count() ? 0 : next + 1;
  }

  private void inflate(byte[] bytes) throws WrongEcho {
    if (inflater == null) {
      inflater = new Inflater(true);
    }
    byte[] message = new byte[messages.size() + 1];
    inflater.setInput(bytes);
    try {
      offset = inflater.inflate(message);
    } catch (DataFormatException e) {
      throw new WrongEcho("a message does not inflate: " + e.getMessage());
    }
    if (inflater.finished()) {
      inflater.reset(); // the server ended its stream with this message
    }
    require(offset <= messages.size(), "a message is too long");
    Compare.next(offset, ByteBuffer.wrap(message), expected, next * messages.size());
  }

  private static void require(boolean condition, String otherwise) throws WrongEcho {
    if (!condition) {
      throw new WrongEcho(otherwise);
    }
  }
}
