package io.github.easywebsocket.tck;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The head of an HTTP request, in order or not. Each method returns a changed copy. */
final class Request {

  /** The key of RFC 6455 §1.3, and what answers it. */
  static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

  static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

  private final String firstLine;
  private final List<String> headers;

  private Request(String firstLine, List<String> headers) {
    this.firstLine = firstLine;
    this.headers = headers;
  }

  /** A handshake in order. */
  static Request handshake(int port) {
    return get("/ws", port)
        .with("Upgrade", "websocket")
        .with("Connection", "Upgrade")
        .with("Sec-WebSocket-Key", KEY)
        .with("Sec-WebSocket-Version", "13");
  }

  /** A plain request. */
  static Request get(String target, int port) {
    return new Request("GET " + target + " HTTP/1.1", List.of("Host: 127.0.0.1:" + port));
  }

  Request method(String method) {
    return line(0, method);
  }

  Request target(String target) {
    return line(1, target);
  }

  Request protocol(String protocol) {
    return line(2, protocol);
  }

  private Request line(int part, String value) {
    String[] parts = firstLine.split(" ");
    parts[part] = value;
    return new Request(String.join(" ", parts), headers);
  }

  /** Adds a header. */
  Request with(String name, String value) {
    List<String> more = new ArrayList<>(headers);
    more.add(name + ": " + value);
    return new Request(firstLine, more);
  }

  /** Removes all headers of the name. */
  Request without(String name) {
    String prefix = name.toLowerCase(Locale.ROOT) + ":";
    List<String> fewer = new ArrayList<>(headers);
    fewer.removeIf(header -> header.toLowerCase(Locale.ROOT).startsWith(prefix));
    return new Request(firstLine, fewer);
  }

  /** Replaces all headers of the name by one. */
  Request set(String name, String value) {
    return without(name).with(name, value);
  }

  byte[] encode() {
    return toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(firstLine).append("\r\n");
    headers.forEach(header -> text.append(header).append("\r\n"));
    return text.append("\r\n").toString();
  }
}
