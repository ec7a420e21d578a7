package io.github.easywebsocket.jettyclient;

import io.github.easywebsocket.Compression;
import io.github.easywebsocket.Headers;
import io.github.easywebsocket.WebSocketException;
import io.github.easywebsocket.spi.ClientSettings;
import io.github.easywebsocket.spi.Deflate;
import io.github.easywebsocket.spi.Extension;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The opening handshake of one connection, RFC 6455 §4.1: the request, and what to answer. */
final class ClientHandshake {

  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final String PROXY_AUTHORIZATION = "Proxy-Authorization";

  private final ClientSettings settings;
  private final Target target;
  private final String key;

  ClientHandshake(ClientSettings settings, Target target) {
    this.settings = settings;
    this.target = target;
    byte[] nonce = new byte[16];
    new SecureRandom().nextBytes(nonce);
    this.key = Base64.getEncoder().encodeToString(nonce);
  }

  // ---- the requests

  /**
   * What to ask the server.
   *
   * @param proxied whether a proxy has been asked before, which had the credentials for it
   */
  String request(boolean proxied) {
    StringBuilder head = new StringBuilder("GET " + target.pathAndQuery() + " HTTP/1.1\r\n");
    add(head, "Host", target.hostHeader());
    add(head, "Upgrade", "websocket");
    add(head, "Connection", "Upgrade");
    add(head, "Sec-WebSocket-Key", key);
    add(head, "Sec-WebSocket-Version", "13");
    if (!settings.subprotocols().isEmpty()) {
      add(head, "Sec-WebSocket-Protocol", String.join(", ", settings.subprotocols()));
    }
    if (settings.compression() != null) {
      add(head, "Sec-WebSocket-Extensions", Deflate.offer(settings.compression()));
    }
    settings
        .headers()
        .forEach(
            (name, value) -> {
              if (!proxied || !name.equalsIgnoreCase(PROXY_AUTHORIZATION)) {
                add(head, name, value);
              }
            });
    return head.append("\r\n").toString();
  }

  /** What to ask a proxy, RFC 9110 §9.3.6. */
  String tunnelRequest() {
    StringBuilder head = new StringBuilder("CONNECT " + target.hostAndPort() + " HTTP/1.1\r\n");
    add(head, "Host", target.hostAndPort());
    settings
        .headers()
        .all(PROXY_AUTHORIZATION)
        .forEach(credentials -> add(head, PROXY_AUTHORIZATION, credentials));
    return head.append("\r\n").toString();
  }

  private static void add(StringBuilder head, String name, String value) {
    head.append(name).append(": ").append(value).append("\r\n");
  }

  // ---- the answer

  /** What both ends have agreed on. */
  record Agreed(@Nullable String subprotocol, @Nullable Deflate deflate) {}

  /**
   * Looks at the answer to {@link #request}.
   *
   * @throws WebSocketException of kind {@code HANDSHAKE} if it opens no connection, or not one as
   *     it was asked for
   */
  Agreed agreed(Answer answer) throws WebSocketException {
    if (!answer.switchesProtocols()) {
      throw Failures.refused(target, answer);
    }
    Headers headers = answer.headers();
    String upgrade = String.join(",", headers.all("Upgrade"));
    require(answer, upgrade.equalsIgnoreCase("websocket"), "Upgrade is not websocket");
    require(answer, namesUpgrade(headers.all("Connection")), "Connection has no Upgrade");
    require(
        answer,
        headers.all("Sec-WebSocket-Accept").equals(List.of(acceptKey())),
        "Sec-WebSocket-Accept does not belong to the request");
    return new Agreed(subprotocol(answer), deflate(answer));
  }

  private void require(Answer answer, boolean right, String wrong) throws WebSocketException {
    if (!right) {
      throw Failures.notAHandshake(target, answer, wrong, null);
    }
  }

  private static boolean namesUpgrade(List<String> connection) {
    for (String line : connection) {
      for (String each : line.split(",")) {
        if (each.strip().equalsIgnoreCase("upgrade")) {
          return true;
        }
      }
    }
    return false;
  }

  private String acceptKey() {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-1")
              .digest((key + GUID).getBytes(StandardCharsets.ISO_8859_1));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-1", e);
    }
  }

  private @Nullable String subprotocol(Answer answer) throws WebSocketException {
    List<String> chosen = answer.headers().all("Sec-WebSocket-Protocol");
    require(
        answer,
        chosen.size() <= 1 && settings.subprotocols().containsAll(chosen),
        "Sec-WebSocket-Protocol is none of those offered");
    return chosen.isEmpty() ? null : chosen.get(0);
  }

  private @Nullable Deflate deflate(Answer answer) throws WebSocketException {
    String wrong = "Sec-WebSocket-Extensions is not an answer to what was offered";
    try {
      List<Extension> answered = Extension.parse(answer.headers().all("Sec-WebSocket-Extensions"));
      Compression offered = settings.compression();
      require(answer, answered.isEmpty() || offered != null, wrong);
      return offered == null ? null : Deflate.confirm(answered, offered);
    } catch (IllegalArgumentException e) {
      throw Failures.notAHandshake(target, answer, wrong, e);
    } catch (WebSocketException e) {
      throw e.status() == 0 ? Failures.notAHandshake(target, answer, wrong, e) : e;
    }
  }
}
