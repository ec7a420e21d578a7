package io.github.easywebsocket;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An acceptor whose rules a test sets before its first request, and what it is asked. */
abstract class AcceptorFixture {

  static final int PLACES = 2;

  @RegisterExtension final Logged logged = new Logged();

  final ManualTime time = new ManualTime();
  final ManualExecutor executor = new ManualExecutor();
  final Connections connections =
      new Connections(Timeouts.DEFAULT, executor, time, null, Hooks.NONE);
  final RecordingHandler handler = new RecordingHandler();
  Function<Handshake, WebSocketHandler> handlers = handshake -> handler;
  boolean makesHandlers;
  @Nullable Verifier verifier;
  Hosts hosts = Hosts.ANY;
  Proxies proxies = Proxies.NONE;
  @Nullable HttpHandler http;
  @Nullable String path = "/ws";
  List<String> subprotocols = List.of("v2", "v1");
  @Nullable Compression compression;
  int mostFromAddress = Integer.MAX_VALUE;
  private @Nullable Acceptor acceptor;
  int open; // connections that have their place

  Acceptor acceptor() {
    if (acceptor == null) {
      acceptor =
          new Acceptor(
              new Acceptor.Rules(
                  new Routes(List.of(route())),
                  hosts,
                  proxies,
                  http,
                  Limits.DEFAULT.maxHttpBody(),
                  PLACES,
                  mostFromAddress),
              connections);
    }
    return acceptor;
  }

  private Routes.Route route() {
    return new Routes.Route(
        path == null ? null : PathPattern.of(path),
        handlers,
        makesHandlers,
        verifier,
        subprotocols,
        Headers.of("X-Server", "ours"),
        Origins.allowing(List.of("https://good.example")),
        Limits.DEFAULT,
        compression);
  }

  FakeExchange answer(FakeExchange exchange) {
    acceptor().accept(exchange);
    executor.runAll();
    open += exchange.status == 101 ? 1 : 0;
    return exchange;
  }

  FakeExchange answer(String changes) {
    FakeExchange exchange = FakeExchange.handshake();
    for (String change : changes.split(";")) {
      if (!change.isBlank()) {
        exchange.change(change.strip());
      }
    }
    return answer(exchange);
  }

  @AfterEach
  void allPlacesButThoseOfConnectionsAreFree() {
    executor.runAll();
    for (int i = open; i < PLACES; i++) {
      assertTrue(connections.reserve(PLACES), "place " + i + " was not given back");
    }
    assertFalse(connections.reserve(PLACES), "a place was given back twice");
    connections.close();
    assertTrue(time.isQuiet());
  }
}
