package io.github.easywebsocket.tck;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * One stream of HTTP/2 (RFC 9113) as a socket, so that a {@link RawPeer} can speak over it: what is
 * written goes out in DATA frames, and what comes in DATA frames is read. It is the only stream on
 * its TCP connection, and knows just enough of HTTP/2 for that. One thread at a time.
 */
final class Http2Stream extends Socket {

  /** With which a client begins. */
  static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int WINDOW_UPDATE = 8;

  private static final int END_STREAM = 1;
  private static final int ACK = 1;
  private static final int END_HEADERS = 4;

  private static final int HEADER_TABLE_SIZE = 1;
  private static final int INITIAL_WINDOW_SIZE = 4;
  private static final int ENABLE_CONNECT_PROTOCOL = 8;

  private static final int MAX_FRAME = 16 << 10;
  private static final int DEFAULT_WINDOW = 65_535;
  private static final int CANCEL = 8;
  private static final int STREAM = 1;

  /** The codes of {@code :status} in HPACK's static table, from index 8 on. */
  private static final List<Integer> STATUSES = List.of(200, 204, 206, 304, 400, 404, 500);

  private static final String ACCEPT =
      HexFormat.of().formatHex("sec-websocket-accept".getBytes(StandardCharsets.US_ASCII));
  private static final String ACCEPT_IN_HUFFMAN = "4148b782c68393a952b0c842d69f";

  private final Socket tcp;
  private final DataInputStream in;
  private boolean connectEnabled;
  private int status;
  private byte[] answer = {};
  private InputStream data = InputStream.nullInputStream();
  private boolean ended;
  private int connectionWindow = DEFAULT_WINDOW;
  private int streamWindow = DEFAULT_WINDOW;
  private int initialWindow = DEFAULT_WINDOW;
  private final boolean opensWindow;

  /** Begins HTTP/2 on a connection, and waits for the settings of the server. */
  Http2Stream(Socket tcp) throws IOException {
    this(tcp, true);
  }

  /** The same, but the server may send only what {@link #openWindow} says. */
  static Http2Stream withClosedWindow(Socket tcp) throws IOException {
    return new Http2Stream(tcp, false);
  }

  private Http2Stream(Socket tcp, boolean opensWindow) throws IOException {
    this.tcp = tcp;
    this.opensWindow = opensWindow;
    this.in = new DataInputStream(tcp.getInputStream());
    tcp.setSoTimeout((int) Patience.TIME.toMillis());
    tcp.getOutputStream().write(PREFACE);
    // no dynamic table: a header is read without those before it
    ByteBuffer settings = ByteBuffer.allocate(12).putShort((short) HEADER_TABLE_SIZE).putInt(0);
    int window = opensWindow ? DEFAULT_WINDOW : 0;
    settings.putShort((short) INITIAL_WINDOW_SIZE).putInt(window);
    send(SETTINGS, 0, 0, settings.array());
    int type;
    do {
      type = readFrame();
    } while (type != SETTINGS);
  }

  /** Whether the server takes an extended CONNECT. */
  boolean connectEnabled() {
    return connectEnabled;
  }

  /** Opens the stream with a request, and returns the status of the answer. */
  int request(Map<String, String> headers) throws IOException {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    headers.forEach(
        (name, value) -> {
          block.write(0); // not indexed, with a new name
          putString(block, name);
          putString(block, value);
        });
    send(HEADERS, END_HEADERS, STREAM, block.toByteArray());
    while (status == 0) {
      readFrame();
    }
    return status;
  }

  /** Whether the answer has {@code Sec-WebSocket-Accept}: as it is, or in Huffman's code. */
  boolean hasAccept() {
    String block = HexFormat.of().formatHex(answer);
    return block.contains(ACCEPT) || block.contains(ACCEPT_IN_HUFFMAN);
  }

  private static void putString(ByteArrayOutputStream block, String text) {
    block.write(text.length()); // below 127, and not compressed
    block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  // ---- frames

  private void send(int type, int flags, int stream, byte[] payload) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
    frame.putInt(payload.length << 8 | type).put((byte) flags).putInt(stream).put(payload);
    tcp.getOutputStream().write(frame.array());
    tcp.getOutputStream().flush();
  }

  /** Takes the next frame, and returns its type. */
  private int readFrame() throws IOException {
    int lengthAndType = in.readInt();
    int type = lengthAndType & 0xff;
    int flags = in.readUnsignedByte();
    int stream = in.readInt();
    byte[] payload = in.readNBytes(lengthAndType >>> 8);
    switch (type) {
      case DATA -> received(payload);
      case HEADERS -> {
        answer = payload;
        status = status(payload);
      }
      case SETTINGS -> settings(flags, payload);
      case WINDOW_UPDATE -> {
        int more = ByteBuffer.wrap(payload).getInt();
        connectionWindow += stream == 0 ? more : 0;
        streamWindow += stream == 0 ? 0 : more;
      }
      case PING -> {
        if (flags != ACK) {
          send(PING, ACK, 0, payload);
        }
      }
      case RST_STREAM -> throw new SocketException("the stream is reset");
      default -> {} // of no concern to a peer with one stream
    }
    ended |= (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
    return type;
  }

  private void received(byte[] payload) throws IOException {
    data = new ByteArrayInputStream(payload);
    if (payload.length > 0 && opensWindow) {
      openWindow(payload.length);
    }
  }

  /** Lets the server send so many bytes more. */
  void openWindow(int bytes) throws IOException {
    byte[] more = ByteBuffer.allocate(4).putInt(bytes).array();
    send(WINDOW_UPDATE, 0, 0, more);
    send(WINDOW_UPDATE, 0, STREAM, more);
  }

  private void settings(int flags, byte[] payload) throws IOException {
    if (flags == ACK) {
      return;
    }
    ByteBuffer settings = ByteBuffer.wrap(payload);
    while (settings.hasRemaining()) {
      int id = settings.getShort();
      int value = settings.getInt();
      if (id == ENABLE_CONNECT_PROTOCOL) {
        connectEnabled = value == 1;
      } else if (id == INITIAL_WINDOW_SIZE) {
        streamWindow += value - initialWindow;
        initialWindow = value;
      }
    }
    send(SETTINGS, ACK, 0, new byte[0]);
  }

  // ---- HPACK, RFC 7541

  /** The status, which is the first header of a response. */
  private static int status(byte[] block) throws IOException {
    int at = 0;
    while ((block[at] & 0xe0) == 0x20) {
      at++; // the size of the dynamic table
    }
    int first = block[at] & 0xff;
    if (first >= 0x88 && first <= 0x8e) {
      return STATUSES.get(first - 0x88);
    }
    if (first != 0x48 && first != 0x08 && first != 0x18) {
      throw new IOException("a response that does not begin with :status");
    }
    int length = block[at + 1] & 0x7f;
    return (block[at + 1] & 0x80) == 0
        ? Integer.parseInt(new String(block, at + 2, length, StandardCharsets.US_ASCII))
        : huffman(block, at + 2);
  }

  /**
   * Three digits in Huffman's code: five bits for 0, 1 and 2, six from 011001 on for the others.
   */
  private static int huffman(byte[] block, int from) {
    int bits = ByteBuffer.wrap(block, from, 2).getShort() << 16 | (block[from + 2] & 0xff) << 8;
    int number = 0;
    for (int i = 0; i < 3; i++) {
      int five = bits >>> 27;
      boolean isShort = five <= 2;
      number = 10 * number + (isShort ? five : (bits >>> 26) - 0x19 + 3);
      bits <<= isShort ? 5 : 6;
    }
    return number;
  }

  // ---- Socket

  @Override
  public InputStream getInputStream() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        int count = data.read(bytes, offset, length);
        while (count <= 0 && length > 0) {
          if (ended) {
            return -1;
          }
          readFrame();
          count = data.read(bytes, offset, length);
        }
        return count;
      }
    };
  }

  @Override
  public OutputStream getOutputStream() {
    return new OutputStream() {
      @Override
      public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        for (int done = 0; done < length; ) {
          int window = Math.min(connectionWindow, streamWindow);
          int count = Math.min(Math.min(window, MAX_FRAME), length - done);
          if (count <= 0) {
            readFrame();
            continue;
          }
          byte[] payload = new byte[count];
          System.arraycopy(bytes, offset + done, payload, 0, count);
          send(DATA, 0, STREAM, payload);
          done += count;
          connectionWindow -= count;
          streamWindow -= count;
        }
      }
    };
  }

  @Override
  public void shutdownOutput() throws IOException {
    send(DATA, END_STREAM, STREAM, new byte[0]);
  }

  /** Resets the stream, when {@link RawPeer#reset} asks for that, but leaves TCP open. */
  void cancel() throws IOException {
    send(RST_STREAM, 0, STREAM, ByteBuffer.allocate(4).putInt(CANCEL).array());
  }

  @Override
  public void setTcpNoDelay(boolean on) throws SocketException {
    tcp.setTcpNoDelay(on);
  }

  @Override
  public void setSoTimeout(int millis) throws SocketException {
    tcp.setSoTimeout(millis);
  }

  @Override
  public void setSoLinger(boolean on, int seconds) throws SocketException {
    tcp.setSoLinger(on, seconds);
  }

  @Override
  public SocketAddress getLocalSocketAddress() {
    return tcp.getLocalSocketAddress();
  }

  @Override
  public boolean isClosed() {
    return tcp.isClosed();
  }

  @Override
  public void close() throws IOException {
    tcp.close();
  }
}
