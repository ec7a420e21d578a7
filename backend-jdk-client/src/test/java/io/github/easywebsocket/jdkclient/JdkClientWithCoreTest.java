package io.github.easywebsocket.jdkclient;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.CloseReason;
import io.github.easywebsocket.Timeouts;
import io.github.easywebsocket.WebSocketClient;
import io.github.easywebsocket.WebSocketException;
import io.github.easywebsocket.WebSocketException.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The backend under the core, as applications use it. */
@Timeout(30)
class JdkClientWithCoreTest {

  private final LinkedBlockingQueue<String> events = new LinkedBlockingQueue<>();
  private RawServer server;

  @BeforeEach
  void startServer() throws IOException {
    server = RawServer.start();
  }

  @AfterEach
  void stopServer() throws IOException {
    server.close();
  }

  private WebSocketClient.Builder client() {
    return WebSocketClient.builder(server.uri())
        .backend("jdk")
        .onMessage((connection, message) -> events.add(message.text()))
        .onError((connection, error) -> events.add("error " + kind(error)))
        .onClose((connection, reason) -> events.add("closed " + reason.code()));
  }

  private static String kind(Throwable error) {
    return error instanceof WebSocketException e ? e.kind().name() : error.toString();
  }

  private WebSocketClient open(WebSocketClient.Builder builder) throws Exception {
    CompletableFuture<WebSocketClient> client = new CompletableFuture<>();
    Thread connecting =
        new Thread(
            () -> {
              try {
                client.complete(builder.connect());
              } catch (IOException | RuntimeException e) {
                client.completeExceptionally(e);
              }
            });
    connecting.start();
    server.accept();
    return client.get(10, TimeUnit.SECONDS);
  }

  private String next() throws InterruptedException {
    String event = events.poll(10, TimeUnit.SECONDS);
    return event == null ? "nothing in 10 s" : event;
  }

  @Test
  void sendsOfManyThreadsArriveInTheOrderOfEach() throws Exception {
    int threads = 4;
    int each = 1_000;
    WebSocketClient client = open(client());
    for (int t = 0; t < threads; t++) {
      String name = t + " ";
      new Thread(
              () -> {
                for (int i = 0; i < each; i++) {
                  client.send(name + i + " " + "x".repeat(i));
                }
              })
          .start();
    }
    int[] received = new int[threads];
    for (int n = 0; n < threads * each; n++) {
      String[] words = server.read().text().split(" ");
      assertEquals(received[Integer.parseInt(words[0])]++, Integer.parseInt(words[1]));
    }
    server.reset();
    assertEquals("closed 1006", next());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void echoesAndClosesInOrder(boolean inline) throws Exception {
    WebSocketClient.Builder builder =
        client().onMessage((connection, message) -> connection.send(message));
    WebSocketClient client = open(inline ? builder.inline() : builder);
    server.writeHex("8102 6869");
    assertEquals("hi", server.read().text());
    CompletableFuture<Void> closing = CompletableFuture.runAsync(client::close);
    assertEquals("88 03e8", server.read().toString());
    server.writeHex("8802 03e8");
    closing.get(10, TimeUnit.SECONDS);
    assertEquals("closed 1000", next());
    assertTrue(server.ends());
  }

  @Test
  void answersThePeersClose() throws Exception {
    open(client());
    server.writeHex("8101 61 8802 0fa0");
    assertEquals("a", next());
    assertEquals("88 0fa0", server.read().toString());
    assertEquals("closed 4000", next());
    assertTrue(server.ends());
  }

  @Test
  void theEndOfTcpIsNoError() throws Exception {
    open(client());
    server.writeHex("8101 61");
    server.fin();
    assertEquals("a", next());
    assertEquals("closed 1006", next());
  }

  @Test
  void aViolationIsAnErrorAnd1002() throws Exception {
    open(client());
    server.writeHex("8300");
    assertEquals("error PROTOCOL", next());
    assertEquals("closed 1002", next());
  }

  @Test
  void textThatIsNotUtf8IsAnErrorAnd1007() throws Exception {
    open(client());
    server.writeHex("8101 ff");
    assertEquals("error INVALID_TEXT", next());
    assertEquals("closed 1007", next());
  }

  @Test
  void aMessageOverTheLimitIsAnErrorAnd1009AndThePeerIsTold() throws Exception {
    open(client().maxMessageSize(10));
    server.frame(0x82, new byte[11]);
    assertEquals("error MESSAGE_TOO_BIG", next());
    assertEquals("closed 1009", next());
    assertEquals("88 03f0", server.read().toString());
  }

  @Test
  void aSilentPeerIsAbortedAfterTheCloseTimeout() throws Exception {
    WebSocketClient client =
        open(client().timeouts(Timeouts.DEFAULT.withClose(Duration.ofMillis(300))));
    client.connection().close(CloseReason.NORMAL, "bye");
    assertEquals(
        "88 03e8" + HexFormat.of().formatHex("bye".getBytes(UTF_8)), server.read().toString());
    assertEquals("error TIMEOUT", next());
    assertEquals("closed 1006", next());
    server.ends();
  }

  @Test
  void aSlowHandlerHoldsUpThePeer() throws Exception {
    CompletableFuture<Void> goOn = new CompletableFuture<>();
    open(
        client()
            .onMessage(
                (connection, message) -> {
                  goOn.join();
                  events.add(Integer.toString(message.size()));
                }));
    CompletableFuture<Void> sent =
        CompletableFuture.runAsync(
            () -> {
              try {
                for (int i = 0; i < 64; i++) {
                  server.frame(0x82, new byte[1 << 20]);
                }
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    assertThrows(TimeoutException.class, () -> sent.get(500, TimeUnit.MILLISECONDS));
    goOn.complete(null);
    sent.get(20, TimeUnit.SECONDS);
    for (int i = 0; i < 64; i++) {
      assertEquals("1048576", next());
    }
  }

  @Test
  void aRefusedConnectionIsAnIoException() throws Exception {
    server.close();
    WebSocketException refusal = assertThrows(WebSocketException.class, () -> client().connect());
    assertEquals(Kind.IO, refusal.kind());
  }

  @Test
  void failingSendsFailTheirStage() throws Exception {
    WebSocketClient client = open(client());
    server.reset();
    assertEquals("closed 1006", next());
    assertThrows(
        ExecutionException.class,
        () -> client.send("late").toCompletableFuture().get(10, TimeUnit.SECONDS));
  }
}
