package io.github.easywebsocket;

import io.github.easywebsocket.spi.Deflate;
import io.github.easywebsocket.spi.Exchange;
import io.github.easywebsocket.spi.Extension;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The server's checks of an opening handshake, RFC 6455 §4.2.1 and RFC 8441 §5, the same for every
 * engine.
 */
final class OpeningHandshake {

  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  /** Why a handshake is refused: an HTTP answer. */
  record Refusal(int status, Headers headers, String body) {

    static Refusal of(int status, String body) {
      return new Refusal(
          status, Headers.of("Content-Type", "text/plain; charset=utf-8"), body + "\n");
    }

    /** One that may well not be repeated a little later. */
    static Refusal tooMuch(int status, String body) {
      return of(status, body).with("Retry-After", "10");
    }

    Refusal with(String name, String value) {
      return new Refusal(status, headers.with(name, value), body);
    }

    byte[] bytes() {
      return body.getBytes(StandardCharsets.UTF_8);
    }
  }

  private static final Headers RESERVED =
      Headers.EMPTY
          .with("Connection", "")
          .with("Content-Length", "")
          .with("Host", "")
          .with("Sec-WebSocket-Accept", "")
          .with("Sec-WebSocket-Extensions", "")
          .with("Sec-WebSocket-Key", "")
          .with("Sec-WebSocket-Protocol", "")
          .with("Sec-WebSocket-Version", "")
          .with("Transfer-Encoding", "")
          .with("Upgrade", "");

  private OpeningHandshake() {}

  /** Refuses a header that the handshake itself has, at either end. */
  static void requireNotReserved(String name) {
    if (RESERVED.contains(name)) {
      throw new IllegalArgumentException(
          "header: " + name + " belongs to the handshake and cannot be added");
    }
  }

  /** Whether a request asks for a WebSocket at all; if not, it is plain HTTP. */
  static boolean isWanted(Exchange exchange, Headers headers) {
    String protocol = exchange.connectProtocol();
    return protocol == null
        ? headers.listContains("Upgrade", "websocket")
        : protocol.equalsIgnoreCase("websocket");
  }

  /** Checks a request that asks for a WebSocket; null if it is in order. */
  static @Nullable Refusal check(Exchange exchange, Headers headers) {
    return exchange.connectProtocol() == null
        ? checkUpgrade(exchange, headers)
        : checkConnect(headers);
  }

  /** A stream of HTTP/2 needs neither a key nor an upgrade to be told from a plain request. */
  private static @Nullable Refusal checkConnect(Headers headers) {
    if (!hasVersion(headers)) {
      return bad("This server speaks WebSocket version 13.")
          .with("Sec-WebSocket-Version", Handshake.VERSION);
    }
    return checkCommon(headers);
  }

  private static @Nullable Refusal checkUpgrade(Exchange exchange, Headers headers) {
    if (!exchange.method().equals("GET")) {
      return Refusal.of(405, "A WebSocket handshake is a GET request.").with("Allow", "GET");
    }
    if (!exchange.protocol().equals("HTTP/1.1")) {
      return bad("A WebSocket handshake needs HTTP/1.1.");
    }
    if (!headers.listContains("Connection", "Upgrade")) {
      return bad("A WebSocket handshake has Connection: Upgrade.");
    }
    if (!hasVersion(headers)) {
      return Refusal.of(426, "This server speaks WebSocket version 13.")
          .with("Sec-WebSocket-Version", Handshake.VERSION)
          .with("Upgrade", "websocket")
          .with("Connection", "Upgrade");
    }
    if (!hasKey(headers)) {
      return bad("A WebSocket handshake has one Sec-WebSocket-Key of 16 bytes in base64.");
    }
    return checkCommon(headers);
  }

  private static @Nullable Refusal checkCommon(Headers headers) {
    if (hasBody(headers)) {
      return bad("A WebSocket handshake has no body.");
    }
    for (String name : headers.list("Sec-WebSocket-Protocol")) {
      if (!Headers.isToken(name)) {
        return bad("Sec-WebSocket-Protocol is a list of tokens.");
      }
    }
    if (!hasWellFormedExtensions(headers)) {
      return bad("Sec-WebSocket-Extensions is a list of extensions.");
    }
    return null;
  }

  private static Refusal bad(String why) {
    return Refusal.of(400, why).with("Connection", "close");
  }

  private static boolean hasVersion(Headers headers) {
    return headers.isExactly("Sec-WebSocket-Version", Handshake.VERSION);
  }

  private static boolean hasKey(Headers headers) {
    String key = headers.only("Sec-WebSocket-Key");
    try {
      return key != null
          && key.strip().length() == 24
          && Base64.getDecoder().decode(key.strip()).length == 16;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** RFC 6455 §9.1: a header that does not follow the grammar fails the handshake. */
  private static boolean hasWellFormedExtensions(Headers headers) {
    try {
      Extension.parse(headers.all("Sec-WebSocket-Extensions"));
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** What to agree on about compression; null for none, as always if this end wants none. */
  static @Nullable Deflate deflate(Headers headers, @Nullable Compression wanted) {
    return wanted == null
        ? null
        : Deflate.accept(Extension.parse(headers.all("Sec-WebSocket-Extensions")), wanted);
  }

  /** Whether a request announces a body. */
  static boolean hasBody(Headers headers) {
    if (headers.contains("Transfer-Encoding")) {
      return true;
    }
    for (String length : headers.all("Content-Length")) {
      if (!length.strip().equals("0")) {
        return true;
      }
    }
    return false;
  }

  /** Whether the body is as it is or {@code chunked}; engines read others in different ways. */
  static boolean hasKnownCoding(Headers headers) {
    return !headers.contains("Transfer-Encoding")
        || "chunked".equalsIgnoreCase(headers.only("Transfer-Encoding"));
  }

  /** The value of {@code Sec-WebSocket-Accept} for a request that has been checked. */
  static String acceptKey(Headers headers) {
    String key = String.valueOf(headers.first("Sec-WebSocket-Key")).strip();
    byte[] hash = sha1().digest(key.concat(GUID).getBytes(StandardCharsets.ISO_8859_1));
    return Base64.getEncoder().encodeToString(hash);
  }

  private static MessageDigest sha1() {
    try {
      return MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-1", e);
    }
  }
}
