package io.github.easywebsocket.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Compression;
import io.github.easywebsocket.Message;
import io.github.easywebsocket.Timeouts;
import io.github.easywebsocket.WebSocketConnection;
import io.github.easywebsocket.WebSocketServer;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HostPortHttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpScheme;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.frames.DataFrame;
import org.eclipse.jetty.http2.frames.GoAwayFrame;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several WebSockets on one connection of HTTP/2, with a client that is not ours. */
@Timeout(30)
class JettyHttp2Test {

  private static final int WINDOW = 64 << 10;

  private final HTTP2Client client = new HTTP2Client();
  private final CountDownLatch end = new CountDownLatch(1);
  private WebSocketServer server;
  private Session session;

  @BeforeEach
  void start() throws Exception {
    start(Timeouts.DEFAULT);
    client.start();
    session = connect(new CountDownLatch(1));
  }

  private void start(Timeouts timeouts) throws Exception {
    server =
        WebSocketServer.builder()
            .backend(new JettyBackend())
            .port(0)
            .http2(true)
            .compression(Compression.DEFAULT)
            .workers(110) // more than block
            .timeouts(timeouts)
            .onMessage(this::echo)
            .start();
  }

  /** Echoes, but at {@code /blocks} waits for the end of the test first. */
  private void echo(WebSocketConnection connection, Message message) throws InterruptedException {
    if (connection.handshake().path().equals("/blocks")) {
      end.await();
    }
    connection.send(message);
  }

  private Session connect(CountDownLatch closed) throws Exception {
    Session.Listener listener =
        new Session.Listener() {
          @Override
          public void onClose(Session session, GoAwayFrame frame, Callback callback) {
            closed.countDown();
            callback.succeeded();
          }

          @Override
          public void onFailure(Session session, Throwable failure, Callback callback) {
            closed.countDown();
            callback.succeeded();
          }
        };
    InetSocketAddress address = server.address();
    return client.connect(address, listener).get(10, TimeUnit.SECONDS);
  }

  @AfterEach
  void stop() throws Exception {
    end.countDown();
    client.stop();
    server.stop();
  }

  @Test
  void manyWebSocketsShareAConnection() throws Exception {
    List<Peer> peers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      peers.add(new Peer("/ws"));
    }
    for (int i = 0; i < 50; i++) {
      peers.get(i).send("message " + i);
    }
    for (int i = 0; i < 50; i++) {
      peers.get(i).expect("message " + i);
    }
  }

  @Test
  void webSocketsThatAreNotReadDoNotHoldUpOthers() throws Exception {
    for (int i = 0; i < 100; i++) {
      Peer blocked = new Peer("/blocks");
      blocked.send("x".repeat(100));
      blocked.send("x".repeat(2 * WINDOW)); // more than the server takes
    }
    Peer peer = new Peer("/ws");
    String text = "x".repeat(10 * WINDOW);
    peer.send(text);
    peer.expect(text);
  }

  @Test
  void messagesAreCompressedAsAgreed() throws Exception {
    Peer peer = new Peer("/ws", "permessage-deflate");
    assertTrue(
        peer.response.getHttpFields().contains("Sec-WebSocket-Extensions"),
        () -> peer.response.getHttpFields().toString());
    String text = "x".repeat(WINDOW);
    peer.send(text);
    assertEquals(0xc1, peer.expectFrame()[0] & 0xff); // text, whole, compressed
  }

  @Test
  void aConnectionMayIdleOnlyWhileAStreamIsOpen() throws Exception {
    server.stop();
    start(Timeouts.DEFAULT.withHandshake(Duration.ofMillis(300)));
    session = connect(new CountDownLatch(1));
    Peer peer = new Peer("/ws");
    CountDownLatch closed = new CountDownLatch(1);
    connect(closed); // later, and so to be closed later if both were
    assertTrue(closed.await(10, TimeUnit.SECONDS));
    peer.send("still there?");
    peer.expect("still there?");
  }

  /** Inline: the thread that runs the handler is in the middle of a read, and its buffer in use. */
  @Test
  void aHandlerThatResumesAnotherConnectionLosesNothingOfItsOwn() throws Exception {
    server.stop();
    CompletableFuture<WebSocketConnection> paused = new CompletableFuture<>();
    server =
        WebSocketServer.builder()
            .backend(new JettyBackend())
            .port(0)
            .http2(true)
            .inline()
            .onOpen(
                connection -> {
                  if (connection.handshake().path().equals("/paused")) {
                    connection.pauseReading();
                    paused.complete(connection);
                  }
                })
            .onText(
                (connection, text) -> {
                  if (text.equals("resume")) {
                    paused.join().resumeReading();
                  } else {
                    connection.send(text);
                  }
                })
            .start();
    session = connect(new CountDownLatch(1));
    Peer other = new Peer("/paused");
    other.send("x".repeat(100));
    Peer peer = new Peer("/ws");
    peer.send("resume", "a message behind it");
    peer.expect("a message behind it");
    other.expect("x".repeat(100));
  }

  @Test
  void anUpgradeToHttp2IsNotTaken() throws Exception {
    try (Socket socket = new Socket(server.address().getAddress(), server.port())) {
      String request =
          "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings, close\r\n"
              + "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String answer =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      assertTrue(answer.startsWith("HTTP/1.1 403 "), answer);
    }
  }

  /** A WebSocket of the client on a stream of its own. */
  private final class Peer implements Stream.Listener {
    private final CompletableFuture<MetaData.Response> answered = new CompletableFuture<>();
    private final CompletableFuture<byte[]> frame = new CompletableFuture<>();
    private final ByteArrayOutputStream received = new ByteArrayOutputStream(); // reading thread
    private final Stream stream;
    final MetaData.Response response;

    Peer(String path, String... extensions) throws Exception {
      HttpFields.Mutable fields = HttpFields.build().put("Sec-WebSocket-Version", "13");
      for (String extension : extensions) {
        fields.add("Sec-WebSocket-Extensions", extension);
      }
      MetaData.ConnectRequest request =
          new MetaData.ConnectRequest(
              HttpScheme.HTTP,
              new HostPortHttpField("localhost:" + server.port()),
              path,
              fields,
              "websocket");
      stream =
          session.newStream(new HeadersFrame(request, null, false), this).get(10, TimeUnit.SECONDS);
      response = answered.get(10, TimeUnit.SECONDS);
      assertEquals(200, response.getStatus());
      stream.demand();
    }

    @Override
    public void onHeaders(Stream stream, HeadersFrame headers) {
      answered.complete((MetaData.Response) headers.getMetaData());
    }

    @Override
    public void onDataAvailable(Stream stream) {
      for (Stream.Data data = stream.readData(); data != null; data = stream.readData()) {
        ByteBuffer bytes = data.frame().getByteBuffer();
        while (bytes.hasRemaining()) {
          received.write(bytes.get());
        }
        data.release();
      }
      byte[] bytes = received.toByteArray();
      if (isWhole(bytes)) {
        frame.complete(bytes);
      }
      stream.demand();
    }

    private static boolean isWhole(byte[] bytes) {
      if (bytes.length < 2) {
        return false;
      }
      ByteBuffer frame = ByteBuffer.wrap(bytes);
      return switch (bytes[1]) {
        case 127 -> bytes.length > 10 && bytes.length == 10 + frame.getLong(2);
        case 126 -> bytes.length > 4 && bytes.length == 4 + (frame.getShort(2) & 0xffff);
        default -> bytes.length == 2 + bytes[1];
      };
    }

    /** Sends texts, all at once. */
    void send(String... texts) {
      ByteBuffer bytes = ByteBuffer.allocate(14 * texts.length + String.join("", texts).length());
      for (String text : texts) {
        put(text, bytes);
      }
      stream.data(new DataFrame(stream.getId(), bytes.flip(), false), Callback.NOOP);
    }

    /** Puts a text with a mask of zeros. */
    private static void put(String text, ByteBuffer bytes) {
      bytes.put((byte) 0x81);
      if (text.length() < 126) {
        bytes.put((byte) (0x80 | text.length()));
      } else {
        bytes.put((byte) 0xff).putLong(text.length()); // none here is below 65,536
      }
      bytes.putInt(0);
      bytes.put(text.getBytes(StandardCharsets.US_ASCII));
    }

    void expect(String text) throws Exception {
      String seen = new String(expectFrame(), StandardCharsets.US_ASCII);
      assertEquals(text, seen.substring(seen.length() - text.length()));
    }

    byte[] expectFrame() throws Exception {
      return frame.get(10, TimeUnit.SECONDS);
    }
  }
}
