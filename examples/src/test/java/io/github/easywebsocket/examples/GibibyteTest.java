package io.github.easywebsocket.examples;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.IncomingMessage;
import io.github.easywebsocket.WebSocketConnection;
import io.github.easywebsocket.WebSocketServer;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages that are larger than the heap: {@code -Pgibibyte} runs it, with 64 MiB. */
@Tag("gibibyte")
@Timeout(1200)
class GibibyteTest {

  private static final long SIZE = 1L << 30;
  private static final int BINARY = 0x2;
  private static final int CONTINUATION = 0x0;
  private static final int FIN = 0x80;

  @ParameterizedTest(name = "{0}, frames of {1} bytes")
  @CsvSource({"undertow, 1048576", "undertow, 1073741824", "jetty, 1048576", "jetty, 1073741824"})
  void aMessageOfOneGibibytePassesBothWays(String backend, long frame) throws Exception {
    long heap = Runtime.getRuntime().maxMemory();
    assertTrue(heap <= 64 << 20, () -> "run it with -Pgibibyte: the heap is " + heap);
    try (WebSocketServer server =
            WebSocketServer.builder()
                .backend(backend)
                .port(0)
                .onStream(GibibyteTest::echo)
                .start();
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
      DataOutputStream out =
          new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), 1 << 16));
      shakeHands(in, out, server.port());
      FutureTask<Long> sending = start(() -> send(out, frame));
      FutureTask<Long> receiving = start(() -> receive(in));
      assertEquals(sending.get(), receiving.get(), "the checksum of what came back");
    }
  }

  private static void echo(WebSocketConnection connection, IncomingMessage message)
      throws IOException {
    try (InputStream in = message.inputStream();
        OutputStream out = connection.startBinary().outputStream()) {
      in.transferTo(out);
    }
  }

  private static FutureTask<Long> start(Callable<Long> task) {
    FutureTask<Long> future = new FutureTask<>(task);
    Thread thread = new Thread(future, "gibibyte");
    thread.setDaemon(true);
    thread.start();
    return future;
  }

  private static void shakeHands(DataInputStream in, DataOutputStream out, int port)
      throws IOException {
    String request =
        String.join(
            "\r\n",
            "GET / HTTP/1.1",
            "Host: 127.0.0.1:" + port,
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "",
            "");
    out.write(request.getBytes(US_ASCII));
    out.flush();
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.readUnsignedByte());
    }
    assertTrue(head.toString().startsWith("HTTP/1.1 101 "), head::toString);
  }

  /** Sends a message; the key of its masks is 0, which leaves the bytes as they are. */
  private static long send(DataOutputStream out, long frame) throws IOException {
    CRC32 sum = new CRC32();
    byte[] piece = new byte[64 << 10];
    for (long sent = 0; sent < SIZE; sent += piece.length) {
      if (sent % frame == 0) {
        out.writeByte((sent == 0 ? BINARY : CONTINUATION) | (sent + frame < SIZE ? 0 : FIN));
        out.writeByte(0x80 | 127);
        out.writeLong(frame);
        out.writeInt(0);
      }
      piece[(int) (sent / piece.length) % piece.length]++;
      sum.update(piece);
      out.write(piece);
    }
    out.flush();
    return sum.getValue();
  }

  private static long receive(DataInputStream in) throws IOException {
    CheckedInputStream payload = new CheckedInputStream(in, new CRC32());
    byte[] piece = new byte[64 << 10];
    long received = 0;
    int first;
    do {
      first = in.readUnsignedByte();
      int length = in.readUnsignedByte();
      long left = length == 127 ? in.readLong() : length == 126 ? in.readUnsignedShort() : length;
      if ((first & 0x08) != 0) {
        in.skipNBytes(left); // a ping
        continue;
      }
      received += left;
      while (left > 0) {
        int count = payload.read(piece, 0, (int) Math.min(piece.length, left));
        if (count < 0) {
          throw new EOFException("after " + received + " bytes");
        }
        left -= count;
      }
    } while ((first & 0x08) != 0 || (first & FIN) == 0);
    assertEquals(SIZE, received, "the length of what came back");
    return payload.getChecksum().getValue();
  }
}
