package io.github.easywebsocket.benchmarks.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** The client's side of the opening handshake, RFC 6455 §4.1, with the key of the RFC's example. */
final class OpeningRequest {

  private static final String ACCEPT = "\r\nsec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=\r\n";
  private static final String DEFLATE = "\r\nsec-websocket-extensions: permessage-deflate";
  private static final String END = "\r\n\r\n";

  private final byte[] bytes;
  private final boolean deflate;

  OpeningRequest(int port, String path, boolean deflate) {
    this.deflate = deflate;
    bytes =
        ("GET "
                + path
                + " HTTP/1.1\r\nHost: 127.0.0.1:"
                + port
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                + (deflate ? "Sec-WebSocket-Extensions: permessage-deflate\r\n" : "")
                + "\r\n")
            .getBytes(StandardCharsets.ISO_8859_1);
  }

  ByteBuffer bytes() {
    return ByteBuffer.wrap(bytes);
  }

  /**
   * Looks at the response.
   *
   * @param response what has come up to now
   * @return whether it is whole
   * @throws WrongEcho if it is not as it should be
   */
  boolean isAnsweredBy(ByteBuffer response) throws WrongEcho {
    String head = StandardCharsets.ISO_8859_1.decode(response.duplicate().flip()).toString();
    if (!head.contains(END)) {
      return false;
    }
    String lower = head.toLowerCase(Locale.ROOT);
    if (!lower.startsWith("http/1.1 101 ") || !lower.contains(ACCEPT)) {
      throw new WrongEcho("the handshake was answered: " + head.lines().findFirst().orElse(""));
    }
    if (lower.contains(DEFLATE) != deflate) {
      throw new WrongEcho("the server " + (deflate ? "does not compress" : "compresses"));
    }
    if (!head.endsWith(END)) {
      throw new WrongEcho("bytes came behind the handshake that nobody asked for");
    }
    return true;
  }

  /** Shakes hands on a wire that blocks. */
  void shakeHands(Wire wire) throws IOException {
    ByteBuffer request = bytes();
    while (!wire.write(request)) {
      Thread.onSpinWait();
    }
    ByteBuffer response = ByteBuffer.allocate(64 << 10);
    do {
      if (wire.read(response) < 0) {
        throw new WrongEcho("the server ended the connection instead of answering the handshake");
      }
    } while (!isAnsweredBy(response));
  }
}
