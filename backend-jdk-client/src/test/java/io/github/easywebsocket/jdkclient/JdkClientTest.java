package io.github.easywebsocket.jdkclient;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Headers;
import io.github.easywebsocket.Limits;
import io.github.easywebsocket.Message;
import io.github.easywebsocket.Timeouts;
import io.github.easywebsocket.WebSocketException;
import io.github.easywebsocket.WebSocketException.Kind;
import io.github.easywebsocket.spi.ClientSettings;
import io.github.easywebsocket.spi.Transport;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The backend at its SPI, against a server that speaks bytes. */
@Timeout(30)
class JdkClientTest {

  private static final ExecutorService EXECUTOR = Executors.newCachedThreadPool();

  private final Recorder events = new Recorder();
  private RawServer server;

  @BeforeEach
  void startServer() throws IOException {
    server = RawServer.start();
  }

  @AfterEach
  void stopServer() throws IOException {
    server.close();
  }

  @AfterAll
  static void stopExecutor() {
    EXECUTOR.shutdownNow();
  }

  private static ClientSettings settings(URI uri, Headers headers, Timeouts timeouts) {
    return new ClientSettings(
        uri,
        headers,
        List.of("chat", "news"),
        null,
        Limits.DEFAULT,
        null,
        timeouts,
        EXECUTOR,
        Map.of());
  }

  private CompletableFuture<Void> connecting(ClientSettings settings) {
    return new JdkClientBackend().connect(settings, events).toCompletableFuture();
  }

  private CompletableFuture<Void> connecting() {
    return connecting(settings(server.uri(), Headers.EMPTY, Timeouts.DEFAULT));
  }

  private void open(Recorder recorder) throws Exception {
    CompletableFuture<Void> connecting =
        new JdkClientBackend()
            .connect(settings(server.uri(), Headers.EMPTY, Timeouts.DEFAULT), recorder)
            .toCompletableFuture();
    server.accept();
    connecting.get(10, TimeUnit.SECONDS);
    assertEquals("open null", recorder.next());
  }

  /** Connects, and returns the client's end of the open connection. */
  private Transport open() throws Exception {
    open(events);
    return events.transport();
  }

  private static WebSocketException failure(CompletableFuture<Void> connecting) {
    return assertInstanceOf(WebSocketException.class, cause(connecting));
  }

  private static Throwable cause(CompletableFuture<Void> connecting) {
    ExecutionException failure =
        assertThrows(ExecutionException.class, () -> connecting.get(10, TimeUnit.SECONDS));
    return assertInstanceOf(Throwable.class, failure.getCause());
  }

  private static void assertSays(String expected, Throwable failure) {
    assertTrue(failure.toString().contains(expected), failure::toString);
  }

  // ---- the opening handshake

  @Test
  void reportsTheSubprotocolChosenAndUnwrapsTheWebSocket() throws Exception {
    CompletableFuture<Void> connecting = connecting();
    server.accept("Sec-WebSocket-Protocol: news");
    connecting.get(10, TimeUnit.SECONDS);
    assertEquals("open news", events.next());
    assertNotNull(events.transport().unwrap(WebSocket.class));
    assertNull(events.transport().unwrap(String.class));
  }

  @Test
  void sendsTheHeadersAndSubprotocolsGiven() throws Exception {
    Headers headers =
        Headers.of("Origin", "http://a.example").with("X-Two", "1").with("X-Two", "2");
    connecting(settings(server.uri(), headers, Timeouts.DEFAULT));
    List<String> request = server.acceptRequest();
    assertEquals("http://a.example", RawServer.header(request, "Origin"));
    assertEquals("chat, news", RawServer.header(request, "Sec-WebSocket-Protocol"));
    assertTrue(request.containsAll(List.of("X-Two: 1", "X-Two: 2")), request::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Host", "Connection", "Upgrade", "Content-Length", "Sec-WebSocket-Key"})
  void refusesAHeaderThatTheJdkReservesBeforeConnecting(String name) throws Exception {
    Throwable refusal =
        cause(connecting(settings(server.uri(), Headers.of(name, "x"), Timeouts.DEFAULT)));
    assertInstanceOf(IllegalArgumentException.class, refusal);
    assertSays(name, refusal);
    assertNull(events.peek());
  }

  @ParameterizedTest
  @CsvSource({"403,headers", "302,redirects are not followed", "404,path", "200,101"})
  void reportsARefusalWithItsStatusAndWhatToDo(int status, String advice) throws Exception {
    CompletableFuture<Void> connecting = connecting();
    server.acceptRequest();
    server.write(
        "HTTP/1.1 " + status + " No\r\nLocation: ws://b.example/\r\nContent-Length: 0\r\n\r\n");
    WebSocketException failure = failure(connecting);
    assertEquals(Kind.HANDSHAKE, failure.kind());
    assertSays(server.uri() + " answered " + status, failure);
    assertSays(advice, failure);
    assertTrue(server.ends());
  }

  @Test
  void refusesASubprotocolThatWasNotOffered() throws Exception {
    CompletableFuture<Void> connecting = connecting();
    server.accept("Sec-WebSocket-Protocol: other");
    WebSocketException failure = failure(connecting);
    assertEquals(Kind.HANDSHAKE, failure.kind());
    assertSays("Unexpected subprotocol", failure);
    assertNull(events.peek());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/1.1 503 No\r\nContent-Length: x\r\n\r\n"})
  void reportsWhatIsNotHttp(String answer) throws Exception {
    CompletableFuture<Void> connecting = connecting();
    server.acceptRequest();
    server.write(answer);
    assertEquals(Kind.HANDSHAKE, failure(connecting).kind());
  }

  @Test
  void reportsAnEndWithoutAnAnswer() throws Exception {
    CompletableFuture<Void> connecting = connecting();
    server.acceptRequest();
    server.close();
    assertEquals(Kind.IO, failure(connecting).kind());
  }

  @Test
  void showsNothingOfWhatCameInPlaceOfAnAnswer() throws Exception {
    CompletableFuture<Void> connecting = connecting();
    server.acceptRequest();
    server.writeHex("15030300020250"); // an alert of TLS
    server.close();
    WebSocketException failure = failure(connecting);
    assertEquals(Kind.IO, failure.kind());
    assertSays("if it speaks TLS, use wss://", failure);
    assertFalse(failure.toString().chars().anyMatch(Character::isISOControl), failure::toString);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "HTTP/1.1 101 Sw", "HTTP/1.1 403 No\r\nContent-Length: 9\r\n\r\nhalf"})
  void timesOutWhateverPartOfTheAnswerIsMissing(String answer) throws Exception {
    Timeouts hasty = Timeouts.DEFAULT.withHandshake(Duration.ofMillis(300));
    CompletableFuture<Void> connecting = connecting(settings(server.uri(), Headers.EMPTY, hasty));
    server.acceptRequest();
    server.write(answer);
    WebSocketException failure = failure(connecting);
    assertEquals(Kind.TIMEOUT, failure.kind());
    assertSays("300 ms", failure);
    server.ends(); // nothing is left connected
  }

  @Test
  void namesHostAndPortWhenTheConnectionIsRefused() throws Exception {
    int port;
    try (ServerSocket unused = new ServerSocket(0)) {
      port = unused.getLocalPort();
    }
    WebSocketException failure =
        failure(
            connecting(
                settings(
                    URI.create("ws://localhost:" + port + "/?token=secret"),
                    Headers.EMPTY,
                    Timeouts.DEFAULT)));
    assertEquals(Kind.IO, failure.kind());
    assertSays("localhost:" + port, failure);
    assertFalse(failure.toString().contains("secret"), failure::toString);
  }

  @Test
  void namesTheHostThatIsUnknown() {
    WebSocketException failure =
        failure(
            connecting(
                settings(URI.create("ws://no.such.invalid/"), Headers.EMPTY, Timeouts.DEFAULT)));
    assertEquals(Kind.IO, failure.kind());
    assertSays("no.such.invalid:80", failure);
    assertSays("unknown", failure);
  }

  // ---- input

  @Test
  void deliversWhatCameRightBehindTheHandshake() throws Exception {
    CompletableFuture<Void> connecting = connecting();
    server.accept();
    server.writeHex("8102 6869"); // text "hi"
    connecting.get(10, TimeUnit.SECONDS);
    assertEquals("open null", events.next());
    assertEquals("text hi", events.next());
  }

  @Test
  void reportsMessagesAndFragmentsInOrderWithPingsBetween() throws Exception {
    open();
    server.writeHex("0101 c3"); // text, not the last, the first half of an "é"
    server.writeHex("8901 07"); // ping 07
    server.writeHex("8001 a9"); // its second half, the last
    server.writeHex("8201 ff"); // binary ff
    server.writeHex("8a00"); // pong
    server.writeHex("8100"); // empty text
    assertEquals("ping 07", events.next());
    assertEquals("8a 07", server.read().toString());
    assertEquals("text é", events.next());
    assertEquals("binary ff", events.next());
    assertEquals("pong ", events.next());
    assertEquals("text ", events.next());
  }

  @Test
  void deliversALargeTextInPartsThatSplitNoCharacter() throws Exception {
    open();
    String text = "€😀é".repeat(20_000);
    server.frame(0x81, text.getBytes(UTF_8));
    StringBuilder together = new StringBuilder();
    for (boolean last = false; !last; ) {
      String part = events.next();
      last = !part.endsWith(" …");
      together.append(part, "text ".length(), part.length() - (last ? 0 : " …".length()));
    }
    assertEquals(text, together.toString());
  }

  @Test
  void pausedItDeliversNothingUntilItIsResumed() throws Exception {
    Recorder pausing =
        new Recorder() {
          @Override
          public void part(boolean text, ByteBuffer piece, boolean endOfFrame, boolean last) {
            transport().pause();
            super.part(text, piece, endOfFrame, last);
          }
        };
    open(pausing);
    server.writeHex("8101 61 8101 62 8101 63"); // text "a", "b", "c"
    assertEquals("text a", pausing.next());
    assertNull(pausing.peek());
    pausing.transport().resume();
    assertEquals("text b", pausing.next());
    assertNull(pausing.peek());
    pausing.transport().resume();
    assertEquals("text c", pausing.next());
  }

  // ---- output

  @Test
  void sendsMessagesAndPingsInOrder() throws Exception {
    Transport transport = open();
    assertTrue(transport.send(Message.text("é")) || events.next().equals("sent"));
    transport.ping(ByteBuffer.wrap(new byte[] {7}));
    assertTrue(
        transport.send(Message.binary(new byte[] {(byte) 0xff})) || events.next().equals("sent"));
    assertEquals("81 c3a9", server.read().toString());
    assertEquals("89 07", server.read().toString());
    assertEquals("82 ff", server.read().toString());
    assertEquals(0, transport.pendingBytes());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void tellsTheProgressOfASendThatWaitsForThePeer(boolean text) throws Exception {
    Transport transport = open();
    int size = 20 << 20;
    Message message = text ? Message.text("x".repeat(size)) : Message.binary(new byte[size]);
    assertFalse(transport.send(message)); // more than the socket's buffers take
    long left = transport.pendingBytes();
    assertTrue(left > 0 && left < size, () -> "left " + left);
    server.skip(size / 2);
    assertTrue(transport.pendingBytes() <= size / 2 + 65536, () -> "of " + left + " left still");
    CompletableFuture.runAsync(server::ends); // reads the rest
    assertEquals("sent", events.next());
    assertEquals(0, transport.pendingBytes());
  }

  @Test
  void keepsTheLatestPingsWhileThePeerDoesNotRead() throws Exception {
    Transport transport = open();
    transport.send(Message.binary(new byte[20 << 20]));
    for (int i = 0; i < 100; i++) {
      transport.ping(ByteBuffer.wrap(new byte[] {(byte) i}));
    }
    server.read();
    assertEquals("sent", events.next());
    assertEquals("89 00", server.read().toString());
    for (int i = 84; i < 100; i++) {
      assertEquals("89 " + HexFormat.of().toHexDigits((byte) i), server.read().toString());
    }
  }

  // ---- the end, by the peer

  @Test
  void answersTheCloseFrameOfThePeerOnceAndEnds() throws Exception {
    Transport transport = open();
    server.writeHex("8806 03e8 646f6e65"); // close 1000 "done"
    assertEquals("close 1000 done", events.next());
    assertNull(events.peek());
    transport.close(1000, "");
    transport.disconnect();
    assertEquals("88 03e8", server.read().toString());
    assertEquals("closed", events.next());
    assertTrue(server.ends());
  }

  @ParameterizedTest
  @ValueSource(ints = {1001, 1002, 1003, 1007, 1008, 1009, 1011, 1012, 1013, 1014, 3000, 4999})
  void echoesEveryCode(int code) throws Exception {
    Transport transport = open();
    server.writeHex("8802 " + HexFormat.of().toHexDigits((short) code));
    assertEquals("close " + code + " ", events.next());
    transport.close(code, "");
    transport.disconnect();
    assertEquals("88 " + HexFormat.of().toHexDigits((short) code), server.read().toString());
    assertEquals("closed", events.next());
    assertTrue(server.ends());
  }

  @Test
  void reportsAnEmptyCloseFrameAs1005AndAnswersItWith1000() throws Exception {
    Transport transport = open();
    server.writeHex("8800");
    assertEquals("close 1005 ", events.next());
    transport.close(1005, "");
    transport.disconnect();
    assertEquals("88 03e8", server.read().toString());
    assertEquals("closed", events.next());
  }

  @Test
  void sendsWhatItHasBeforeItAnswersAClose() throws Exception {
    Transport transport = open();
    server.writeHex("8802 03e8");
    assertEquals("close 1000 ", events.next());
    assertFalse(transport.send(Message.binary(new byte[20 << 20])));
    assertEquals(20 << 20, server.read().payload().length);
    assertEquals("sent", events.next());
    transport.close(1000, "");
    transport.disconnect();
    assertEquals("88 03e8", server.read().toString());
    assertEquals("closed", events.next());
  }

  @Test
  void reportsTheEndOfTcp() throws Exception {
    open();
    server.fin();
    assertEquals("closed", events.next());
  }

  @Test
  void reportsAReset() throws Exception {
    open();
    server.reset();
    assertEquals("closed", events.next());
  }

  @Test
  void reportsAResetDuringASend() throws Exception {
    Transport transport = open();
    assertFalse(transport.send(Message.binary(new byte[20 << 20])));
    server.reset();
    assertEquals("closed", events.next());
  }

  /** The JDK forgets the end of TCP if it reads it before the next event is requested. */
  @RepeatedTest(10)
  void doesNotMissTheEndOfTcpBehindAMessage() throws Exception {
    open();
    server.writeHex("8101 61");
    server.fin();
    assertEquals("text a", events.next());
    assertEquals("closed", events.next());
  }

  @ParameterizedTest
  @CsvSource({
    "8300, 1002", // opcode 3
    "9100 , 1002", // RSV1
    "8000, 1002", // a continuation of nothing
    "0900, 1002", // a fragmented ping
    "8180 00000000, 1002", // a masked frame
    "8101 ff, 1007", // text that is not UTF-8
    "8801 00, 1002", // half a close code
    "8802 03ed, 1002", // close 1005
    "82ff ffffffffffffffff, 1002", // a negative length
  })
  void reportsAViolationThenEnds(String hex, int code) throws Exception {
    Transport transport = open();
    server.writeHex(hex);
    String failed = events.next();
    assertTrue(failed.startsWith("failed " + code + " "), failed);
    transport.close(code, "");
    transport.disconnect();
    assertEquals("closed", events.next());
    server.ends();
  }

  @Test
  void reportsACloseCodeThatNobodyKnowsAsAViolation() throws Exception {
    Transport transport = open();
    server.writeHex("8802 1388"); // close 5000
    assertEquals("failed 1002 the peer's close code is 5000", events.next());
    transport.close(1002, "");
    transport.disconnect();
    assertEquals("88 03f0", server.read().toString());
    assertEquals("closed", events.next());
  }

  // ---- the end, by us

  @Test
  void closesAndEndsWithThePeersAnswer() throws Exception {
    Transport transport = open();
    transport.close(4000, "grün");
    assertEquals(
        "88 0fa0" + HexFormat.of().formatHex("grün".getBytes(UTF_8)), server.read().toString());
    server.writeHex("8802 0fa0");
    assertEquals("close 4000 ", events.next());
    transport.disconnect();
    assertEquals("closed", events.next());
    assertTrue(server.ends());
  }

  @ParameterizedTest
  @CsvSource({"1002", "1003", "1007", "1009", "1010", "1012", "1013", "1014"})
  void sends1008InPlaceOfACodeThatTheJdkRefuses(int code) throws Exception {
    Transport transport = open();
    transport.close(code, "why");
    assertEquals("88 03f0776879", server.read().toString());
  }

  @Test
  void sendsAQuestionMarkForALoneSurrogateInAReason() throws Exception {
    Transport transport = open();
    transport.close(1000, "a\ud800b");
    assertEquals("88 03e8613f62", server.read().toString());
  }

  @Test
  void disconnectedReadsOnAndDropsUntilThePeerEndsToo() throws Exception {
    Transport transport = open();
    transport.pause();
    transport.close(1009, "");
    transport.disconnect();
    transport.disconnect();
    assertEquals("88 03f0", server.read().toString());
    server.frame(0x82, new byte[4 << 20]);
    server.frame(0x81, new byte[] {'a'});
    server.writeHex("8802 03f0");
    assertEquals("closed", events.next());
    assertTrue(server.ends());
  }

  @Test
  void abortsAPeerThatIsSilentAfterOurClose() throws Exception {
    Transport transport = open();
    transport.close(1000, "");
    transport.disconnect();
    assertEquals("88 03e8", server.read().toString());
    transport.abort();
    transport.abort();
    assertEquals("closed", events.next());
    server.ends();
    assertNull(events.peek());
  }

  @Test
  void abortedInsideOfACallItReportsTheEndAfterTheCall() throws Exception {
    Recorder aborting =
        new Recorder() {
          @Override
          public void part(boolean text, ByteBuffer piece, boolean endOfFrame, boolean last) {
            transport().abort();
            super.part(text, piece, endOfFrame, last);
          }
        };
    open(aborting);
    server.writeHex("8101 61 8101 62");
    assertEquals("text a", aborting.next());
    assertEquals("closed", aborting.next());
    server.ends();
    assertNull(aborting.peek());
  }

  @Test
  void mayBlockButNotInsideOfACall() throws Exception {
    CompletableFuture<Boolean> inside = new CompletableFuture<>();
    Recorder asking =
        new Recorder() {
          @Override
          public void ping(ByteBuffer payload) {
            inside.complete(transport().mayBlock());
          }
        };
    open(asking);
    server.writeHex("8900");
    assertFalse(inside.get(10, TimeUnit.SECONDS));
    assertTrue(asking.transport().mayBlock());
  }
}
