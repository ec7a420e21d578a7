package io.github.easywebsocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.github.easywebsocket.spi.Acceptance;
import io.github.easywebsocket.spi.Exchange;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** A request as a browser would send it, changed by the test, and its one answer. */
final class FakeExchange implements Exchange {

  String method = "GET";
  String protocol = "HTTP/1.1";
  String target = "/ws";
  InetSocketAddress remoteAddress = InetSocketAddress.createUnresolved("peer", 1);
  boolean tls;
  CompletableFuture<byte[]> body = new CompletableFuture<>();
  CompletableFuture<Void> written = CompletableFuture.completedFuture(null);
  @Nullable RuntimeException respondFails;
  @Nullable RuntimeException upgradeFails;
  @Nullable RuntimeException connectProtocolFails;
  private final List<String[]> lines = new ArrayList<>();

  int status; // of the answer, 101 for an upgrade, 0 for none yet
  @Nullable Headers responseHeaders;
  @Nullable String responseBody;
  private @Nullable Acceptance acceptance;

  /** An opening handshake in order. */
  static FakeExchange handshake() {
    return new FakeExchange()
        .with("Host", "localhost:8080")
        .with("Upgrade", "websocket")
        .with("Connection", "Upgrade")
        .with("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
        .with("Sec-WebSocket-Version", "13");
  }

  /** A plain request. */
  static FakeExchange plain(String method, String target) {
    FakeExchange exchange = new FakeExchange().with("Host", "localhost:8080");
    exchange.method = method;
    exchange.target = target;
    return exchange;
  }

  /** Adds a header line. */
  FakeExchange with(String name, String value) {
    lines.add(new String[] {name, value});
    return this;
  }

  /** Takes all lines of a header away. */
  FakeExchange without(String name) {
    lines.removeIf(line -> line[0].equalsIgnoreCase(name));
    return this;
  }

  /** Takes all lines of a header away, and gives their values. */
  List<String> take(String name) {
    List<String> values =
        lines.stream().filter(line -> line[0].equalsIgnoreCase(name)).map(line -> line[1]).toList();
    without(name);
    return values;
  }

  /**
   * Changes the request: {@code "POST"}, {@code "HTTP/1.0"}, {@code "/path"}, {@code "tls"}, {@code
   * "-Name"} takes a header away, {@code "+Name: value"} adds a line, {@code "Name: value"}
   * replaces all lines.
   */
  FakeExchange change(String change) {
    int colon = change.indexOf(':');
    if (change.startsWith("HTTP/")) {
      protocol = change;
    } else if (change.startsWith("/") || change.startsWith("http://") || change.equals("*")) {
      target = change;
    } else if (change.equals("tls")) {
      tls = true;
    } else if (change.startsWith("-")) {
      without(change.substring(1));
    } else if (change.startsWith("+")) {
      with(change.substring(1, colon), change.substring(colon + 1).strip());
    } else if (colon > 0) {
      String name = change.substring(0, colon);
      without(name).with(name, change.substring(colon + 1).strip());
    } else {
      method = change;
    }
    return this;
  }

  /** The acceptance of an upgrade, which is asserted. */
  Acceptance accepted() {
    assertEquals(101, status, () -> "refused with " + responseBody);
    assertNotNull(acceptance);
    return acceptance;
  }

  /** A header of the answer. */
  @Nullable String responseHeader(String name) {
    return responseHeaders == null ? null : responseHeaders.first(name);
  }

  private void answered(int with) {
    assertEquals(0, status, "answered twice");
    status = with;
  }

  @Override
  public CompletionStage<Void> respond(int with, Headers headers, byte[] content) {
    answered(with);
    responseHeaders = headers;
    responseBody = new String(content, StandardCharsets.UTF_8);
    if (respondFails != null) {
      throw respondFails;
    }
    return written;
  }

  @Override
  public void upgrade(Acceptance given) {
    answered(101);
    assertNull(acceptance);
    acceptance = given;
    responseHeaders = given.headers();
    if (upgradeFails != null) {
      throw upgradeFails;
    }
  }

  @Override
  public String method() {
    return method;
  }

  @Override
  public String protocol() {
    return protocol;
  }

  @Override
  public @Nullable String connectProtocol() {
    if (connectProtocolFails != null) {
      throw connectProtocolFails;
    }
    return null;
  }

  @Override
  public String target() {
    return target;
  }

  @Override
  public Headers headers() {
    Headers headers = Headers.EMPTY;
    for (String[] line : lines) {
      headers = headers.with(line[0], line[1]);
    }
    return headers;
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return remoteAddress;
  }

  @Override
  public @Nullable SSLSession tls() {
    return tls
        ? (SSLSession)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {SSLSession.class},
                (proxy, called, arguments) -> {
                  throw new UnsupportedOperationException(called.getName());
                })
        : null;
  }

  @Override
  public CompletionStage<byte[]> body(int limit) {
    return body;
  }
}
