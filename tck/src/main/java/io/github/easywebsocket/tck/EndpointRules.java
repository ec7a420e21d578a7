package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Endpoint;
import io.github.easywebsocket.Message;
import io.github.easywebsocket.Verdict;
import io.github.easywebsocket.WebSocketConnection;
import io.github.easywebsocket.WebSocketHandler;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Section 2, which endpoint a handshake goes to, and whose handler it gets. */
interface EndpointRules {

  // ---- 2.18

  /** A path, and which endpoint says hello there; null for none. */
  record Greeting(String target, String hello) {
    @Override
    public String toString() {
      return target;
    }
  }

  /** An endpoint that says hello with its path and its variables. */
  private static Endpoint greeting(String path) {
    return Endpoint.at(path)
        .onOpen(connection -> connection.send(path + " " + connection.handshake().variables()));
  }

  @TestFactory
  default Stream<DynamicTest> rule_2_18_a_handshake_goes_to_the_endpoint_that_says_most(
      Table<ServerTrial> table) {
    return table.rows(
        List.of(
            new Greeting("/rooms/lobby", "/rooms/lobby {}"),
            new Greeting("/Rooms/LOBBY", "/rooms/lobby {}"),
            new Greeting("/rooms/Kitchen", "/rooms/{room} {room=Kitchen}"),
            new Greeting("/ROOMS/Kitchen", "/rooms/{room} {room=Kitchen}"),
            new Greeting("/rooms/a%20b%C3%A4?c=d", "/rooms/{room} {room=a b\u00e4}"),
            new Greeting("/rooms/lobby/7", "/rooms/{room}/{seat} {room=lobby, seat=7}"),
            new Greeting("/x/lobby", "/{any}/lobby {any=x}"),
            new Greeting("/", ""),
            new Greeting("/rooms", ""),
            new Greeting("/rooms/", ""),
            new Greeting("/rooms//7", ""),
            new Greeting("/x/y", "")),
        (trial, row) -> {
          startOnly(
              trial,
              greeting("/{any}/lobby"),
              greeting("/rooms/{room}/{seat}"),
              greeting("/rooms/{room}"),
              greeting("/rooms/lobby"));
          RawPeer peer = trial.connect().send(trial.handshake().target(row.target()));
          if (row.hello().isEmpty()) {
            assertEquals(404, peer.readAnswer().status());
          } else {
            assertEquals(101, peer.readAnswer().status());
            peer.expectText(row.hello());
          }
        });
  }

  /** Starts a server that has these endpoints and no handler of its own. */
  private static void startOnly(ServerTrial trial, Endpoint... endpoints) throws IOException {
    trial.startWithoutHandler(
        builder -> {
          for (Endpoint endpoint : endpoints) {
            builder.endpoint(endpoint);
          }
        });
  }

  @Test
  default void rule_2_18_the_handler_of_the_server_has_the_other_paths(ServerTrial trial)
      throws Exception {
    trial.start(builder -> builder.endpoint(greeting("/own")));
    trial.connectOpen().text("hi");
    trial.events().opened().expectText("hi");
    RawPeer own = trial.connect().send(trial.handshake().target("/own"));
    assertEquals(101, own.readAnswer().status());
    own.expectText("/own {}");
  }

  @Test
  default void rule_2_18_an_endpoint_has_its_own_verifier_origins_subprotocols_and_limits(
      ServerTrial trial) throws Exception {
    trial.start(
        builder ->
            builder
                .verifier(handshake -> Verdict.reject(401))
                .subprotocols("v1")
                .header("X-Server", "s")
                .maxMessageSize(8)
                .endpoint(Endpoint.at("/strict"))
                .endpoint(
                    Endpoint.at("/lax")
                        .verifier(handshake -> Verdict.accept())
                        .allowedOrigins("https://good.example")
                        .subprotocols("v2")
                        .header("X-Endpoint", "e")
                        .maxMessageSize(16)
                        .onMessage(WebSocketConnection::send)));
    Request offer =
        trial
            .handshake()
            .with("Sec-WebSocket-Protocol", "v1, v2")
            .with("Origin", "https://good.example");
    assertEquals(403, trial.ask(offer.target("/strict")).status());
    RawPeer peer = trial.connect().send(offer.target("/lax"));
    Answer answer = peer.readAnswer();
    assertEquals(101, answer.status());
    assertEquals("v2", answer.header("Sec-WebSocket-Protocol"));
    assertEquals("s", answer.header("X-Server"), "the server's headers are added to");
    assertEquals("e", answer.header("X-Endpoint"));
    peer.text("0123456789abcdef").expectText("0123456789abcdef");
    peer.text("0123456789abcdefg").expectClose(1009);
    Request plain = trial.handshake().target("/strict");
    assertEquals(401, trial.ask(plain).status());
  }

  // ---- 2.19

  /** A handler that counts the messages of its connection. */
  final class Counter implements WebSocketHandler {
    private int count;

    @Override
    public void onMessage(WebSocketConnection connection, Message message) {
      connection.send(String.valueOf(++count));
    }
  }

  @Test
  default void rule_2_19_a_factory_makes_a_handler_for_each_connection(ServerTrial trial)
      throws Exception {
    AtomicInteger made = new AtomicInteger();
    startOnly(
        trial,
        Endpoint.at("/count")
            .handlers(
                handshake -> {
                  made.incrementAndGet();
                  return new Counter();
                }));
    Request request = trial.handshake().target("/count");
    RawPeer one = trial.connect().send(request);
    assertEquals(101, one.readAnswer().status());
    RawPeer other = trial.connect().send(request);
    assertEquals(101, other.readAnswer().status());
    one.text("a").expectText("1");
    one.text("b").expectText("2");
    other.text("c").expectText("1");
    assertEquals(2, made.get(), "handlers made");
  }

  @Test
  default void rule_2_19_a_factory_that_throws_gets_500(ServerTrial trial) throws Exception {
    startOnly(
        trial,
        Endpoint.at("/count")
            .handlers(
                handshake -> {
                  throw new IllegalStateException("planted by the suite");
                }));
    Answer answer = trial.ask(trial.handshake().target("/count"));
    assertEquals(500, answer.status());
    assertTrue(!answer.toString().contains("planted"), "nothing of the exception");
  }

  // ---- 2.20

  @Test
  default void rule_2_20_above_maxConnectionsPerAddress_a_handshake_gets_429(ServerTrial trial)
      throws Exception {
    trial.start(builder -> builder.maxConnectionsPerAddress(2));
    RawPeer first = trial.connectOpen();
    trial.connectOpen();
    trial.events().opened();
    trial.events().opened();
    assertEquals(429, trial.ask(trial.handshake()).status());
    assertEquals(2, trial.events().all().size(), "connections that handlers have seen");
    first.close();
    AdmissionRules.awaitRoom(trial, 429);
  }
}
