package io.github.easywebsocket.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.CloseReason;
import io.github.easywebsocket.Endpoint;
import io.github.easywebsocket.HttpHandler;
import io.github.easywebsocket.WebSocketException;
import io.github.easywebsocket.WebSocketServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** WebSockets in a Jetty that the test runs, beside handlers of its own. */
@Timeout(60)
class JettyMountTest {

  private final JettyMount mount = new JettyMount(new Pages());
  private final HttpClient client = HttpClient.newHttpClient();
  private final Pool pool = new Pool();
  private final Server jetty = new Server(null, null, pool);

  /** Gives no buffers if the test says so. */
  private static final class Pool extends ArrayByteBufferPool {
    volatile boolean empty;

    @Override
    public RetainableByteBuffer.Mutable acquire(int size, boolean direct) {
      if (empty) {
        throw new OutOfMemoryError("planted by the test");
      }
      return super.acquire(size, direct);
    }
  }

  /** The application's own: says which path was asked for, and sends the body back. */
  private static final class Pages extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      String body = Content.Source.asString(request);
      Content.Sink.write(response, true, Request.getPathInContext(request) + " " + body, callback);
      return true;
    }
  }

  private void startJetty(Handler handler) throws Exception {
    ServerConnector connector = new ServerConnector(jetty);
    connector.setHost("127.0.0.1");
    jetty.addConnector(connector);
    jetty.setHandler(handler);
    jetty.start();
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
  void stop() throws Exception {
    jetty.stop();
  }

  private URI uri(String scheme, String path) {
    return URI.create(scheme + "://127.0.0.1:" + jetty.getURI().getPort() + path);
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
  @ValueSource(booleans = {false, true})
  void webSocketsAndTheApplicationsOwnHandlersShareThePort(boolean inContext) throws Exception {
    startJetty(inContext ? new ContextHandler(mount, "/ws") : mount);
    String seen = inContext ? "/page" : "/ws/page";
    try (WebSocketServer server = echo().backend(mount).start()) {
      assertEquals("jetty-mount", server.backend());
      expectEcho();
      assertEquals(seen + " " + "b".repeat(100_000), post("/ws/page", "b".repeat(100_000)));
      expectRefused(404, "/ws/1/2");
      expectEcho();
    }
  }

  /** The same on the threads of the application's Jetty, more than fits into one buffer. */
  @Test
  void inlineHandlersAndLargeMessagesWork() throws Exception {
    startJetty(mount);
    String large = "l".repeat(300_000);
    CompletableFuture<String> received = new CompletableFuture<>();
    try (WebSocketServer server =
        WebSocketServer.builder()
            .inline()
            .onText(
                (connection, text) -> {
                  received.complete(text);
                  connection.send(text.substring(0, 10_000));
                })
            .backend(mount)
            .start()) {
      Peer peer = new Peer();
      connect("/", peer).sendText(large, true);
      assertEquals(large, received.get(10, TimeUnit.SECONDS));
      assertEquals("llll", peer.text.get(10, TimeUnit.SECONDS).substring(0, 4));
      assertEquals(1, server.connections().size());
    }
  }

  /** Jetty does not ask for what comes behind a read that throws. */
  @Test
  void anErrorWhileReadingEndsTheConnection() throws Exception {
    startJetty(mount);
    CompletableFuture<Throwable> error = new CompletableFuture<>();
    CompletableFuture<CloseReason> closed = new CompletableFuture<>();
    try (WebSocketServer server =
        WebSocketServer.builder()
            .onError((connection, thrown) -> error.complete(thrown))
            .onClose((connection, reason) -> closed.complete(reason))
            .backend(mount)
            .start()) {
      Peer peer = new Peer();
      WebSocket webSocket = connect("/", peer);
      pool.empty = true;
      webSocket.sendText("x", true);
      Throwable io =
          assertInstanceOf(IOException.class, error.get(10, TimeUnit.SECONDS).getCause());
      assertInstanceOf(OutOfMemoryError.class, io.getCause());
      assertEquals(1006, closed.get(10, TimeUnit.SECONDS).code());
      assertEquals(1006, peer.closed.get(10, TimeUnit.SECONDS));
      assertTrue(server.connections().isEmpty());
    } finally {
      pool.empty = false;
    }
  }

  @Test
  void stopClosesTheWebSocketsAndLeavesJettyRunning() throws Exception {
    startJetty(mount);
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
    startJetty(mount);
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
  void whatIsJettysBusinessIsRefused() throws Exception {
    SSLContext tls = SSLContext.getDefault();
    assertRefused("host(…)", echo().host("127.0.0.1"));
    assertRefused("port(…)", echo().port(0));
    assertRefused("tls(…)", echo().tls(tls));
    assertRefused("http2(true)", echo().http2(true));
    assertRefused("http(…)", echo().http(request -> HttpHandler.Response.of(204)));
    assertRefused("maxTcpConnections(…)", echo().maxTcpConnections(10));
    assertRefused("IO_THREADS", echo().option(JettyBackend.IO_THREADS, 1));
  }

  private void assertRefused(String option, WebSocketServer.Builder builder) {
    WebSocketException failure =
        assertThrows(WebSocketException.class, () -> builder.backend(mount).start());
    assertEquals(WebSocketException.Kind.BACKEND, failure.kind());
    assertTrue(String.valueOf(failure.getMessage()).contains(option), failure::toString);
  }

  @Test
  void theAddressIsJettys() throws Exception {
    try (WebSocketServer server = echo().backend(mount).start()) {
      assertThrows(IllegalStateException.class, server::port);
      assertThrows(IllegalStateException.class, server::address);
      assertEquals("WebSocketServer[jetty-mount running]", server.toString());
    }
  }
}
