package io.github.easywebsocket.jetty;

import io.github.easywebsocket.Headers;
import io.github.easywebsocket.WebSocketException;
import io.github.easywebsocket.jetty.pipe.JettyPipe;
import io.github.easywebsocket.spi.Acceptance;
import io.github.easywebsocket.spi.Exchange;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import javax.net.ssl.SSLSession;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpScheme;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.thread.Invocable;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request. Jetty lets it be answered from any thread; what it throws when the request is
 * over by then, since the client or the server went away, ends here.
 */
final class JettyExchange implements Exchange {

  private final Request request;
  private final Response response;
  private final Callback callback;
  private final BiFunction<Request, Acceptance, Upgraded> upgrade;
  private final InetSocketAddress remoteAddress;
  private volatile boolean answered;

  /**
   * Makes an exchange.
   *
   * @param upgrade makes what takes over from HTTP when the request is accepted
   */
  JettyExchange(
      Request request,
      Response response,
      Callback callback,
      BiFunction<Request, Acceptance, Upgraded> upgrade) {
    this.request = request;
    this.response = response;
    this.callback = callback;
    this.upgrade = upgrade;
    this.remoteAddress = address(request.getConnectionMetaData().getRemoteSocketAddress());
    // until there is an answer its time-out is the core's
    request.addIdleTimeoutListener(timeout -> answered);
  }

  private static InetSocketAddress address(@Nullable SocketAddress address) {
    InetSocketAddress inet = JettyPipe.inet(address);
    return inet != null
        ? inet
        : InetSocketAddress.createUnresolved("unknown", 0); // the connection is closed already
  }

  @Override
  public String method() {
    return request.getMethod();
  }

  @Override
  public String protocol() {
    return request.getConnectionMetaData().getProtocol();
  }

  @Override
  public @Nullable String connectProtocol() {
    return connectProtocol(request);
  }

  static @Nullable String connectProtocol(Request request) {
    return isHttp2(request) && request.getTunnelSupport() != null
        ? request.getTunnelSupport().getProtocol()
        : null;
  }

  static boolean isHttp2(Request request) {
    return request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_2;
  }

  @Override
  public String target() {
    HttpURI uri = request.getHttpURI(); // if absolute, Jetty has compared its host with Host
    boolean whole =
        uri.getUser() != null
            || uri.getFragment() != null
            || HttpScheme.CACHE.get(uri.getScheme()) == null;
    String target = whole ? uri.asString() : uri.getPathQuery();
    return target == null ? "" : target; // a CONNECT to an authority
  }

  @Override
  public Headers headers() {
    List<String> lines = new ArrayList<>();
    for (HttpField field : request.getHeaders()) {
      lines.add(field.getName());
      lines.add(field.getValue() == null ? "" : field.getValue());
    }
    String authority = isHttp2(request) ? request.getHttpURI().getAuthority() : null;
    if (authority != null && !request.getHeaders().contains(HttpHeader.HOST, authority)) {
      lines.add("Host");
      lines.add(authority);
    }
    return Headers.ofLines(lines);
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return remoteAddress;
  }

  @Override
  public @Nullable SSLSession tls() {
    return tls(request);
  }

  static @Nullable SSLSession tls(Request request) {
    EndPoint.SslSessionData data = tcp(request).getSslSessionData();
    return data == null ? null : data.sslSession();
  }

  /** What carries the bytes of a WebSocket: the TCP connection, or a stream of HTTP/2. */
  static EndPoint endPoint(Request request) {
    return isHttp2(request) ? request.getTunnelSupport().getEndPoint() : tcp(request);
  }

  /** The TCP connection, which streams of HTTP/2 share. */
  static EndPoint tcp(Request request) {
    return request.getConnectionMetaData().getConnection().getEndPoint();
  }

  @Override
  public CompletionStage<byte[]> body(int limit) {
    if (request.getLength() > limit) {
      return CompletableFuture.failedFuture(tooLong(limit));
    }
    CompletableFuture<byte[]> body = new CompletableFuture<>();
    try {
      Content.Source.asByteArrayAsync(
          request,
          limit,
          Promise.Invocable.from(
              Invocable.InvocationType.NON_BLOCKING,
              body::complete,
              cause -> body.completeExceptionally(bodyFailure(cause, limit))));
    } catch (IllegalStateException e) {
      body.completeExceptionally(new IOException("the request is over", e));
    }
    return body;
  }

  /** Jetty tells of a body that is too long by an IllegalStateException. */
  private static IOException bodyFailure(Throwable cause, int limit) {
    return cause instanceof IllegalStateException
        ? tooLong(limit)
        : new IOException("reading the request's body failed", cause);
  }

  private static WebSocketException tooLong(int limit) {
    return new WebSocketException(
        WebSocketException.Kind.MESSAGE_TOO_BIG,
        "the request's body is longer than " + limit + " bytes");
  }

  @Override
  public CompletionStage<?> respond(int status, Headers headers, byte[] body) {
    answered = true;
    CompletableFuture<Void> over = new CompletableFuture<>();
    Callback written = Callback.from(callback, () -> over.complete(null));
    try {
      response.setStatus(status);
      addTo(response.getHeaders(), headers);
      if (status == HttpStatus.NOT_MODIFIED_304) { // a last write would add Content-Length: 0
        response.write(false, null, written);
      } else {
        response.write(true, ByteBuffer.wrap(body), written);
      }
    } catch (IllegalStateException e) {
      written.failed(e); // nobody waits for the answer any more
    }
    return over;
  }

  @Override
  public void upgrade(Acceptance acceptance) {
    answered = true;
    Upgraded upgraded = upgrade.apply(request, acceptance);
    try {
      request.addHttpStreamWrapper(stream -> new UpgradingStream(stream, upgraded));
      HttpFields.Mutable headers = response.getHeaders();
      if (isHttp2(request)) {
        response.setStatus(HttpStatus.OK_200);
      } else {
        response.setStatus(HttpStatus.SWITCHING_PROTOCOLS_101);
        headers.put(HttpHeader.UPGRADE, "websocket");
        headers.put(HttpHeader.CONNECTION, "Upgrade");
        headers.put(HttpHeader.SEC_WEBSOCKET_ACCEPT, acceptance.acceptKey());
      }
      if (acceptance.subprotocol() != null) {
        headers.put(HttpHeader.SEC_WEBSOCKET_SUBPROTOCOL, acceptance.subprotocol());
      }
      addTo(headers, acceptance.headers());
      // Jetty gives the connection to what stands here when the response is written
      request.setAttribute(HttpStream.UPGRADE_CONNECTION_ATTRIBUTE, upgraded);
      response.write(true, null, callback);
    } catch (IllegalStateException e) {
      upgraded.upgradeOver();
      callback.failed(e);
    }
  }

  private static void addTo(HttpFields.Mutable fields, Headers headers) {
    headers.forEach(fields::add);
  }

  /** Tells what takes over when Jetty has opened it, or never will. */
  private static final class UpgradingStream extends HttpStream.Wrapper {
    private final Upgraded upgraded;

    UpgradingStream(HttpStream stream, Upgraded upgraded) {
      super(stream);
      this.upgraded = upgraded;
    }

    @Override
    public void succeeded() {
      super.succeeded();
      upgraded.upgradeOver();
    }

    @Override
    public void failed(Throwable cause) {
      super.failed(cause);
      upgraded.upgradeOver();
    }
  }
}
