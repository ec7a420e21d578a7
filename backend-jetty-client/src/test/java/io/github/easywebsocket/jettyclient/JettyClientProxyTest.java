package io.github.easywebsocket.jettyclient;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.WebSocketClient;
import io.github.easywebsocket.WebSocketException;
import io.github.easywebsocket.WebSocketException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections through an HTTP proxy. */
@Timeout(30)
class JettyClientProxyTest {

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private ServerSocket proxy;

  @BeforeEach
  void start() throws IOException {
    proxy = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
    threads.shutdown();
    assertTrue(threads.awaitTermination(10, TimeUnit.SECONDS), "a thread is left");
  }

  private ProxySelector viaProxy() {
    return ProxySelector.of(new InetSocketAddress("localhost", proxy.getLocalPort()));
  }

  /** Serves one CONNECT (RFC 9110 §9.3.6); its head, once the tunnel has ended. */
  private CompletableFuture<String> tunnel(String answer, int port) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (Socket client = proxy.accept()) {
            String head = head(client.getInputStream());
            client.getOutputStream().write((answer + "\r\n\r\n").getBytes(US_ASCII));
            if (answer.contains(" 200 ")) {
              try (Socket target = new Socket("localhost", port)) {
                CompletableFuture<Void> there =
                    CompletableFuture.runAsync(() -> pump(client, target), threads);
                pump(target, client);
                there.join();
              }
            }
            return head;
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        },
        threads);
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

  @Test
  void theProxyHasItsCredentialsAndTheServerHasNot() throws Exception {
    CompletableFuture<String> toServer = new CompletableFuture<>();
    try (Echo echo =
        Echo.start(
            "ws",
            builder ->
                builder.onOpen(
                    connection ->
                        toServer.complete(
                            connection.handshake().headers().first("X-Own")
                                + connection
                                    .handshake()
                                    .headers()
                                    .first("Proxy-Authorization"))))) {
      CompletableFuture<String> tunnel = tunnel("HTTP/1.1 200 OK", echo.port());
      Echo.connect(
              echo.client()
                  .option(JettyClientBackend.PROXY, viaProxy())
                  .header("Proxy-Authorization", "Basic eDp5")
                  .header("X-Own", "mine "))
          .close();
      String head = tunnel.get(10, TimeUnit.SECONDS);
      assertTrue(head.startsWith("CONNECT localhost:" + echo.port() + " HTTP/1.1\r\n"), head);
      assertTrue(head.contains("Host: localhost:" + echo.port() + "\r\n"), head);
      assertTrue(head.contains("Proxy-Authorization: Basic eDp5\r\n"), head);
      assertFalse(head.contains("X-Own"), head);
      assertEquals("minenull", toServer.get(10, TimeUnit.SECONDS));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {302, 403, 407, 503})
  void aProxyThatRefusesIsARefusedHandshake(int status) throws Exception {
    CompletableFuture<String> tunnel =
        tunnel("HTTP/1.1 " + status + " No\r\nContent-Length: 9\r\nX-Why: so", 0);
    WebSocketException refusal = refusal(viaProxy());
    assertEquals(Kind.HANDSHAKE, refusal.kind(), refusal::toString);
    assertEquals(status, refusal.status());
    assertEquals("so", refusal.headers().first("X-Why"));
    assertTrue(String.valueOf(refusal.getMessage()).contains("proxy"), refusal::toString);
    tunnel.get(10, TimeUnit.SECONDS);
  }

  private static WebSocketException refusal(ProxySelector selector) {
    return assertThrows(
        WebSocketException.class,
        () ->
            WebSocketClient.builder(URI.create("ws://server.invalid:1/"))
                .backend("jetty")
                .option(JettyClientBackend.PROXY, selector)
                .onText((connection, text) -> {})
                .connect());
  }

  @Test
  void aProxyThatIsNotThereIsNamed() throws IOException {
    proxy.close();
    WebSocketException refusal = refusal(viaProxy());
    assertEquals(Kind.IO, refusal.kind());
    assertTrue(refusal.toString().contains("proxy localhost"), refusal::toString);
  }

  @Test
  void aProxyOfAnotherKindIsRefused() {
    ProxySelector socks =
        new ProxySelector() {
          @Override
          public List<Proxy> select(URI uri) {
            return List.of(new Proxy(Proxy.Type.SOCKS, proxy.getLocalSocketAddress()));
          }

          @Override
          public void connectFailed(URI uri, SocketAddress address, IOException failure) {}
        };
    WebSocketException refusal = refusal(socks);
    assertEquals(Kind.IO, refusal.kind());
    assertTrue(refusal.toString().contains("no HTTP proxy"), refusal::toString);
  }

  @Test
  void withASelectorOfNoneItConnectsDirectly() throws Exception {
    try (Echo echo = Echo.start();
        WebSocketClient client =
            Echo.connect(echo.client().option(JettyClientBackend.PROXY, ProxySelector.of(null)))) {
      assertTrue(client.connection().isOpen());
    }
  }
}
