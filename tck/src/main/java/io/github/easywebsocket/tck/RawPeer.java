package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * The other end of a connection under test: a socket that speaks bytes. It keeps no rule by itself:
 * it answers no ping and no close, and can split, dribble, lie about lengths, end its output,
 * reset, and never read.
 *
 * <p>Each {@code expect} waits for what it names and fails with what it sees instead. What goes
 * over the wire is kept for failure messages. One thread sends, one reads.
 */
final class RawPeer implements AutoCloseable {

  private static final int SMALL_WINDOW = 4096;

  private final Socket socket;
  private final boolean client;
  private final Wire wire;
  private final DataInputStream in;
  private byte[] mask = {};

  /**
   * Wraps a socket that is connected.
   *
   * @param client whether this is the client, whose frames are masked
   */
  RawPeer(Socket socket, boolean client, Wire wire) throws IOException {
    this.socket = socket;
    this.client = client;
    this.wire = wire;
    this.in = new DataInputStream(socket.getInputStream());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout((int) wire.patience().toMillis());
  }

  /** Connects as a client. */
  static RawPeer connect(InetSocketAddress address, Wire wire) throws IOException {
    return connect(new Socket(), address, wire);
  }

  /** Connects as a client with a small receive window, so that little fits into the kernel. */
  static RawPeer connectWithSmallWindow(InetSocketAddress address, Wire wire) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(SMALL_WINDOW);
    return connect(socket, address, wire);
  }

  private static RawPeer connect(Socket socket, InetSocketAddress address, Wire wire)
      throws IOException {
    socket.connect(address, (int) Patience.TIME.toMillis());
    wire.note("peer connects to port " + address.getPort());
    return new RawPeer(socket, true, wire);
  }

  /** Connects as a client with TLS. */
  static RawPeer connectTls(InetSocketAddress address, SSLContext tls, Wire wire)
      throws IOException {
    return connectTls(new Socket(), address, tls, wire);
  }

  /** The same on a socket of the test's, with a small receive window. */
  static RawPeer connectTlsWithSmallWindow(
      Socket plain, InetSocketAddress address, SSLContext tls, Wire wire) throws IOException {
    plain.setReceiveBufferSize(SMALL_WINDOW);
    return connectTls(plain, address, tls, wire);
  }

  private static RawPeer connectTls(
      Socket plain, InetSocketAddress address, SSLContext tls, Wire wire) throws IOException {
    plain.connect(address, (int) Patience.TIME.toMillis());
    SSLSocketFactory factory = tls.getSocketFactory();
    wire.note("peer connects with TLS to port " + address.getPort());
    return new RawPeer(
        factory.createSocket(plain, "localhost", address.getPort(), true), true, wire);
  }

  // ---- sending

  RawPeer send(Frame frame) {
    return send(frame.encode(client), frame.toString());
  }

  /** Sends frames in one write. */
  RawPeer send(Frame... frames) {
    return send(encode(frames), Arrays.toString(frames));
  }

  RawPeer send(Request request) {
    return send(request.encode(), Wire.printable(request.toString()));
  }

  RawPeer send(byte[] bytes, String what) {
    wire.sent(what, bytes);
    try {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
    } catch (IOException e) {
      wire.note("peer cannot send: " + e);
      throw new UncheckedIOException("the peer cannot send " + what, e);
    }
    return this;
  }

  /** Sends what the other end may not live to read: that it cannot be sent is no failure. */
  RawPeer trySend(Frame... frames) {
    try {
      return send(frames);
    } catch (UncheckedIOException e) {
      return this;
    }
  }

  RawPeer text(String text) {
    return send(Frame.text(text));
  }

  /** Sends a frame with the mask that belongs to the other end: none from a client. */
  RawPeer sendWronglyMasked(Frame frame) {
    return send(frame.encode(!client), frame + (client ? " not masked" : " masked"));
  }

  /** Sends a frame with its length in a form that may be too long. */
  RawPeer send(Frame frame, Frame.Length form) {
    return send(frame.encode(client, form), frame + " with a length of " + form);
  }

  /** Sends only a header, which announces a length. */
  RawPeer announce(Frame frame, long length) {
    return announce(frame, Frame.Length.fewest(length), length);
  }

  RawPeer announce(Frame frame, Frame.Length form, long length) {
    return send(
        frame.header(client, form, length),
        "header of " + frame + " that announces " + Long.toUnsignedString(length) + " bytes");
  }

  /** Sends frames byte by byte, each in a write of its own. */
  RawPeer dribble(Frame... frames) {
    for (byte one : encode(frames)) {
      send(new byte[] {one}, "one byte");
    }
    return this;
  }

  /** The bytes of frames as this peer would send them. */
  byte[] encode(Frame... frames) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (Frame frame : frames) {
      bytes.writeBytes(frame.encode(client));
    }
    return bytes.toByteArray();
  }

  /** Ends the output: FIN. */
  RawPeer finish() throws IOException {
    wire.note("peer -> FIN");
    socket.shutdownOutput();
    return this;
  }

  /** Ends the connection with RST. */
  RawPeer reset() throws IOException {
    wire.note("peer -> RST");
    socket.setSoLinger(true, 0);
    socket.close();
    return this;
  }

  // ---- receiving

  /** The next frame. */
  Frame expectFrame(String expected) throws IOException {
    Frame frame = readFrame(expected);
    if (frame == null) {
      throw new AssertionError("expected " + expected + ", seen: the end of TCP");
    }
    return frame;
  }

  private @Nullable Frame readFrame(String expected) throws IOException {
    try {
      int first = in.read();
      if (first < 0) {
        wire.note("peer <- FIN");
        return null;
      }
      Frame frame = new Frame(first, readPayload());
      wire.received(frame);
      return frame;
    } catch (SocketTimeoutException e) {
      wire.note("peer waits in vain for " + expected);
      throw new AssertionError(
          "expected " + expected + ", seen: nothing for " + wire.patience().toMillis() + " ms");
    } catch (IOException e) {
      wire.note("peer <- " + e);
      throw new IOException("expected " + expected + ", seen: " + e, e);
    }
  }

  private byte[] readPayload() throws IOException {
    int second = in.readUnsignedByte();
    assertEquals(!client, (second & 0x80) != 0, "whether the frame is masked");
    long length = second & 0x7f;
    if (length == 126) {
      length = in.readUnsignedShort();
    } else if (length == 127) {
      length = in.readLong();
    }
    mask = new byte[4];
    if (!client) {
      in.readFully(mask);
    }
    byte[] payload = new byte[Math.toIntExact(length)];
    in.readFully(payload);
    for (int i = 0; i < payload.length; i++) {
      payload[i] ^= mask[i % 4];
    }
    return payload;
  }

  /** The next message, put together of its fragments. Control frames may not be between. */
  Frame expectMessage(String expected) throws IOException {
    Frame first = expectFrame(expected);
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    payload.writeBytes(first.payload());
    for (Frame next = first; !next.isLast(); ) {
      next = expectFrame("a continuation of " + expected);
      assertEquals(Frame.CONTINUATION, next.opcode(), "opcode of a fragment of " + expected);
      payload.writeBytes(next.payload());
    }
    return Frame.of(first.opcode(), payload.toByteArray()).reserved(first.reserved());
  }

  RawPeer expect(Frame expected) throws IOException {
    assertEquals(expected, expectFrame(expected.toString()));
    return this;
  }

  RawPeer expectText(String text) throws IOException {
    Frame expected = Frame.text(text);
    assertEquals(expected, expectMessage(expected.toString()));
    return this;
  }

  /** Expects a close frame with the code and an empty reason. */
  RawPeer expectClose(int code) throws IOException {
    return expect(code == 1005 ? Frame.close() : Frame.close(code, ""));
  }

  /** Reads whatever comes up to a close frame. */
  Frame skipToClose() throws IOException {
    while (true) {
      Frame frame = expectFrame("a close frame");
      if (frame.opcode() == Frame.CLOSE) {
        return frame;
      }
    }
  }

  /** Expects the orderly end of TCP, and nothing before it. */
  RawPeer expectFin() throws IOException {
    Frame frame = readFrame("the end of TCP");
    if (frame != null) {
      throw new AssertionError("expected the end of TCP, seen: " + frame);
    }
    return this;
  }

  /** Expects the end of TCP, orderly or by a reset, whatever comes before it. */
  RawPeer expectGone() throws IOException {
    try {
      byte[] rest = new byte[8192];
      while (in.read(rest) >= 0) {
        wire.note("peer <- bytes it does not look at");
      }
      wire.note("peer <- FIN");
    } catch (SocketTimeoutException e) {
      throw new AssertionError("expected the end of TCP, but the connection stays open");
    } catch (IOException e) {
      wire.note("peer <- " + e);
    }
    return this;
  }

  // ---- HTTP

  /** Reads the head of an HTTP message. */
  Head readHead() throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.indexOf("\r\n\r\n") < 0) {
      int next = readByte("an HTTP head, after \"" + Wire.printable(text.toString()) + "\"");
      if (next < 0) {
        throw new IOException("the end of TCP inside of a head: \"" + text + "\"");
      }
      text.append((char) next);
    }
    wire.note("peer <- " + Wire.printable(text.toString()));
    return Head.parse(text.toString());
  }

  private int readByte(String expected) throws IOException {
    try {
      return in.read();
    } catch (SocketTimeoutException e) {
      throw new AssertionError(
          "expected " + expected + ", seen: nothing for " + wire.patience().toMillis() + " ms");
    }
  }

  /** Reads an HTTP answer. */
  Answer readAnswer() throws IOException {
    Head head = readHead();
    int status = head.status();
    String length = head.first("Content-Length");
    byte[] body = {};
    if (length != null && status != 101 && status != 204 && status != 304) {
      body = in.readNBytes(Integer.parseInt(length));
    } else if (length == null && status >= 200 && status != 204 && status != 304) {
      body = in.readAllBytes();
    }
    if (body.length > 0) {
      wire.note("peer <- body " + Wire.printable(new String(body, StandardCharsets.UTF_8)));
    }
    return new Answer(head, body);
  }

  /** The key that masked the latest frame. */
  int mask() {
    return ByteBuffer.wrap(mask).getInt();
  }

  /** The next bytes, fewer if TCP ends before. */
  byte[] readUpTo(int count) {
    try {
      return in.readNBytes(count);
    } catch (IOException e) {
      wire.note("peer <- " + e);
      return new byte[0];
    }
  }

  Wire wire() {
    return wire;
  }

  InetSocketAddress localAddress() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  /** Ends the connection if it is still there, with RST so that nothing lingers. */
  @Override
  public void close() {
    try {
      if (!socket.isClosed()) {
        reset();
      }
    } catch (IOException e) {
      wire.note("peer cannot be closed: " + e);
    }
  }
}
