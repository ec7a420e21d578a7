package io.github.easywebsocket.undertow;

import io.github.easywebsocket.Headers;
import io.github.easywebsocket.WebSocketException;
import io.github.easywebsocket.WebSocketException.Kind;
import io.github.easywebsocket.spi.Acceptance;
import io.github.easywebsocket.spi.Exchange;
import io.undertow.io.Receiver;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.DateUtils;
import io.undertow.util.HeaderValues;
import io.undertow.util.HttpString;
import io.undertow.util.SameThreadExecutor;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.xnio.StreamConnection;

/** A request to Undertow. Answers are given on the connection's I/O thread. */
final class UndertowExchange implements Exchange {

  private static final HttpString UPGRADE = new HttpString("Upgrade");
  private static final HttpString ACCEPT = new HttpString("Sec-WebSocket-Accept");
  private static final HttpString PROTOCOL = new HttpString("Sec-WebSocket-Protocol");
  private static final HttpString DATE = new HttpString("Date");

  private final HttpServerExchange request;
  private final UndertowBuffers buffers;
  private final Duration writeTimeout;
  private final boolean dated;
  private @Nullable Headers headers;
  private boolean opened; // I/O thread only

  /**
   * Makes an exchange.
   *
   * @param writeTimeout how long an answer may make no progress
   * @param dated whether answers get their {@code Date} here; a 101 needs none (RFC 9110 §6.6.1)
   */
  UndertowExchange(
      HttpServerExchange request, UndertowBuffers buffers, Duration writeTimeout, boolean dated) {
    this.request = request;
    this.buffers = buffers;
    this.writeTimeout = writeTimeout;
    this.dated = dated;
  }

  @Override
  public String method() {
    return request.getRequestMethod().toString();
  }

  @Override
  public String protocol() {
    return request.getProtocol().toString();
  }

  @Override
  public String target() {
    String query = request.getQueryString();
    return query.isEmpty() ? request.getRequestURI() : request.getRequestURI() + '?' + query;
  }

  @Override
  public Headers headers() {
    if (headers == null) {
      List<String> lines = new ArrayList<>();
      for (HeaderValues values : request.getRequestHeaders()) {
        String name = values.getHeaderName().toString();
        for (String value : values) {
          lines.add(name);
          lines.add(value);
        }
      }
      headers = Headers.ofLines(lines);
    }
    return headers;
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return request.getSourceAddress();
  }

  @Override
  public @Nullable SSLSession tls() {
    return request.getConnection().getSslSession();
  }

  @Override
  public CompletionStage<byte[]> body(int limit) {
    if (request.getRequestContentLength() > limit) { // Undertow would set that much aside
      return CompletableFuture.failedStage(tooLong(limit));
    }
    CompletableFuture<byte[]> body = new CompletableFuture<>();
    Receiver receiver = request.getRequestReceiver();
    receiver.setMaxBufferSize(limit);
    receiver.receiveFullBytes(
        (exchange, bytes) -> afterCall(() -> body.complete(bytes)),
        (exchange, failure) ->
            afterCall(
                () ->
                    body.completeExceptionally(
                        failure instanceof Receiver.RequestToLargeException
                            ? tooLong(limit)
                            : failure)));
    return body;
  }

  private static WebSocketException tooLong(int limit) {
    return new WebSocketException(
        Kind.MESSAGE_TOO_BIG, "a request's body exceeds " + limit + " bytes");
  }

  /** Does something once Undertow's call has returned, which ends the request otherwise. */
  private void afterCall(Runnable task) {
    request.dispatch(SameThreadExecutor.INSTANCE, task);
  }

  @Override
  public CompletionStage<?> respond(int status, Headers headers, byte[] body) {
    ByteBuffer left = ByteBuffer.wrap(body);
    AnswerTimeout timeout = new AnswerTimeout(request, left, writeTimeout, this::hasAnswered);
    try {
      onIoThread(() -> respond(status, headers, left, timeout));
    } catch (RejectedExecutionException e) {
      timeout.end(); // the server has stopped
    }
    return timeout.over();
  }

  private void respond(int status, Headers headers, ByteBuffer body, AnswerTimeout timeout) {
    try {
      request.addExchangeCompleteListener(
          (exchange, next) -> {
            timeout.ended();
            next.proceed();
          });
      request.setStatusCode(status);
      put(headers);
      if (dated && !request.getResponseHeaders().contains(DATE)) {
        request.getResponseHeaders().put(DATE, DateUtils.getCurrentDateTime(request));
      }
      if (status == 204 || status == 304) {
        request.endExchange(); // a sender would add Content-Length
      } else {
        request.getResponseSender().send(body);
      }
      timeout.begin();
    } catch (RuntimeException | Error e) {
      timeout.end();
      throw e;
    }
  }

  /** Whether the connection is ready for another request. */
  private boolean hasAnswered() {
    return request.isComplete() && request.isPersistent();
  }

  @Override
  public void upgrade(Acceptance acceptance) {
    onIoThread(
        () -> {
          put(acceptance.headers());
          request.getResponseHeaders().put(UPGRADE, "websocket");
          request.getResponseHeaders().put(ACCEPT, acceptance.acceptKey());
          if (acceptance.subprotocol() != null) {
            request.getResponseHeaders().put(PROTOCOL, acceptance.subprotocol());
          }
          request.upgradeChannel((connection, exchange) -> open(connection, acceptance));
          request.endExchange();
          if (!opened) {
            awaitOpening(acceptance);
          }
        });
  }

  /** The response is not written at once, or never will be. */
  private void awaitOpening(Acceptance acceptance) {
    request.getConnection().addCloseListener(gone -> closedBeforeOpen(acceptance));
    if (!request.getConnection().isOpen()) {
      closedBeforeOpen(acceptance); // it was closed before it had a listener for that
    }
    ByteBuffer none = ByteBuffer.allocate(0);
    new AnswerTimeout(request, none, writeTimeout, () -> opened).begin();
  }

  private void open(StreamConnection connection, Acceptance acceptance) {
    UndertowPipe pipe = new UndertowPipe(connection, tls() != null, buffers, acceptance);
    opened = true; // if that throws Undertow closes the connection
    pipe.open(acceptance.subprotocol());
  }

  private void closedBeforeOpen(Acceptance acceptance) {
    if (!opened) {
      acceptance.receiver().closed(null);
    }
  }

  private void put(Headers headers) {
    headers.forEach((name, value) -> request.getResponseHeaders().add(new HttpString(name), value));
  }

  private void onIoThread(Runnable task) {
    if (request.isInIoThread()) {
      task.run();
    } else {
      request.getIoThread().execute(task);
    }
  }
}
