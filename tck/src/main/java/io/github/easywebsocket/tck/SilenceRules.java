package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.HttpHandler.Response;
import io.github.easywebsocket.Timeouts;
import io.github.easywebsocket.WebSocketServer;
import io.github.easywebsocket.spi.Capability;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Section 2, opening handshake: clients that ask for a page and fall silent. */
interface SilenceRules {

  /** More than the buffers of the kernel hold. */
  int LARGE = 16 << 20;

  /** A request that is refused, but for its body. */
  record Refused(String name, int status, UnaryOperator<Request> change) implements Row {}

  @TestFactory
  default Stream<DynamicTest> rule_2_35_who_is_refused_before_the_body_has_come_is_ended(
      Table<ServerTrial> table) {
    return table.rows(
        List.of(
            new Refused("no handler", 403, r -> r.without("Upgrade")),
            new Refused("no such path", 404, r -> r.target("/elsewhere")),
            new Refused("another method", 405, r -> r.method("POST")),
            new Refused("another name", 421, r -> r.set("Host", "evil.example")),
            new Refused("another version", 426, r -> r.set("Sec-WebSocket-Version", "12")),
            new Refused("nothing but the body", 400, r -> r)),
        (trial, row) -> {
          trial.start(builder -> builder.path("/ws").allowedHosts("good.example"));
          for (String body : List.of("Content-Length: 1", "Transfer-Encoding: chunked")) {
            String[] header = body.split(": ");
            Request request = row.change().apply(trial.handshake()).with(header[0], header[1]);
            RawPeer peer = trial.connect();
            Answer answer = peer.send(request).readAnswer();
            assertEquals(row.status(), answer.status(), body);
            String connection = String.join(",", answer.headers("Connection"));
            assertTrue(connection.toLowerCase(Locale.ROOT).contains("close"), connection);
            peer.expectGone();
          }
        });
  }

  /** What a client does before it falls silent. */
  @FunctionalInterface
  interface Step {
    /** Does it. */
    Object take(RawPeer peer, int port) throws IOException;
  }

  /** How a client falls silent. */
  record Silence(String name, Step step) implements Row {}

  @TestFactory
  default Stream<DynamicTest> rule_2_35_who_falls_silent_has_no_place_for_long(
      Table<ServerTrial> table) {
    return table.rows(
        List.of(
            new Silence(
                "behind an answer", (peer, port) -> peer.send(Request.get("/", port)).readAnswer()),
            new Silence(
                "behind the last answer",
                (peer, port) ->
                    peer.send(Request.get("/", port).with("Connection", "close")).readAnswer()),
            new Silence(
                "before a body that nobody wants",
                (peer, port) ->
                    peer.send(
                            Request.get("/", port)
                                .set("Host", "evil.example")
                                .with("Content-Length", "1"))
                        .readAnswer()),
            new Silence(
                "before a body that is read",
                (peer, port) ->
                    peer.send(
                            Request.get("/", port)
                                .with("Content-Length", "1")
                                .with("Expect", "100-continue"))
                        .readUpTo(1)),
            new Silence("inside of an answer", (peer, port) -> beginAnswer(peer, port))),
        (trial, row) -> {
          int port = startWithOnePlace(trial, builder -> {}).port();
          inTime(
              () ->
                  row.step()
                      .take(
                          trial.keep(
                              RawPeer.connectWithSmallWindow(
                                  trial.server().address(), trial.newWire())),
                          port));
          trial.time().advance(Duration.ofSeconds(1)); // the core's, while it reads a body
          awaitPlace(trial, trial::connect);
        });
  }

  @Test
  @Requires(Capability.TLS)
  default void rule_8_8_with_TLS_who_does_not_read_has_no_place_for_long(ServerTrial trial)
      throws Exception {
    SSLContext context = Certificates.LOCALHOST.context();
    WebSocketServer server = startWithOnePlace(trial, builder -> builder.tls(context));
    Client<RawPeer> connecting =
        () ->
            trial.keep(
                RawPeer.connectTlsWithSmallWindow(
                    new Socket(), server.address(), context, trial.newWire()));
    inTime(() -> beginAnswer(connecting.call(), server.port()));
    awaitPlace(trial, connecting);
  }

  @Test
  @Requires(Capability.HTTP2)
  default void rule_2_36_on_HTTP_2_who_does_not_read_has_no_place_for_long(ServerTrial trial)
      throws Exception {
    int port = startWithOnePlace(trial, builder -> builder.http2(true)).port();
    Map<String, String> request = new LinkedHashMap<>();
    request.put(":method", "GET");
    request.put(":scheme", "http");
    request.put(":authority", "127.0.0.1:" + port);
    request.put(":path", "/large");
    Client<Integer> silent =
        () -> trial.keep(new Http2Stream(new Socket("127.0.0.1", port))).request(request);
    assertEquals(200, inTime(silent));
    awaitPlace(trial, trial::connect);
  }

  /** Asks for a large page and reads no more than its beginning. */
  private static RawPeer beginAnswer(RawPeer peer, int port) throws IOException {
    if (peer.send(Request.get("/large", port)).readUpTo(1).length == 0) {
      throw new EOFException("taken for silent before it was");
    }
    return peer;
  }

  private static WebSocketServer startWithOnePlace(
      ServerTrial trial, Consumer<WebSocketServer.Builder> options) throws IOException {
    Duration quick = Duration.ofMillis(200);
    byte[] large = new byte[LARGE];
    return trial.start(
        builder -> {
          builder
              .timeouts(Timeouts.DEFAULT.withHandshake(quick).withWrite(quick))
              .http(
                  request ->
                      Response.bytes(
                          200, "a/b", request.path().equals("/large") ? large : new byte[1]))
              .allowedHosts("good.example")
              .maxConnections(1)
              .maxTcpConnections(1);
          options.accept(builder);
        });
  }

  /** What a client does. */
  @FunctionalInterface
  interface Client<T> {
    /** Does it. */
    T call() throws IOException;
  }

  /** Has another client come in. */
  private static void awaitPlace(ServerTrial trial, Client<RawPeer> connecting) throws Exception {
    Client<Answer> next = () -> connecting.call().send(trial.handshake()).readAnswer();
    assertEquals(101, inTime(next).status());
    trial.events().opened();
  }

  /** On a busy machine a client may seem silent that is not, and tries again. */
  private static <T> T inTime(Client<T> client) throws IOException {
    long deadline = System.nanoTime() + Patience.TIME.toNanos();
    while (true) {
      try {
        return client.call();
      } catch (IOException | UncheckedIOException e) {
        if (System.nanoTime() > deadline) {
          throw e;
        }
      }
    }
  }
}
