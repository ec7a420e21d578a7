package io.github.easywebsocket.jdkclient;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.ReconnectingClient;
import io.github.easywebsocket.WebSocketClient;
import io.github.easywebsocket.WebSocketException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections through an HTTP proxy. */
@Timeout(30)
class JdkClientProxyTest {

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private RawServer server;
  private ServerSocket proxy;

  @BeforeEach
  void start() throws IOException {
    server = RawServer.start();
    proxy = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
    server.close();
    threads.shutdown();
    assertTrue(threads.awaitTermination(10, TimeUnit.SECONDS), "a thread is left");
  }

  private WebSocketClient.Builder client() {
    InetSocketAddress address = new InetSocketAddress(proxy.getInetAddress(), proxy.getLocalPort());
    return WebSocketClient.builder(server.uri())
        .backend("jdk")
        .option(JdkClientBackend.PROXY, ProxySelector.of(address));
  }

  /** Serves one CONNECT (RFC 9110 §9.3.6); returns its request line. */
  private String tunnel(String answer) throws IOException {
    try (Socket client = proxy.accept()) {
      String request = head(client.getInputStream());
      client.getOutputStream().write((answer + "\r\n\r\n").getBytes(US_ASCII));
      if (answer.contains(" 200 ")) {
        try (Socket target = new Socket(proxy.getInetAddress(), server.uri().getPort())) {
          CompletableFuture<Void> there =
              CompletableFuture.runAsync(() -> pump(client, target), threads);
          pump(target, client);
          there.join();
        }
      }
      return request.lines().findFirst().orElse("");
    }
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("the client ended after " + head);
      }
      head.append((char) next);
    }
    return head.toString();
  }

  private static void pump(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      // one of the ends is closed: so is the tunnel
    }
  }

  private <T> CompletableFuture<T> start(Step<T> step) {
    CompletableFuture<T> result = new CompletableFuture<>();
    threads.execute(
        () -> {
          try {
            result.complete(step.run());
          } catch (Throwable e) {
            result.completeExceptionally(e);
          }
        });
    return result;
  }

  private interface Step<T> {
    T run() throws Exception;
  }

  @Test
  void connectsThroughTheProxy() throws Exception {
    CompletableFuture<String> tunnel = start(() -> tunnel("HTTP/1.1 200 OK"));
    CompletableFuture<WebSocketClient> connecting = start(() -> client().connect());
    server.accept();
    WebSocketClient client = connecting.get(10, TimeUnit.SECONDS);
    client.send("hi");
    assertEquals("hi", server.read().text());
    CompletableFuture<Boolean> closing =
        start(
            () -> {
              client.close();
              return true;
            });
    assertEquals("88 03e8", server.read().toString());
    server.writeHex("8802 03e8");
    closing.get(10, TimeUnit.SECONDS);
    server.close();
    assertEquals(
        "CONNECT localhost:" + server.uri().getPort() + " HTTP/1.1",
        tunnel.get(10, TimeUnit.SECONDS));
  }

  @ParameterizedTest
  @ValueSource(ints = {302, 403, 407, 503})
  void aProxyThatRefusesIsARefusedHandshake(int status) throws Exception {
    CompletableFuture<String> tunnel = start(() -> tunnel(answer(status)));
    WebSocketException refusal = assertThrows(WebSocketException.class, () -> client().connect());
    assertEquals(WebSocketException.Kind.HANDSHAKE, refusal.kind(), refusal::toString);
    assertEquals(status, refusal.status());
    assertTrue(String.valueOf(refusal.getMessage()).contains("proxy"), refusal::toString);
    tunnel.get(10, TimeUnit.SECONDS);
  }

  private static String answer(int status) {
    return "HTTP/1.1 " + status + " No\r\nContent-Length: 0";
  }

  @ParameterizedTest
  @ValueSource(ints = {403, 407})
  void aProxyThatRefusesForGoodEndsAReconnectingClient(int status) throws Exception {
    CompletableFuture<String> tunnel = start(() -> tunnel(answer(status)));
    try (ReconnectingClient client = client().reconnecting().start()) {
      ExecutionException ended =
          assertThrows(
              ExecutionException.class,
              () -> client.ended().toCompletableFuture().get(10, TimeUnit.SECONDS));
      assertEquals(status, status(ended.getCause()));
    }
    tunnel.get(10, TimeUnit.SECONDS);
  }

  private static int status(@Nullable Throwable failure) {
    return assertInstanceOf(WebSocketException.class, failure).status();
  }

  @Test
  void aProxyThatFindsNoServerYetIsTriedAgain() throws Exception {
    CompletableFuture<Integer> retry = new CompletableFuture<>();
    CompletableFuture<String> tunnel = start(() -> tunnel(answer(503)));
    ReconnectingClient.Builder builder =
        client().reconnecting().onRetry((client, gap) -> retry.complete(status(gap.failure())));
    try (ReconnectingClient client = builder.start()) {
      assertEquals(503, retry.get(10, TimeUnit.SECONDS), client::toString);
    }
    tunnel.get(10, TimeUnit.SECONDS);
  }
}
