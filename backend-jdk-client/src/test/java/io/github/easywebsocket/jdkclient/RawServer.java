package io.github.easywebsocket.jdkclient;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.SSLContext;

/**
 * A server of one connection that speaks bytes: it does only what a test tells it, right or wrong.
 * Not safe for concurrent use, but for reading on one thread and writing on another.
 */
final class RawServer implements AutoCloseable {

  private static final int PATIENCE_MILLIS = 10_000;

  private final ServerSocket listening;
  private final boolean secure;
  private Socket socket = new Socket(); // of the connection, once it is accepted
  private DataInputStream in = new DataInputStream(InputStream.nullInputStream());
  private OutputStream out = OutputStream.nullOutputStream();

  private RawServer(ServerSocket listening, boolean secure) throws IOException {
    this.listening = listening;
    this.secure = secure;
    listening.setSoTimeout(PATIENCE_MILLIS);
  }

  static RawServer start() throws IOException {
    return new RawServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), false);
  }

  static RawServer startTls(SSLContext tls) throws IOException {
    return new RawServer(
        tls.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress()),
        true);
  }

  URI uri() {
    return URI.create((secure ? "wss" : "ws") + "://localhost:" + listening.getLocalPort() + "/ws");
  }

  /** Accepts the connection and reads the request: its lines. */
  List<String> acceptRequest() throws IOException {
    socket = listening.accept();
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MILLIS);
    in = new DataInputStream(socket.getInputStream());
    out = socket.getOutputStream();
    List<String> lines = new ArrayList<>();
    for (String line; !(line = readLine()).isEmpty(); ) {
      lines.add(line);
    }
    return lines;
  }

  private String readLine() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b; (b = in.readUnsignedByte()) != '\n'; ) {
      line.append((char) b);
    }
    return line.toString().strip();
  }

  /** Accepts the connection and switches protocols, with further header lines in the answer. */
  RawServer accept(String... headerLines) throws IOException {
    List<String> all = new ArrayList<>(List.of("Upgrade: websocket", "Connection: Upgrade"));
    all.addAll(List.of(headerLines));
    return acceptWith(all);
  }

  /** Accepts the connection and switches protocols with just these header lines and the key's. */
  RawServer acceptWith(List<String> headerLines) throws IOException {
    String key = header(acceptRequest(), "Sec-WebSocket-Key");
    StringBuilder answer = new StringBuilder("HTTP/1.1 101 Switching Protocols\r\n");
    headerLines.forEach(line -> answer.append(line).append("\r\n"));
    answer.append("Sec-WebSocket-Accept: ").append(digest(key)).append("\r\n\r\n");
    write(answer.toString());
    return this;
  }

  static String header(List<String> request, String name) {
    String prefix = name.toLowerCase() + ":";
    return request.stream()
        .filter(line -> line.toLowerCase().startsWith(prefix))
        .map(line -> line.substring(prefix.length()).strip())
        .findFirst()
        .orElse("");
  }

  private static String digest(String key) {
    try {
      byte[] sha1 =
          MessageDigest.getInstance("SHA-1")
              .digest(
                  (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                      .getBytes(StandardCharsets.ISO_8859_1));
      return Base64.getEncoder().encodeToString(sha1);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  void write(String text) throws IOException {
    write(text.getBytes(StandardCharsets.UTF_8));
  }

  void writeHex(String hex) throws IOException {
    write(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  void write(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  /** Sends an unmasked frame with the given first byte. */
  void frame(int first, byte[] payload) throws IOException {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(first);
    if (payload.length < 126) {
      frame.write(payload.length);
    } else if (payload.length < 65536) {
      frame.write(126);
      frame.write(payload.length >> 8);
      frame.write(payload.length);
    } else {
      frame.write(127);
      for (int shift = 56; shift >= 0; shift -= 8) {
        frame.write((int) ((long) payload.length >> shift));
      }
    }
    frame.writeBytes(payload);
    write(frame.toByteArray());
  }

  /** A frame of the client: its first byte, and its payload unmasked. */
  record Frame(int first, byte[] payload) {
    /** First byte and payload in hex, such as {@code "88 03e8"}. */
    @Override
    public String toString() {
      return Integer.toHexString(first) + " " + HexFormat.of().formatHex(payload);
    }

    String text() {
      return new String(payload, StandardCharsets.UTF_8);
    }
  }

  /** Reads a frame; fails if it is not masked, or at the end of the connection. */
  Frame read() throws IOException {
    int first = in.readUnsignedByte();
    int second = in.readUnsignedByte();
    if ((second & 0x80) == 0) {
      throw new AssertionError("not masked");
    }
    long length = second & 0x7f;
    if (length == 126) {
      length = in.readUnsignedShort();
    } else if (length == 127) {
      length = in.readLong();
    }
    byte[] mask = in.readNBytes(4);
    byte[] payload = in.readNBytes((int) length);
    for (int i = 0; i < payload.length; i++) {
      payload[i] ^= mask[i & 3];
    }
    return new Frame(first, payload);
  }

  /** Reads bytes and forgets them. */
  void skip(int bytes) throws IOException {
    in.skipNBytes(bytes);
  }

  /** Waits for the client to end the connection, whatever it still sends. True if in good order. */
  boolean ends() {
    try {
      in.readAllBytes();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Ends our output; the client reads the end of the stream. */
  void fin() throws IOException {
    socket.shutdownOutput();
  }

  /** Cuts the connection: the client sees a reset. */
  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    listening.close();
    socket.close();
  }
}
