package io.github.easywebsocket.tck;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A server of bytes, for clients under test: accepts, and answers the handshake as it is told. */
final class RawServer implements AutoCloseable {

  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private final ServerSocket socket;
  private final boolean tls;

  private RawServer(ServerSocket socket, boolean tls) throws IOException {
    this.socket = socket;
    this.tls = tls;
    socket.setSoTimeout((int) Patience.TIME.toMillis());
  }

  /**
   * Listens on a free port.
   *
   * @param context for TLS, or null
   * @param window the receive buffer in bytes, or 0 for the system's
   */
  static RawServer listen(@Nullable SSLContext context, int window) throws IOException {
    ServerSocket socket =
        context == null
            ? new ServerSocket()
            : context.getServerSocketFactory().createServerSocket();
    if (window > 0) {
      socket.setReceiveBufferSize(window);
    }
    socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
    return new RawServer(socket, context != null);
  }

  int port() {
    return socket.getLocalPort();
  }

  /** Where clients connect to. */
  URI uri() {
    return URI.create((tls ? "wss://localhost:" : "ws://127.0.0.1:") + port() + "/ws");
  }

  /** Accepts one connection. */
  RawPeer accept(Wire wire) throws IOException {
    Socket accepted = socket.accept();
    wire.note("peer accepts a connection");
    return new RawPeer(accepted, false, wire);
  }

  /** The answer that opens a connection, up to its last header. */
  static String switching(Head request) {
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: "
        + acceptKey(String.valueOf(request.first("Sec-WebSocket-Key")))
        + "\r\n";
  }

  static String acceptKey(String key) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-1")
              .digest((key + GUID).getBytes(StandardCharsets.ISO_8859_1));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-1", e);
    }
  }

  /** Sends text of HTTP. */
  static void answer(RawPeer peer, String http) {
    peer.send(http.getBytes(StandardCharsets.ISO_8859_1), Wire.printable(http));
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
