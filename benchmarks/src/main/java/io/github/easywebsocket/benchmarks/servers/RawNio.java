package io.github.easywebsocket.benchmarks.servers;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The limit for a server on a JVM: one thread and its selector, no objects for messages, no rules.
 * All connections read into one buffer; the frames in it are unmasked and framed anew in place, so
 * that they lie one behind the other, and go out in one write. A frame of which a part is missing
 * waits, as a message does in a server that hands it to somebody. Text is not looked at.
 */
final class RawNio implements Server {

  private static final int BUFFER = 256 << 10;
  private static final int LEAST_OWN_BUFFER = 64 << 10;
  private static final int MOST_SPARES = 64;
  private static final int LONGEST_HEADER = 14;

  private final ByteBuffer shared = buffer(BUFFER);
  private final Deque<ByteBuffer> spares = new ArrayDeque<>();
  private final List<Connection> members = new ArrayList<>();

  @Override
  public int start(Setup setup) throws IOException {
    return NioLoop.start(setup.port(), Connection::new);
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private ByteBuffer borrow(int size) {
    for (ByteBuffer spare : spares) {
      if (spare.capacity() >= size) {
        spares.remove(spare);
        return spare.clear();
      }
    }
    return buffer(Math.max(LEAST_OWN_BUFFER, size));
  }

  static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      System.getLogger("benchmarks").log(Level.DEBUG, "closing failed", e);
    }
  }

  private final class Connection implements NioLoop.Connection {

    private final SocketChannel channel;
    private final Unwritten output;
    private @Nullable ByteBuffer own; // what was read and is not whole, from 0 to its position
    private boolean open;
    private boolean member;
    private boolean closing;

    Connection(SocketChannel channel, SelectionKey key) {
      this.channel = channel;
      output = new Unwritten(channel, key);
    }

    @Override
    public void ready() throws IOException {
      if (output.isEmpty()) {
        read();
      } else {
        output.writable();
      }
      if (closing && output.isEmpty()) {
        lost();
      }
    }

    @Override
    public void lost() {
      members.remove(this);
      release();
      close(channel);
    }

    private void read() throws IOException {
      ByteBuffer in = own != null ? own : shared.clear();
      if (channel.read(in) < 0) {
        lost();
        return;
      }
      int end = in.position();
      int next = open ? echo(in, end) : shakeHands(in, end);
      keep(in, next, end);
    }

    /** Keeps the bytes that are not whole until the rest has come. */
    private void keep(ByteBuffer in, int from, int end) {
      if (from == end || closing) {
        release();
        return;
      }
      int size = 2 * frameLength(in, from, end);
      in.limit(end).position(from);
      if (in != shared && in.capacity() >= size) {
        in.compact();
      } else {
        ByteBuffer bigger = borrow(size).put(in);
        release();
        own = bigger;
      }
    }

    private void release() {
      if (own != null && spares.size() < MOST_SPARES) {
        spares.push(own);
      }
      own = null;
    }

    private int frameLength(ByteBuffer in, int from, int end) {
      if (!open || end - from < LONGEST_HEADER) {
        return LONGEST_HEADER;
      }
      int length = in.get(from + 1) & 127;
      return LONGEST_HEADER
          + (length < 126 ? length : length == 126 ? shortAt(in, from + 2) : longAt(in, from + 2));
    }

    /** Echoes the whole frames, and returns where the first begins that is not whole. */
    private int echo(ByteBuffer in, int end) throws IOException {
      int next = 0;
      int outFrom = -1; // of what is to be written
      int outTo = -1;
      while (end - next >= 6 && !closing) {
        int length = in.get(next + 1) & 127;
        int header = length < 126 ? 6 : length == 126 ? 8 : 14;
        if (end - next < header) {
          break;
        }
        if (length >= 126) {
          length = length == 126 ? shortAt(in, next + 2) : longAt(in, next + 2);
        }
        int payload = next + header;
        if (end - payload < length) {
          break;
        }
        int first = in.get(next);
        int key = in.getInt(payload - 4);
        int answerHeader = header - 4;
        if (outFrom < 0) {
          outFrom = payload - answerHeader; // the payload stays where it is
          outTo = outFrom;
        }
        unmask(in, payload, outTo + answerHeader, length, key);
        putHeader(in, outTo, first, length);
        outTo += answerHeader + length;
        next = payload + length;
        closing = (first & 15) == 8;
      }
      if (outFrom >= 0) {
        write(in, outFrom, outTo);
      }
      return next;
    }

    private void write(ByteBuffer in, int from, int to) throws IOException {
      if (!member || closing) {
        output.write(in.limit(to).position(from));
      } else {
        for (Connection each : members) {
          each.output.write(in.limit(to).position(from));
        }
      }
      in.limit(in.capacity());
    }

    private int shakeHands(ByteBuffer in, int end) throws IOException {
      byte[] bytes = new byte[end];
      in.get(0, bytes);
      String request = new String(bytes, StandardCharsets.ISO_8859_1);
      if (!request.endsWith("\r\n\r\n")) {
        return 0;
      }
      open = true;
      member = request.startsWith("GET " + BROADCAST);
      if (member) {
        members.add(this);
      }
      channel.write(OpeningResponse.to(request));
      return end;
    }
  }

  private static int shortAt(ByteBuffer in, int at) {
    return Short.reverseBytes(in.getShort(at)) & 0xffff;
  }

  private static int longAt(ByteBuffer in, int at) {
    return (int) Math.min(LONGEST, Long.reverseBytes(in.getLong(at)));
  }

  private static void putHeader(ByteBuffer out, int at, int first, int length) {
    out.put(at, (byte) first);
    if (length < 126) {
      out.put(at + 1, (byte) length);
    } else if (length < 1 << 16) {
      out.put(at + 1, (byte) 126).putShort(at + 2, Short.reverseBytes((short) length));
    } else {
      out.put(at + 1, (byte) 127).putLong(at + 2, Long.reverseBytes(length));
    }
  }

  /** Moves the bytes there, to where they are or further to the front, without their mask. */
  private static void unmask(ByteBuffer bytes, int from, int to, int length, int key) {
    long keys = key & 0xffff_ffffL | (long) key << 32;
    int i = 0;
    for (; i <= length - 32; i += 32) {
      bytes.putLong(to + i, bytes.getLong(from + i) ^ keys);
      bytes.putLong(to + i + 8, bytes.getLong(from + i + 8) ^ keys);
      bytes.putLong(to + i + 16, bytes.getLong(from + i + 16) ^ keys);
      bytes.putLong(to + i + 24, bytes.getLong(from + i + 24) ^ keys);
    }
    for (; i <= length - 8; i += 8) {
      bytes.putLong(to + i, bytes.getLong(from + i) ^ keys);
    }
    for (; i < length; i++) {
      bytes.put(to + i, (byte) (bytes.get(from + i) ^ (int) (keys >>> 8 * (i & 7))));
    }
  }
}
