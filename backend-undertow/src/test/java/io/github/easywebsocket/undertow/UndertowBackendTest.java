package io.github.easywebsocket.undertow;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Headers;
import io.github.easywebsocket.Limits;
import io.github.easywebsocket.Timeouts;
import io.github.easywebsocket.WebSocketConnection;
import io.github.easywebsocket.WebSocketServer;
import io.github.easywebsocket.spi.Acceptance;
import io.github.easywebsocket.spi.Receiver;
import io.github.easywebsocket.spi.ServerBackend;
import io.github.easywebsocket.spi.ServerSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xnio.StreamConnection;

/** What is Undertow's own, and no rule of the contract. */
@Timeout(30)
class UndertowBackendTest {

  private static final String HANDSHAKE =
      "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
          + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

  @Test
  void anAnswerIsDatedAndTheOneThatUpgradesHasNothingThatItDoesNotNeed() throws Exception {
    WebSocketServer server =
        WebSocketServer.builder()
            .backend(new UndertowBackend())
            .port(0)
            .onMessage((connection, message) -> connection.send(message))
            .start();
    try {
      List<String> refused = head(server.port(), "");
      assertEquals("HTTP/1.1 403 Forbidden", refused.get(0));
      assertEquals(1, refused.stream().filter(line -> line.startsWith("Date: ")).count());
      List<String> accepted = head(server.port(), HANDSHAKE);
      assertEquals("HTTP/1.1 101 Switching Protocols", accepted.get(0));
      assertEquals(4, accepted.size(), accepted::toString);
      assertTrue(accepted.contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    } finally {
      server.stop();
    }
  }

  /** With TLS, a change from another thread could undo one that the I/O thread makes. */
  @Test
  void onlyItsIoThreadHasAConnectionWaitUntilItIsWritable() throws Exception {
    CompletableFuture<WebSocketConnection> opened = new CompletableFuture<>();
    WebSocketServer server =
        WebSocketServer.builder()
            .backend(new UndertowBackend())
            .port(0)
            .onOpen(opened::complete)
            .start();
    CountDownLatch looked = new CountDownLatch(1);
    try (Socket socket = request(server.port(), HANDSHAKE)) {
      WebSocketConnection connection = opened.get(10, TimeUnit.SECONDS);
      StreamConnection engine = Objects.requireNonNull(connection.unwrap(StreamConnection.class));
      engine.getIoThread().execute(() -> await(looked));
      CompletionStage<Void> sent = connection.send(ByteBuffer.allocate(64 << 20));
      assertFalse(engine.getSinkChannel().isWriteResumed());
      looked.countDown();
      socket.getInputStream().skipNBytes(64 << 20);
      sent.toCompletableFuture().get(10, TimeUnit.SECONDS);
    } finally {
      looked.countDown();
      server.stop();
    }
  }

  /** Such as want of memory for what it reads into. */
  @Test
  void anErrorBeforeAConnectionHasOpenedIsItsEnd() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    Acceptance acceptance =
        new Acceptance("", null, Headers.EMPTY, Limits.DEFAULT, null, failing(ended));
    ServerBackend.Running server =
        new UndertowBackend().start(settings(), exchange -> exchange.upgrade(acceptance));
    try (Socket socket = request(server.address().getPort(), HANDSHAKE)) {
      assertTrue(ended.await(10, TimeUnit.SECONDS), "the receiver is told of the end");
      socket.setSoTimeout(10_000);
      socket.getInputStream().readAllBytes(); // ends
    } finally {
      server.stopAccepting();
      server.stop();
    }
  }

  private static ServerSettings settings() {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return new ServerSettings(
        any, null, false, Limits.DEFAULT, Timeouts.DEFAULT, 8192, 100, Map.of());
  }

  private static Receiver failing(CountDownLatch ended) {
    return (Receiver)
        Proxy.newProxyInstance(
            Receiver.class.getClassLoader(),
            new Class<?>[] {Receiver.class},
            (proxy, method, arguments) -> {
              if (!method.getName().equals("closed")) {
                throw new OutOfMemoryError("planted by the test");
              }
              ended.countDown();
              return null;
            });
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Socket request(int port, String headers) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    String request = "GET / HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
    socket.getOutputStream().write(request.getBytes(ISO_8859_1));
    return socket;
  }

  @Test
  void threadsOfWhichThereAreNoneAreRefused() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                WebSocketServer.builder()
                    .backend(new UndertowBackend())
                    .option(UndertowBackend.IO_THREADS, 0)
                    .port(0)
                    .start());
    assertEquals("undertow:IO_THREADS must be positive, not 0", e.getMessage());
  }

  /** The status line and the headers that answer a request. */
  private static List<String> head(int port, String headers) throws IOException {
    try (Socket socket = request(port, headers)) {
      BufferedReader reader =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
      List<String> lines = new ArrayList<>();
      for (String line; !(line = reader.readLine()).isEmpty(); ) {
        lines.add(line);
      }
      return lines;
    }
  }
}
