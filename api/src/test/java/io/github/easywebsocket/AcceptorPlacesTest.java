package io.github.easywebsocket;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.easywebsocket.HttpHandler.Response;
import io.github.easywebsocket.spi.Acceptance;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How many connections have a place, and that each gives its own back. */
class AcceptorPlacesTest extends AcceptorFixture {

  // ---- places

  @Test
  void tooManyConnectionsFromAnAddressAre429() {
    mostFromAddress = 1;
    Acceptance first = answer("").accepted();
    FakeExchange second = answer("");
    assertEquals(429, second.status);
    assertEquals("10", second.responseHeader("Retry-After"));
    first.receiver().closed(null);
    open--;
    assertEquals(101, answer("").status);
  }

  @ParameterizedTest
  @CsvSource({
    "2001:db8:1:2::1, 2001:db8:1:2:ffff:ffff:ffff:ffff, 429",
    "2001:db8:1:2::1, 2001:db8:1:3::1, 101",
    "fe80::1, fe80::2, 429",
    "::1, ::2, 101",
    "192.0.2.1, 192.0.2.2, 101",
    "192.0.2.1, ::ffff:192.0.2.1, 429",
    "64:ff9b::192.0.2.1, 64:ff9b::192.0.2.2, 101",
    "64:ff9b::192.0.2.1, 64:ff9b::192.0.2.1, 429",
    "64:ff9b:0:1::1, 64:ff9b:0:1::2, 429"
  })
  void anAddressOfIPv6CountsByItsNetwork(String one, String other, int status) throws Exception {
    mostFromAddress = 1;
    Acceptance first = answer(from(one)).accepted();
    assertEquals(status, answer(from(other)).status);
    first.receiver().closed(null);
    open--;
    assertEquals(101, answer(from(one)).status);
  }

  private static FakeExchange from(String address) throws Exception {
    FakeExchange exchange = FakeExchange.handshake();
    exchange.remoteAddress = new InetSocketAddress(InetAddress.getByName(address), 1);
    return exchange;
  }

  @Test
  void aboveTheMostConnectionsAHandshakeIs503() {
    assertEquals(101, answer("").status);
    assertEquals(101, answer("").status);
    FakeExchange third = answer("");
    assertEquals(503, third.status);
    assertEquals("10", third.responseHeader("Retry-After"));
  }

  @Test
  void aPlaceIsFreeAgainWhenItsConnectionIsOver() {
    Acceptance first = answer("").accepted();
    FakeTransport transport = new FakeTransport();
    transport.reportTo(first.receiver());
    first.receiver().open(transport, null);
    executor.runAll();
    answer("");
    assertEquals(503, answer("").status);
    transport.gone(null);
    executor.runAll();
    open--;
    assertEquals(101, answer("").status);
  }

  @Test
  void aPlaceIsFreeAgainWhenTheUpgradeFails() {
    answer("").accepted().receiver().closed(null);
    open--;
    assertEquals(101, answer("").status);
    assertEquals(101, answer("").status);
  }

  @Test
  void aPlaceIsFreeAgainWhenTheUpgradeThrows() {
    FakeExchange exchange = FakeExchange.handshake();
    exchange.upgradeFails = new IllegalStateException("the engine's");
    answer(exchange);
    open--;
    logged.saw("the engine threw at");
  }

  @Test
  void aPlaceIsFreeAgainWhenTheEngineThrowsBeforeTheUpgrade() {
    FakeExchange exchange = FakeExchange.handshake();
    verifier =
        handshake -> {
          exchange.connectProtocolFails = new IllegalStateException("the engine's");
          return Verdict.accept();
        };
    answer(exchange);
    assertEquals(0, exchange.status);
    logged.saw("the engine threw at");
  }

  // ---- stopping

  @ParameterizedTest
  @ValueSource(strings = {"", "-Upgrade", "/other"})
  void whileTheServerStopsEveryRequestIs503(String change) {
    http = request -> Response.of(200);
    acceptor().answers().stop();
    assertEquals(503, answer(change).status);
  }

  @Test
  void aVerdictThatComesWhileTheServerStopsIs503() {
    verifier =
        handshake -> {
          acceptor().answers().stop();
          return Verdict.accept();
        };
    assertEquals(503, answer("").status);
  }

  @Test
  void aHandshakeWhoseVerifierHasNotAnsweredIs503OnceTheServerStops() {
    verifier = handshake -> Verdict.accept();
    FakeExchange exchange = FakeExchange.handshake();
    acceptor().accept(exchange);
    acceptor().answers().stop();
    assertEquals(503, exchange.status);
  }

  @Test
  void anEngineThatFailsToAnswerDoesNotKeepOthersFromTheirAnswers() {
    verifier = handshake -> Verdict.accept();
    List<FakeExchange> exchanges = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      FakeExchange exchange = FakeExchange.handshake();
      exchanges.add(exchange);
      acceptor().accept(exchange);
      if (i == 0) {
        exchange.respondFails = new IllegalStateException("the engine's");
      }
    }
    acceptor().answers().stop();
    exchanges.forEach(exchange -> assertEquals(503, exchange.status));
    logged.saw("the engine failed to answer a request");
  }
}
