package io.github.easywebsocket.undertow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Endpoint;
import io.github.easywebsocket.HttpHandler.Response;
import io.github.easywebsocket.WebSocketException;
import io.github.easywebsocket.WebSocketServer;
import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.BlockingHandler;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** WebSockets in an Undertow that the test runs, beside handlers of its own. */
@Timeout(60)
class UndertowMountTest {

  private final UndertowMount mount =
      new UndertowMount(new BlockingHandler(UndertowMountTest::answer));
  private final HttpClient client = HttpClient.newHttpClient();
  private @Nullable Undertow undertow;

  /** The application's own: says which path was asked for, and sends the body back. */
  private static void answer(HttpServerExchange request) throws Exception {
    String body = new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    request.getResponseSender().send(request.getRelativePath() + " " + body);
  }

  private void startUndertow(HttpHandler handler) {
    undertow = Undertow.builder().addHttpListener(0, "127.0.0.1").setHandler(handler).build();
    undertow.start();
  }

  private static WebSocketServer.Builder echo() {
    return WebSocketServer.builder()
        .endpoint(
            Endpoint.at("/ws/{room}")
                .onText(
                    (connection, text) ->
                        connection.send(connection.handshake().variable("room") + text)));
  }

  @AfterEach
  void stop() {
    if (undertow != null) {
      undertow.stop();
    }
  }

  private URI uri(String scheme, String path) {
    Undertow started = Objects.requireNonNull(undertow);
    InetSocketAddress address = (InetSocketAddress) started.getListenerInfo().get(0).getAddress();
    return URI.create(scheme + "://127.0.0.1:" + address.getPort() + path);
  }

  private String post(String path, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(uri("http", path))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  private WebSocket connect(String path, Peer peer) {
    return client.newWebSocketBuilder().buildAsync(uri("ws", path), peer).join();
  }

  private void expectRefused(int status, String path) {
    Executable connecting = () -> connect(path, new Peer());
    Throwable cause = assertThrows(CompletionException.class, connecting).getCause();
    assertEquals(
        status,
        assertInstanceOf(WebSocketHandshakeException.class, cause).getResponse().statusCode());
  }

  /** Keeps the first text and the close code. */
  private static final class Peer implements WebSocket.Listener {
    final CompletableFuture<String> text = new CompletableFuture<>();
    final CompletableFuture<Integer> closed = new CompletableFuture<>();

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
      text.complete(data.toString());
      return WebSocket.Listener.super.onText(webSocket, data, last);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket webSocket, int code, String reason) {
      closed.complete(code);
      return WebSocket.Listener.super.onClose(webSocket, code, reason);
    }
  }

  private void expectEcho() throws Exception {
    Peer peer = new Peer();
    WebSocket webSocket = connect("/ws/1", peer);
    webSocket.sendText("x", true);
    assertEquals("1x", peer.text.get(10, TimeUnit.SECONDS));
    webSocket.sendClose(1000, "");
    assertEquals(1000, peer.closed.get(10, TimeUnit.SECONDS));
  }

  @ParameterizedTest
  @ValueSource(strings = {"I/O thread", "worker", "path handler"})
  void webSocketsAndTheApplicationsOwnHandlersShareThePort(String where) throws Exception {
    startUndertow(
        switch (where) {
          case "worker" -> new BlockingHandler(mount);
          case "path handler" -> Handlers.path().addPrefixPath("/ws", mount);
          default -> mount;
        });
    String seen = where.equals("path handler") ? "/page" : "/ws/page";
    try (WebSocketServer server = echo().backend(mount).start()) {
      assertEquals("undertow-mount", server.backend());
      expectEcho();
      assertEquals(seen + " " + "b".repeat(100_000), post("/ws/page", "b".repeat(100_000)));
      expectRefused(404, "/ws/1/2");
      expectEcho();
    }
  }

  @Test
  void stopClosesTheWebSocketsAndLeavesUndertowRunning() throws Exception {
    startUndertow(mount);
    WebSocketServer server = echo().backend(mount).start();
    Peer peer = new Peer();
    connect("/ws/1", peer);
    assertTrue(server.stop());
    assertEquals(1001, peer.closed.get(10, TimeUnit.SECONDS));
    expectRefused(503, "/ws/1");
    assertEquals("/page x", post("/page", "x"));
  }

  @Test
  void whileNoServerRunsWebSocketsAreRefusedAndALaterOneTakesTheMountAgain() throws Exception {
    startUndertow(mount);
    expectRefused(503, "/ws/1");
    for (int i = 0; i < 2; i++) {
      try (WebSocketServer server = echo().backend(mount).start()) {
        expectEcho();
        assertThrows(IllegalStateException.class, () -> echo().backend(mount).start());
        expectEcho();
        assertTrue(server.connections().isEmpty());
      }
    }
  }

  @Test
  void whatIsUndertowsBusinessIsRefused() throws Exception {
    SSLContext tls = SSLContext.getDefault();
    assertRefused("host(…)", echo().host("127.0.0.1"));
    assertRefused("port(…)", echo().port(0));
    assertRefused("tls(…)", echo().tls(tls));
    assertRefused("http2(true)", echo().http2(true));
    assertRefused("http(…)", echo().http(request -> Response.of(204)));
    assertRefused("maxTcpConnections(…)", echo().maxTcpConnections(10));
    assertRefused("IO_THREADS", echo().option(UndertowBackend.IO_THREADS, 1));
  }

  private void assertRefused(String option, WebSocketServer.Builder builder) {
    WebSocketException failure =
        assertThrows(WebSocketException.class, () -> builder.backend(mount).start());
    assertEquals(WebSocketException.Kind.BACKEND, failure.kind());
    assertTrue(String.valueOf(failure.getMessage()).contains(option), failure::toString);
  }

  @Test
  void theAddressIsUndertows() throws Exception {
    try (WebSocketServer server = echo().backend(mount).start()) {
      assertThrows(IllegalStateException.class, server::port);
      assertThrows(IllegalStateException.class, server::address);
      assertEquals("WebSocketServer[undertow-mount running]", server.toString());
    }
  }
}
