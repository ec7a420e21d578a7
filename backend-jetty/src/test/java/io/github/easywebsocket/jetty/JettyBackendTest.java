package io.github.easywebsocket.jetty;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Headers;
import io.github.easywebsocket.Limits;
import io.github.easywebsocket.Message;
import io.github.easywebsocket.Timeouts;
import io.github.easywebsocket.spi.Acceptance;
import io.github.easywebsocket.spi.BackendOption;
import io.github.easywebsocket.spi.Exchange;
import io.github.easywebsocket.spi.Receiver;
import io.github.easywebsocket.spi.ServerBackend;
import io.github.easywebsocket.spi.ServerSettings;
import io.github.easywebsocket.spi.Transport;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.EndPoint;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What Jetty would do by itself and must not; the rules of CONTRACT.md are the TCK's. */
@Timeout(20)
class JettyBackendTest {

  private static final String HANDSHAKE =
      "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

  private final Recorder receiver = new Recorder();
  private ServerBackend.Running server;
  private Socket peer;
  private DataInputStream in;

  @BeforeEach
  void start() throws IOException {
    start(Timeouts.DEFAULT, Map.of());
  }

  /** Starts the server again, on Jetty's own layer of WebSocket. */
  private void startOnJettysLayer() throws IOException {
    stop();
    start(Timeouts.DEFAULT, Map.of(JettyBackend.JETTY_WEBSOCKET, true));
  }

  private void start(Timeouts timeouts, Map<BackendOption<?>, Object> options) throws IOException {
    server = new JettyBackend().start(settings(timeouts, options), this::upgrade);
    peer = new Socket(server.address().getAddress(), server.address().getPort());
    peer.setSoTimeout(10_000);
    in = new DataInputStream(peer.getInputStream());
  }

  private static ServerSettings settings(Timeouts timeouts, Map<BackendOption<?>, Object> options) {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return new ServerSettings(any, null, false, Limits.DEFAULT, timeouts, 8192, 100, options);
  }

  @AfterEach
  void stop() throws IOException {
    peer.close();
    server.stopAccepting();
    server.stop();
  }

  @Test
  void threadsOfWhichThereAreNoneAreRefused() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                new JettyBackend()
                    .start(
                        settings(Timeouts.DEFAULT, Map.of(JettyBackend.IO_THREADS, 0)),
                        this::upgrade));
    assertEquals("jetty:IO_THREADS must be positive, not 0", e.getMessage());
  }

  @Test
  void theOutputStaysOpenUntilTheCoreDisconnects() throws Exception {
    startOnJettysLayer();
    Transport transport = open();
    transport.close(1000, "");
    transport.flush();
    assertEquals(0x880203e8, in.readInt()); // close frame, 2 bytes, 1000
    assertFalse(requireNonNull(transport.unwrap(EndPoint.class)).isOutputShutdown());
    transport.disconnect();
    assertEquals(-1, in.read());
  }

  @Test
  void pingsThatWaitForAPeerThatDoesNotReadKeepTheirOrder() throws Exception {
    startOnJettysLayer();
    Transport transport = open();
    Message large = Message.binary(new byte[64 << 10]);
    int sent = 1;
    while (transport.send(large)) {
      sent++;
    }
    for (byte i = 1; i <= 3; i++) {
      transport.ping(ByteBuffer.wrap(new byte[] {i}));
    }
    in.skipNBytes(sent * (10L + large.size())); // binary frames with 64-bit lengths
    for (byte i = 1; i <= 3; i++) {
      assertEquals(0x8901, in.readUnsignedShort()); // ping, 1 byte
      assertEquals(i, in.readByte());
    }
  }

  @Test
  void whatIsSentBehindAFlushThatWaitsLeavesByTheNextFlush() throws Exception {
    startOnJettysLayer();
    Transport transport = open();
    Message small = Message.binary(new byte[4096]);
    int frames = 1;
    for (; transport.send(small); frames++) {
      transport.flush();
    }
    in.skipNBytes((frames - 1) * (4L + small.size())); // binary frames with 16-bit lengths
    assertTrue(receiver.sent.tryAcquire(10, TimeUnit.SECONDS));
    transport.flush();
    in.readFully(new byte[4 + small.size()]);
  }

  @Test
  void aHeadThatComesByteByByteIsEndedAsWell() throws Exception {
    stop();
    start(Timeouts.DEFAULT.withHandshake(Duration.ofMillis(300)), Map.of());
    peer.setSoTimeout(10);
    peer.getOutputStream().write("GET / HTTP/1.1\r\nX: ".getBytes(StandardCharsets.US_ASCII));
    assertTrue(endsWhileSending('x'));
  }

  @Test
  void whatJettyRefusesByItselfHasNoPage() throws Exception { // for one, a request without Host
    peer.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    String answer = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    assertEquals(
        "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", answer);
  }

  private Transport open() throws Exception {
    peer.getOutputStream().write(HANDSHAKE.getBytes(StandardCharsets.US_ASCII));
    for (int last4 = 0; last4 != 0x0d0a0d0a; ) {
      last4 = last4 << 8 | in.readUnsignedByte();
    }
    Transport transport = receiver.opened.poll(10, TimeUnit.SECONDS);
    assertNotNull(transport);
    return transport;
  }

  private boolean endsWhileSending(int what) throws IOException {
    while (true) {
      try {
        peer.getOutputStream().write(what);
        return in.read() < 0;
      } catch (SocketTimeoutException e) {
        continue; // still open
      } catch (IOException e) {
        return true; // reset, as bytes were on their way
      }
    }
  }

  private void upgrade(Exchange exchange) {
    exchange.upgrade(new Acceptance("key", null, Headers.EMPTY, Limits.DEFAULT, null, receiver));
  }

  /** Notes what the tests wait for, and takes no notice of anything else. */
  private static final class Recorder implements Receiver {
    final BlockingQueue<Transport> opened = new LinkedBlockingQueue<>();
    final Semaphore sent = new Semaphore(0);

    @Override
    public void open(Transport transport, @Nullable String subprotocol) {
      opened.add(transport);
    }

    @Override
    public void sent(@Nullable Throwable failure) {
      sent.release();
    }

    @Override
    public void message(boolean text, byte[] payload) {}

    @Override
    public void part(boolean text, ByteBuffer piece, boolean endOfFrame, boolean endOfMessage) {}

    @Override
    public void ping(ByteBuffer payload) {}

    @Override
    public void pong(ByteBuffer payload) {}

    @Override
    public void closeReceived(int code, String reason) {}

    @Override
    public void failed(int code, String detail) {}

    @Override
    public void readComplete() {}

    @Override
    public void closed(@Nullable Throwable failure) {}
  }
}
