package io.github.easywebsocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.HttpHandler.Response;
import io.github.easywebsocket.spi.Deflate;
import io.github.easywebsocket.spi.Extension;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random requests, made of what a head is made of and damaged: each gets one answer, no failure of
 * ours, and a connection only if it is a handshake. {@code -Deasywebsocket.fuzz=<n>} asks for more
 * than the few of each run, {@code -Deasywebsocket.seed=<seed>} for one that was seen to fail.
 */
@Tag("sized")
class AcceptorFuzzTest extends AcceptorFixture {

  private static final int INPUTS = Integer.getInteger("easywebsocket.fuzz", 10_000) / 2;

  private static final Set<Integer> ANSWERS = Set.of(101, 200, 400, 403, 404, 405, 421, 426, 431);

  private static final List<String> NAMES =
      List.of(
          "Host",
          "Upgrade",
          "Connection",
          "Sec-WebSocket-Key",
          "Sec-WebSocket-Version",
          "Sec-WebSocket-Protocol",
          "Sec-WebSocket-Extensions",
          "Origin",
          "X-Forwarded-For",
          "X-Forwarded-Proto",
          "Content-Length",
          "Transfer-Encoding",
          "Cookie");

  private static final List<String> PIECES =
      List.of(
          ("websocket Upgrade keep-alive 13 8 v1 v2 chunked 0 permessage-deflate localhost:8080 a"
                  + " client_max_window_bits server_max_window_bits=15 client_no_context_takeover"
                  + " server_no_context_takeover https://good.example http://localhost:8080 null"
                  + " 192.0.2.1 10.0.0.1:80 [2001:db8::1]:443 ::1 1:2:3:4:5:6:7:8:9 256.1.1.1 :99999"
                  + " dGhlIHNhbXBsZSBub25jZQ== /ws /WS /w%73 /.. /%2e%2e %2f %00 %c3%a9 %ff %e2%82 % #"
                  + " http://localhost:8080/ws http://evil.example/ ? & = + \\ * ' \" ; , : / [ ] { }")
              .split(" "));

  private static final List<String> ODD =
      List.of(
          "", " ", "\t", "\r\n", "\0", "\u007f", "\u00e4", "\u20ac", "\ud800", "=", ";", ",", "\"");

  private Random luck = new Random();

  @BeforeEach
  void everythingIsLookedAt() {
    proxies = Proxies.at(List.of("127.0.0.0/8", "2001:db8::/32"));
    compression = Compression.DEFAULT.withClientContextTakeover(true);
    http = request -> Response.text(200, "text/plain", String.valueOf(request.parameters("a")));
    verifier =
        handshake -> {
          handshake.parameters("a").forEach(value -> handshake.parameter(value));
          return Verdict.accept();
        };
  }

  @Test
  void eachRequestHasOneAnswerAndNoneIsAFailureOfOurs() {
    Long asked = Long.getLong("easywebsocket.seed");
    long first = asked != null ? asked : new Random().nextInt();
    System.out.println(INPUTS + " requests from seed " + first);
    Set<Integer> seen = new TreeSet<>();
    for (long seed = first; seed < first + (asked != null ? 1 : INPUTS); seed++) {
      luck = new Random(seed);
      FakeExchange exchange = draw();
      try {
        answer(exchange);
        check(exchange);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(
            e + " for " + exchange.target + " (-Deasywebsocket.seed=" + seed + ")", e);
      }
      seen.add(exchange.status);
    }
    assertTrue(
        asked != null || seen.containsAll(Set.of(101, 200, 400, 403, 404, 405, 426)),
        seen::toString);
  }

  // ---- drawing

  private FakeExchange draw() {
    FakeExchange exchange = FakeExchange.handshake();
    exchange.remoteAddress = new InetSocketAddress("127.0.0.1", 1);
    exchange.body.complete(new byte[0]);
    exchange.tls = luck.nextInt(4) == 0;
    if (luck.nextInt(4) == 0) {
      exchange.target = luck.nextBoolean() ? damaged("/ws?a=b&a=%c3%a9+c&d") : text();
    }
    if (luck.nextInt(20) == 0) {
      exchange.method = pick(List.of("POST", "HEAD", "get", "", "GET "));
    }
    if (luck.nextInt(20) == 0) {
      exchange.protocol = pick(List.of("HTTP/1.0", "HTTP/2.0", "http/1.1", ""));
    }
    for (int changes = luck.nextInt(4); changes > 0; changes--) {
      String name = pick(NAMES);
      List<String> lines = exchange.take(name);
      if (luck.nextInt(6) > 0) {
        lines.forEach(line -> exchange.with(name, luck.nextBoolean() ? line : damaged(line)));
        if (lines.isEmpty() || luck.nextInt(6) == 0) {
          exchange.with(name, text());
        }
      }
    }
    return exchange;
  }

  private String pick(List<String> from) {
    return from.get(luck.nextInt(from.size()));
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    for (int pieces = luck.nextInt(5); pieces >= 0; pieces--) {
      text.append(pick(PIECES)).append(pick(List.of("", "", ", ", "; ", "/")));
    }
    return luck.nextInt(4) == 0 ? damaged(text.toString()) : text.toString();
  }

  private String damaged(String text) {
    int at = luck.nextInt(text.length() + 1);
    int to = Math.min(text.length(), at + luck.nextInt(3));
    return text.substring(0, at) + pick(luck.nextBoolean() ? ODD : PIECES) + text.substring(to);
  }

  // ---- what must hold

  private void check(FakeExchange exchange) {
    assertTrue(ANSWERS.contains(exchange.status), () -> "status " + exchange.status);
    if (exchange.status != 101) {
      String body = String.valueOf(exchange.responseBody);
      assertFalse(body.contains("xception") || body.contains("java."), body);
      return;
    }
    open--;
    exchange.accepted().receiver().closed(null);
    executor.runAll();
    Headers headers = exchange.headers();
    assertEquals("GET", exchange.method);
    assertEquals("HTTP/1.1", exchange.protocol);
    assertEquals(1, headers.all("Host").size(), "lines of Host");
    assertEquals(List.of("13"), headers.all("Sec-WebSocket-Version"));
    assertEquals(1, headers.all("Sec-WebSocket-Key").size(), "keys");
    String key = headers.all("Sec-WebSocket-Key").get(0).strip();
    assertEquals(16, Base64.getDecoder().decode(key).length, "bytes of the key");
    assertTrue(elements(headers, "Upgrade").contains("websocket"));
    assertTrue(elements(headers, "Connection").contains("upgrade"));
    assertEquals(List.of(), headers.all("Transfer-Encoding"));
    String path = exchange.target.replaceFirst("(?i)^(http|ws)s?://[^/?]*", "").split("\\?", 2)[0];
    assertEquals("/ws", URLDecoder.decode(path, StandardCharsets.UTF_8).toLowerCase(Locale.ROOT));
    String agreed = exchange.accepted().subprotocol();
    assertTrue(agreed == null || elements(headers, "Sec-WebSocket-Protocol").contains(agreed));
    checkExtensions(exchange);
  }

  private static List<String> elements(Headers headers, String name) {
    return Arrays.stream(String.join(",", headers.all(name)).split(","))
        .map(element -> element.strip().toLowerCase(Locale.ROOT))
        .toList();
  }

  /** The answer is in order, and of one extension that was offered. */
  private static void checkExtensions(FakeExchange exchange) {
    Deflate deflate = exchange.accepted().deflate();
    String answer = exchange.responseHeader("Sec-WebSocket-Extensions");
    assertEquals(deflate == null ? null : deflate.answer(), answer);
    if (answer != null) {
      List<Extension> offers = Extension.parse(exchange.headers().all("Sec-WebSocket-Extensions"));
      List<Extension> agreed = Extension.parse(List.of(answer));
      assertEquals(1, agreed.size(), answer);
      assertNotEquals(
          0, offers.stream().filter(offer -> offer.name().equals(agreed.get(0).name())).count());
    }
  }
}
