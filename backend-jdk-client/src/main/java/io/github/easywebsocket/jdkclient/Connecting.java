package io.github.easywebsocket.jdkclient;

import static io.github.easywebsocket.WebSocketException.Kind.HANDSHAKE;
import static io.github.easywebsocket.WebSocketException.Kind.IO;
import static io.github.easywebsocket.WebSocketException.Kind.TIMEOUT;

import io.github.easywebsocket.Headers;
import io.github.easywebsocket.WebSocketException;
import io.github.easywebsocket.spi.ClientSettings;
import io.github.easywebsocket.spi.Receiver;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpTimeoutException;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to connect, from the settings to {@code Receiver.open} or a failure; which of the
 * two, is decided once.
 *
 * <p>The HttpClient is made for this connection and runs all its tasks on its own thread. That is
 * not only for isolation: as long as each event is handled, and the next requested, before that
 * thread reads on, the JDK never meets the end of TCP with nothing requested, which it would
 * forget. Only what may block, the look-up of the host name, runs on the executor of the settings.
 */
final class Connecting {

  /** What the JDK says of a proxy's answer to CONNECT; other than 407, which it hands on. */
  private static final Pattern TUNNEL_REFUSED =
      Pattern.compile("Tunnel failed, got: ([2-5]\\d\\d)");

  private final ClientSettings settings;
  private final Receiver receiver;
  private final CompletableFuture<Void> result = new CompletableFuture<>();
  private final CompletableFuture<Void> deadline = new CompletableFuture<>();
  private final AtomicBoolean decided = new AtomicBoolean();
  private volatile boolean open;

  // guarded by this
  private @Nullable HttpClient client; // while connecting
  private @Nullable CompletableFuture<WebSocket> building;
  private boolean released;

  Connecting(ClientSettings settings, Receiver receiver) {
    this.settings = settings;
    this.receiver = receiver;
  }

  /** See {@link io.github.easywebsocket.spi.ClientBackend#connect}. */
  CompletionStage<Void> start() {
    Duration limit = settings.timeouts().handshake();
    result.exceptionally(
        cancelled -> {
          fail(cancelled); // nobody waits any more
          return null;
        });
    try {
      checkHeaders();
      // the JDK's own time-out ends with the head of an answer, before the body of a refusal
      deadline
          .orTimeout(limit.toNanos(), TimeUnit.NANOSECONDS)
          .exceptionallyAsync(
              late -> {
                fail(timedOut(late));
                return null;
              },
              settings.executor());
      settings.executor().execute(this::connect);
    } catch (RuntimeException e) {
      fail(e);
    }
    return result;
  }

  private void connect() {
    try {
      EngineThread thread = new EngineThread();
      HttpClient.Builder clients =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .followRedirects(HttpClient.Redirect.NEVER)
              .executor(thread)
              .cookieHandler(thread.answerHandler());
      SSLContext tls = settings.tls();
      if (tls != null) {
        clients.sslContext(tls);
      }
      if (settings.options().get(JdkClientBackend.PROXY) instanceof ProxySelector proxy) {
        clients.proxy(proxy);
      }
      build(clients.build(), thread);
    } catch (Throwable e) {
      fail(e);
    }
  }

  private void build(HttpClient client, EngineThread thread) {
    WebSocket.Builder builder =
        client.newWebSocketBuilder().connectTimeout(settings.timeouts().handshake());
    settings.headers().forEach(builder::header);
    List<String> subprotocols = settings.subprotocols();
    if (!subprotocols.isEmpty()) {
      builder.subprotocols(
          subprotocols.get(0), subprotocols.subList(1, subprotocols.size()).toArray(String[]::new));
    }
    synchronized (this) {
      this.client = client;
    }
    CompletableFuture<WebSocket> building =
        builder.buildAsync(settings.uri(), new JdkListener(this, thread));
    building.whenComplete(
        (webSocket, failure) -> {
          thread.opened();
          if (failure != null) {
            fail(failure);
          } else if (open) {
            succeeded();
          }
        });
    boolean late;
    synchronized (this) {
      this.building = building;
      late = released;
    }
    if (late) {
      release(); // the attempt had failed before there was something to end
    }
  }

  /** Refuses, before there is a connection, the headers that the JDK keeps to itself. */
  private void checkHeaders() {
    HttpRequest.Builder checker = HttpRequest.newBuilder();
    settings
        .headers()
        .forEach(
            (name, value) -> {
              try {
                checker.header(name, value);
              } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                    "the backend \"jdk\" cannot send the header "
                        + name
                        + ": the JDK reserves it"
                        + (name.equalsIgnoreCase("Host")
                            ? "; -Djdk.httpclient.allowRestrictedHeaders=host lifts that"
                            : ""),
                    e);
              }
            });
  }

  /**
   * The handshake is done: opens the receiver, and after that asks for input.
   *
   * @return the transport, or null if the attempt has failed meanwhile
   */
  @Nullable JdkTransport opened(WebSocket webSocket, EngineThread thread) {
    if (!decided.compareAndSet(false, true)) {
      webSocket.abort();
      return null;
    }
    deadline.complete(null);
    letGo();
    Gate gate = new Gate(receiver);
    JdkTransport transport = new JdkTransport(webSocket, gate, thread, settings.executor());
    String subprotocol = webSocket.getSubprotocol();
    gate.call(to -> to.open(transport, subprotocol.isEmpty() ? null : subprotocol));
    if (isSecure()) {
      transport.inputTaken(); // at once: with TLS the JDK reads ahead, up to the end of TCP
    } else {
      thread.onBegin(transport::inputTaken);
    }
    open = true;
    return transport;
  }

  /**
   * The connection is open, and input is requested: now the stage completes. So when the JDK has
   * made the WebSocket, or at the first event, for while there are more the JDK keeps its thread.
   */
  void succeeded() {
    result.complete(null);
  }

  private void fail(Throwable cause) {
    if (decided.compareAndSet(false, true)) {
      deadline.complete(null);
      release();
      result.completeExceptionally(explain(cause));
    }
  }

  // ---- the HttpClient's thread; before JDK 21 it ends when the HttpClient is garbage

  /** Lets the HttpClient end with its connection, which must be open. */
  private synchronized void letGo() {
    invoke(client, "shutdown");
    client = null;
  }

  /** Ends the HttpClient with whatever it is doing. */
  private synchronized void release() {
    released = true;
    if (building != null) {
      building.cancel(true);
    }
    invoke(client, "shutdownNow");
    client = null;
    building = null;
  }

  private static void invoke(@Nullable HttpClient client, String method) {
    if (client != null && Runtime.version().feature() >= 21) {
      try {
        HttpClient.class.getMethod(method).invoke(client);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("HttpClient." + method, e);
      }
    }
  }

  // ---- what went wrong

  private Throwable explain(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof ProtocolException || cause instanceof NumberFormatException) {
      return new WebSocketException(HANDSHAKE, target() + " does not speak HTTP", cause);
    }
    if (cause instanceof IllegalArgumentException || cause instanceof WebSocketException) {
      return cause;
    }
    if (cause instanceof WebSocketHandshakeException refusal) {
      return WebSocketException.refused(
          refusal.getResponse().statusCode(),
          Headers.of(refusal.getResponse().headers().map()),
          target() + refused(refusal),
          cause);
    }
    Matcher tunnel = TUNNEL_REFUSED.matcher(String.valueOf(cause.getMessage()));
    if (cause instanceof IOException && tunnel.matches()) {
      return WebSocketException.refused(
          Integer.parseInt(tunnel.group(1)),
          Headers.EMPTY,
          "the proxy refuses a connection to " + target() + ": it answered " + tunnel.group(1),
          cause);
    }
    if (cause instanceof HttpTimeoutException) {
      return timedOut(cause);
    }
    return new WebSocketException(
        IO, "cannot connect to " + target() + ": " + reason(cause), cause);
  }

  private static String refused(WebSocketHandshakeException refusal) {
    int status = refusal.getResponse().statusCode();
    if (status == 101) {
      Throwable why = refusal.getCause();
      return " accepted, but not as RFC 6455 requires: "
          + (why == null ? "unknown" : why.getMessage());
    }
    return " answered "
        + status
        + switch (status) {
          case 301, 302, 303, 307, 308 ->
              "; redirects are not followed: connect to the address it gives, if you trust it";
          case 401, 403 -> "; it may want other headers, such as Authorization or Origin";
          case 404 -> "; there is nothing for WebSockets at this path";
          case 407 -> "; the proxy wants credentials";
          default -> " in place of 101 Switching Protocols";
        };
  }

  private String reason(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof UnresolvedAddressException || t instanceof UnknownHostException) {
        return "the name of the host is unknown";
      }
      if (t instanceof EOFException && !isSecure()) { // the JDK's words show what came as it is
        return "it ended the connection without an answer in HTTP; if it speaks TLS, use wss://";
      }
    }
    if (failure instanceof ConnectException) {
      return "nothing accepts TCP connections there, or a firewall refuses them";
    }
    if (failure instanceof SSLException) {
      return "TLS failed: " + failure.getMessage();
    }
    return failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }

  private WebSocketException timedOut(Throwable cause) {
    return new WebSocketException(
        TIMEOUT,
        target()
            + " did not complete the handshake within "
            + settings.timeouts().handshake().toMillis()
            + " ms",
        cause);
  }

  private boolean isSecure() {
    return settings.uri().getScheme().equalsIgnoreCase("wss");
  }

  /** Where we connect to, without what may be secret: user and query. */
  private String target() {
    URI uri = settings.uri();
    boolean secure = isSecure();
    int port = uri.getPort() >= 0 ? uri.getPort() : secure ? 443 : 80;
    return (secure ? "wss://" : "ws://") + uri.getHost() + ":" + port + uri.getRawPath();
  }
}
