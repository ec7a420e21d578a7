package io.github.easywebsocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.HttpHandler.Response;
import io.github.easywebsocket.spi.Acceptance;
import io.github.easywebsocket.spi.Deflate;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How an opening handshake is answered: by a connection or a refusal. */
class AcceptorTest extends AcceptorFixture {

  // ---- the host

  @Test
  void aHostThatIsNotAllowedGets421WhateverIsAsked() {
    hosts = Hosts.allowing(List.of("good.example"));
    http = request -> Response.of(204);
    assertEquals(101, answer("Host: good.example; Origin: http://good.example").status);
    assertEquals(421, answer("Host: evil.example; Origin: http://evil.example").status);
    assertEquals(421, answer("Host: evil.example; /elsewhere").status);
    assertEquals(204, answer(FakeExchange.plain("GET", "/")).status);
    FakeExchange page = FakeExchange.plain("GET", "/").without("Host").with("Host", "evil.example");
    assertEquals(421, answer(page).status);
    assertEquals(400, answer("+Host: evil.example").status);
  }

  // ---- the opening handshake

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          101 |
          101 | Upgrade: WebSocket
          101 | Upgrade: h2c, WEBSOCKET
          101 | Upgrade: h2c; +Upgrade: websocket
          101 | Connection: keep-alive, upgrade
          101 | Connection: keep-alive; +Connection: ,UPGRADE ,
          101 | /WS
          101 | /w%73
          101 | /ws?token=secret&{%ff}
          101 | Sec-WebSocket-Protocol: v1, v0
          101 | Sec-WebSocket-Extensions: permessage-deflate
          101 | Origin: http://localhost:8080
          101 | Origin: HTTP://LOCALHOST:8080
          101 | Origin: https://good.example
          101 | Origin: https://good.example:443
          101 | tls; Origin: https://localhost:8080
          101 | http://localhost:8080/ws
          101 | http://localhost:8080/ws?x; Origin: http://localhost:8080
          101 | Host: my_host; Origin: http://my_host
          101 | Content-Length: 0
          405 | POST
          405 | HEAD
          405 | get
          400 | HTTP/1.0
          400 | HTTP/2.0
          400 | -Host
          400 | +Host: other
          400 | Host:
          400 | Host: user@localhost
          400 | Host: localhost/ws
          400 | Host: localhost:x
          400 | Host: localhost, other
          400 | -Connection
          400 | Connection: keep-alive
          400 | Connection: Upgraded
          403 | -Upgrade
          403 | Upgrade: h2c
          403 | Upgrade: websocket2
          403 | Upgrade:
          426 | -Sec-WebSocket-Version
          426 | Sec-WebSocket-Version: 8
          426 | Sec-WebSocket-Version: 12
          426 | Sec-WebSocket-Version: 14
          426 | Sec-WebSocket-Version: 13, 8
          426 | +Sec-WebSocket-Version: 8
          426 | +Sec-WebSocket-Version: 13
          400 | -Sec-WebSocket-Key
          400 | Sec-WebSocket-Key:
          400 | +Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
          400 | Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ
          400 | Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j
          400 | Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZSE=
          400 | Sec-WebSocket-Key: !!!!IHNhbXBsZSBub25jZQ==
          400 | Content-Length: 1
          400 | Content-Length: 0; +Content-Length: 5
          400 | Transfer-Encoding: chunked
          400 | Sec-WebSocket-Protocol: v1, not a token
          400 | Sec-WebSocket-Extensions: not an extension
          404 | /
          404 | /wsx
          404 | /ws/
          404 | //ws
          404 | /%2577s
          400 | /ws/../ws
          400 | /./ws
          400 | /%2e%2e/ws
          400 | /w%2fs
          400 | /ws%
          400 | /ws%0
          400 | /ws%00
          400 | /ws%zz
          400 | /ws?token=secret&%zz
          400 | /ws?a#b
          400 | /w%ff
          400 | /w\\s
          400 | http://localhost/ws
          400 | http://localhost:8080.evil.example/ws
          400 | http://a@localhost:8080/ws
          400 | http://localhost:8080/ws; -Host
          400 | http://localhost:8080/ws; +Host: localhost:8080
          400 | *
          403 | Origin: http://localhost
          403 | Origin: https://localhost:8080
          403 | Origin: http://evil.example
          403 | Origin: https://good.example.evil.example
          403 | Origin: https://good.example/path
          403 | Origin: null
          403 | Origin:
          403 | Origin: http://localhost:8080; +Origin: http://localhost:8080
          403 | tls; Origin: http://localhost:8080
          """)
  void isAnsweredWithTheStatus(int status, @Nullable String changes) {
    FakeExchange exchange = answer(changes == null ? "" : changes);
    assertEquals(status, exchange.status);
    if (status == 101) {
      assertEquals("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", exchange.accepted().acceptKey());
      assertEquals("ours", exchange.responseHeader("X-Server"));
    } else {
      assertEquals("text/plain; charset=utf-8", exchange.responseHeader("Content-Type"));
      assertNotNull(exchange.responseBody);
      assertTrue(exchange.responseBody.endsWith(".\n"), exchange.responseBody);
    }
    assertEquals(status == 405 ? "GET" : null, exchange.responseHeader("Allow"));
    assertEquals(status == 426 ? "13" : null, exchange.responseHeader("Sec-WebSocket-Version"));
  }

  @Test
  void withoutAPathEveryPathIsOne() {
    path = null;
    assertEquals(101, answer("/any/where").status);
    assertEquals(400, answer("/any/../where").status);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          v1 | Sec-WebSocket-Protocol: v1
          v2 | Sec-WebSocket-Protocol: v1, v2
          v2 | Sec-WebSocket-Protocol: v1; +Sec-WebSocket-Protocol: v0,v2
             | Sec-WebSocket-Protocol: V1
             | Sec-WebSocket-Protocol: other
             |
          """)
  void theFirstOfOurSubprotocolsThatIsOfferedIsTaken(
      @Nullable String expected, @Nullable String changes) {
    assertEquals(expected, answer(changes == null ? "" : changes).accepted().subprotocol());
  }

  @Test
  void compressionIsAgreedOnAndAnswered() {
    compression = Compression.DEFAULT.withServerContextTakeover(true);
    FakeExchange exchange =
        answer(
            FakeExchange.handshake()
                .with("Sec-WebSocket-Extensions", "permessage-deflate; unknown")
                .with("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"));
    assertEquals(
        "permessage-deflate; client_no_context_takeover",
        exchange.responseHeader("Sec-WebSocket-Extensions"));
    Deflate agreed = exchange.accepted().deflate();
    assertNotNull(agreed);
    assertEquals(compression, agreed.compression());
  }

  @Test
  void anOfferThatCannotBeKeptIsDeclined() {
    compression = Compression.DEFAULT;
    FakeExchange exchange =
        answer(
            FakeExchange.handshake()
                .with("Sec-WebSocket-Extensions", "permessage-deflate; server_max_window_bits=9"));
    assertNull(exchange.accepted().deflate());
    assertNull(exchange.responseHeader("Sec-WebSocket-Extensions"));
  }

  @Test
  void withoutCompressionEveryOfferIsDeclined() {
    FakeExchange exchange = answer("Sec-WebSocket-Extensions: permessage-deflate");
    assertNull(exchange.accepted().deflate());
    assertNull(exchange.responseHeader("Sec-WebSocket-Extensions"));
  }

  @Test
  void aHeaderThatIsNotValidIsAnsweredWith400() {
    FakeExchange exchange = FakeExchange.handshake().with("X-Bad", "a\u0000b");
    assertEquals(400, answer(exchange).status);
  }

  @Test
  void theHandshakeTellsTheHandlersWhatWasAsked() {
    Acceptance acceptance = answer("/w%53?a=%20b; X-Asked: yes; tls").accepted();
    Handshake handshake = ((Session) acceptance.receiver()).handshake();
    assertEquals("/wS", handshake.path());
    assertEquals("a=%20b", handshake.query());
    assertEquals("yes", handshake.header("x-asked"));
    assertEquals("peer", String.valueOf(handshake.remoteAddress()).split("[/:]")[0]);
    assertNotNull(handshake.tls());
    assertEquals("Handshake[/wS]", handshake.toString());
  }
}
