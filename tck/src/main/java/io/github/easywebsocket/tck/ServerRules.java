package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.HttpHandler;
import io.github.easywebsocket.Timeouts;
import io.github.easywebsocket.Verdict;
import io.github.easywebsocket.WebSocketException;
import io.github.easywebsocket.WebSocketServer;
import io.github.easywebsocket.tck.Recording.Call;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Section 7, servers, and what of section 5 only servers do. */
interface ServerRules {

  // ---- 5.10

  @Test
  default void rule_5_10_the_server_ends_tcp_after_the_peers_close(ServerTrial trial)
      throws Exception {
    Link link = trial.open();
    link.peer().send(Frame.close(1000, "")).expectClose(1000).expectFin();
    link.app().expectClose(1000);
  }

  @Test
  default void rule_5_10_the_server_ends_tcp_after_its_own_close(ServerTrial trial)
      throws Exception {
    Link link = trial.open();
    link.connection().close(4000, "");
    link.peer().expectClose(4000).send(Frame.close(4000, "")).expectFin();
    link.app().expectClose(4000);
  }

  @Test
  default void rule_5_10_the_server_ends_tcp_after_a_failure(ServerTrial trial) throws Exception {
    Link link = trial.open();
    link.peer().send(Frame.text("x").reserved(7));
    link.expectFailed(1002, WebSocketException.Kind.PROTOCOL);
    link.peer().expectFin();
  }

  // ---- 5.13

  /** A connection that is closed in both directions answers what still comes by a reset. */
  @Test
  default void rule_5_13_what_comes_behind_a_failure_is_read(ServerTrial trial) throws Exception {
    Link link = trial.open();
    link.peer().send(Frame.of(3)).expectClose(1002).expectFin();
    for (int i = 0; i < 20; i++) {
      link.peer().send(new byte[10_000], "what a peer sends that has read nothing yet");
    }
    Patience.letHappen(); // a reset may be late
    link.peer().send(new byte[10_000], "what a peer sends that has read nothing yet");
    link.peer().close();
    link.app().expectError(WebSocketException.Kind.PROTOCOL).expectClose(1002);
  }

  // ---- 7.1, 7.2: start

  @Test
  default void rule_7_1_start_returns_bound_to_a_free_port(ServerTrial trial) throws Exception {
    WebSocketServer server = trial.start(builder -> builder.port(0));
    assertNotEquals(0, server.port());
    assertEquals(server.port(), server.address().getPort());
    assertTrue(server.address().getAddress().isLoopbackAddress(), "the default host");
    assertEquals(trial.backend().name(), server.backend());
    trial.connectOpen();
  }

  @Test
  default void rule_7_1_a_port_that_is_given_is_taken(ServerTrial trial) throws Exception {
    int port = freePort();
    assertEquals(port, trial.start(builder -> builder.port(port)).port());
    trial.connectOpen();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Test
  default void rule_7_2_a_port_in_use_fails_start_and_leaves_nothing(ServerTrial trial)
      throws Exception {
    WebSocketServer first = trial.start(builder -> {});
    WebSocketServer.Builder second = trial.builder().port(first.port());
    assertBindFails(second); // now what the engine keeps for ever is there
    LiveThreads before = LiveThreads.now();
    for (int i = 0; i < 3; i++) {
      assertBindFails(second);
    }
    before.expectNoMore();
    trial.connectOpen().close(); // the first server goes on
    first.stop();
    trial.keepServer(second.start());
    trial.connectOpen();
  }

  private static void assertBindFails(WebSocketServer.Builder builder) {
    WebSocketException failure = assertThrows(WebSocketException.class, builder::start);
    assertEquals(WebSocketException.Kind.BIND, failure.kind(), failure::toString);
  }

  // ---- 7.3: stop

  private static List<Link> openMany(ServerTrial trial, int count) throws Exception {
    List<Link> links = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      links.add(trial.openAnother());
    }
    return links;
  }

  @Test
  @Tag("sized")
  default void rule_7_3_stop_closes_every_connection_with_1001(ServerTrial trial) throws Exception {
    List<Link> links = openMany(trial, Integer.getInteger("easywebsocket.tck.clients", 50));
    WebSocketServer server = trial.server();
    CompletableFuture<Boolean> stopping = Background.call(server::stop);
    for (Link link : links) {
      link.peer().expectClose(1001).send(Frame.close(1001, ""));
    }
    assertTrue(Patience.get(stopping, "stop"), "stop was the one that stopped the server");
    for (Link link : links) {
      assertTrue(link.app().hasNext(), "onClose was called before stop returned");
      link.app().expectClose(1001);
      link.peer().expectGone();
    }
  }

  @Test
  default void rule_7_3_stop_does_not_wait_for_ever_for_silent_peers(ServerTrial trial)
      throws Exception {
    Timeouts quick = Timeouts.DEFAULT.withClose(Duration.ofMillis(300));
    trial.start(builder -> builder.timeouts(quick));
    List<Link> links = openMany(trial, 5);
    WebSocketServer server = trial.server();
    long begin = System.nanoTime();
    CompletableFuture<Boolean> stopping = Background.call(server::stop);
    assertTrue(Patience.get(stopping, "stop"), "stop was the one");
    Duration took = Duration.ofNanos(System.nanoTime() - begin);
    assertTrue(took.compareTo(Duration.ofSeconds(3)) < 0, "stop took " + took);
    for (Link link : links) {
      link.app().expectClose(1006);
      link.peer().expectClose(1001).expectGone();
    }
  }

  /** Inline, the handler keeps a thread of the engine. */
  @Test
  default void rule_7_3_stop_does_not_wait_for_ever_for_a_handler(ServerTrial trial)
      throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    trial
        .events()
        .on(
            Call.MESSAGE,
            (connection, message) -> {
              held.countDown();
              awaitEvenIfInterrupted(released);
            });
    trial.start(builder -> builder.stopTimeout(Duration.ofMillis(300)));
    Link link = trial.openAnother();
    try {
      link.peer().send(Frame.text("a"));
      Patience.await(held, "the handler");
      WebSocketServer server = trial.server();
      CompletableFuture<Boolean> stopping = Background.call(server::stop);
      Duration allowed = Duration.ofSeconds(4);
      assertTrue(Patience.get(stopping, "stop", allowed), "stop was the one");
    } finally {
      released.countDown();
    }
    link.app().ignoreRest();
    Patience.get(link.connection().closed(), "closed()");
  }

  private static void awaitEvenIfInterrupted(CountDownLatch latch) {
    while (true) {
      try {
        latch.await();
        return;
      } catch (InterruptedException e) {
        // what never returns does not return for that either
      }
    }
  }

  @Test
  @HandlersBlock
  default void rule_7_3_stop_waits_for_onClose(ServerTrial trial) throws Exception {
    Gate gate = trial.gate();
    trial.events().on(Call.CLOSE, (connection, reason) -> gate.pass());
    Link link = trial.open();
    WebSocketServer server = trial.server();
    CompletableFuture<Boolean> stopping = Background.call(server::stop);
    link.peer().expectClose(1001).send(Frame.close(1001, ""));
    gate.awaitEntered();
    assertFalse(Patience.happens(stopping), "stop returns while onClose runs");
    gate.open();
    Patience.get(stopping, "stop");
    link.app().expectClose(1001);
  }

  @Test
  default void rule_7_3_what_was_sent_before_stop_goes_out(ServerTrial trial) throws Exception {
    Link link = trial.open();
    for (int i = 0; i < 100; i++) {
      link.connection().send("m" + i);
    }
    WebSocketServer server = trial.server();
    CompletableFuture<Boolean> stopping = Background.call(server::stop);
    for (int i = 0; i < 100; i++) {
      link.peer().expectText("m" + i);
    }
    link.peer().expectClose(1001).send(Frame.close(1001, ""));
    Patience.get(stopping, "stop");
    link.app().expectClose(1001);
  }

  @Test
  default void rule_7_3_stop_ends_connections_that_are_no_websockets(ServerTrial trial)
      throws Exception {
    WebSocketServer server = trial.server();
    RawPeer silent = trial.connect();
    RawPeer begun = trial.connect().send("GET /ws HT".getBytes("US-ASCII"), "half a request");
    RawPeer idle = trial.connect().send(Request.get("/", server.port()));
    idle.readAnswer();
    Patience.get(Background.call(server::stop), "stop");
    silent.expectGone();
    begun.expectGone();
    idle.expectGone();
  }

  // ---- 7.11: requests

  @Test
  @HandlersBlock
  default void rule_7_11_stop_waits_for_the_http_handler(ServerTrial trial) throws Exception {
    Gate gate = trial.gate();
    String page = "x".repeat(5_000_000);
    trial.start(
        builder ->
            builder.http(
                request -> {
                  gate.pass();
                  return HttpHandler.Response.text(200, "text/plain", page);
                }));
    WebSocketServer server = trial.server();
    RawPeer peer = trial.connect().send(Request.get("/", server.port()));
    gate.awaitEntered();
    CompletableFuture<Boolean> stopping = Background.call(server::stop);
    assertFalse(Patience.happens(stopping), "stop returns while the HTTP handler runs");
    gate.open();
    Patience.letHappen(); // the client reads late, so that much of the page is still to be written
    Answer answer = peer.readAnswer();
    assertEquals(200, answer.status());
    assertEquals(page, answer.text());
    assertEquals(List.of("close"), answer.headers("Connection"));
    assertTrue(Patience.get(stopping, "stop"), "stop was the one");
    peer.expectGone();
  }

  @Test
  @HandlersBlock
  default void rule_7_11_past_the_stopTimeout_requests_get_503(ServerTrial trial) throws Exception {
    Gate gate = trial.gate();
    trial.start(
        builder ->
            builder
                .stopTimeout(Duration.ofMillis(300))
                .http(
                    request -> {
                      gate.pass();
                      return HttpHandler.Response.of(200);
                    }));
    WebSocketServer server = trial.server();
    RawPeer peer = trial.connect().send(Request.get("/", server.port()));
    gate.awaitEntered();
    CompletableFuture<Boolean> stopping = Background.call(server::stop);
    assertEquals(503, peer.readAnswer().status());
    gate.open(); // what it answers now goes nowhere
    assertTrue(Patience.get(stopping, "stop"), "stop was the one");
  }

  @Test
  @HandlersBlock
  default void rule_7_11_a_handshake_that_waits_for_its_verifier_gets_503(ServerTrial trial)
      throws Exception {
    Gate gate = trial.gate();
    trial.start(
        builder ->
            builder.verifier(
                handshake -> {
                  gate.pass();
                  return Verdict.accept();
                }));
    RawPeer peer = trial.connect().send(trial.handshake());
    gate.awaitEntered();
    WebSocketServer server = trial.server();
    CompletableFuture<Boolean> stopping = Background.call(server::stop);
    assertEquals(503, peer.readAnswer().status());
    gate.open();
    assertTrue(Patience.get(stopping, "stop"), "stop was the one");
  }

  // ---- 7.8: spread

  @Test
  default void rule_7_8_with_stopSpread_peers_get_1001_one_after_another(ServerTrial trial)
      throws Exception {
    trial.start(
        builder ->
            builder
                .stopSpread(Duration.ofSeconds(10))
                .timeouts(Timeouts.DEFAULT.withClose(Duration.ofSeconds(30))));
    List<Link> links = openMany(trial, 10);
    WebSocketServer server = trial.server();
    CompletableFuture<Boolean> stopping = Background.call(server::stop);
    Patience.until(() -> server.connections().size() == 9, "the first close");
    trial.time().advance(Duration.ofSeconds(5));
    assertEquals(4, server.connections().size(), "connections open in the middle of the window");
    for (Link link : links) {
      if (link.connection().isOpen()) {
        link.expectAlive();
      }
    }
    trial.time().advance(Duration.ofSeconds(5));
    for (Link link : links) {
      link.peer().expectClose(1001).send(Frame.close(1001, ""));
      link.app().expectClose(1001);
    }
    assertTrue(Patience.get(stopping, "stop"), "stop was the one");
  }

  // ---- 7.4: nothing is left

  @Test
  default void rule_7_4_the_port_is_free_after_stop(ServerTrial trial) throws Exception {
    int port = freePort();
    for (int i = 0; i < 10; i++) {
      WebSocketServer server = trial.start(builder -> builder.port(port));
      Link link = trial.openAnother();
      CompletableFuture<Boolean> stopping = Background.call(server::stop);
      link.peer().expectClose(1001).send(Frame.close(1001, ""));
      assertTrue(Patience.get(stopping, "stop"), "stop was the one");
      link.app().expectClose(1001);
      assertThrows(
          ConnectException.class,
          () -> new Socket(InetAddress.getLoopbackAddress(), port).close(),
          "nobody listens after stop");
    }
  }

  @Test
  default void rule_7_4_no_thread_is_left_after_stop(ServerTrial trial) throws Exception {
    useAndStop(trial); // now what the engine keeps for ever is there
    LiveThreads before = LiveThreads.now();
    for (int i = 0; i < 3; i++) {
      useAndStop(trial);
    }
    before.expectNoMore();
  }

  private static void useAndStop(ServerTrial trial) throws Exception {
    WebSocketServer server = trial.start(builder -> {});
    for (Link link : openMany(trial, 5)) {
      link.expectAlive();
      link.peer().reset();
      link.app().expectClose(1006);
    }
    assertTrue(server.stop());
  }

  // ---- 7.5: once

  @Test
  default void rule_7_5_only_the_first_stop_stops(ServerTrial trial) throws Exception {
    WebSocketServer server = trial.server();
    AtomicInteger cleanups = new AtomicInteger();
    assertTrue(server.stop(cleanups::incrementAndGet), "the first");
    assertFalse(server.stop(cleanups::incrementAndGet), "the second");
    assertFalse(server.stop(), "the third");
    server.close();
    assertEquals(1, cleanups.get(), "clean-ups");
  }

  @Test
  default void rule_7_5_of_many_stops_at_a_time_one_stops_and_all_wait(ServerTrial trial)
      throws Exception {
    Link link = trial.open();
    WebSocketServer server = trial.server();
    AtomicInteger cleanups = new AtomicInteger();
    List<CompletableFuture<Boolean>> stops = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      stops.add(Background.call(() -> server.stop(cleanups::incrementAndGet)));
    }
    link.peer().expectClose(1001);
    for (CompletableFuture<Boolean> stop : stops) {
      assertFalse(stop.isDone(), "a stop that returned before the connection has ended");
    }
    link.peer().send(Frame.close(1001, ""));
    int first = 0;
    for (CompletableFuture<Boolean> stop : stops) {
      first += Patience.get(stop, "stop") ? 1 : 0;
    }
    assertEquals(1, first, "stops that were the one");
    assertEquals(1, cleanups.get(), "clean-ups");
    link.app().expectClose(1001);
  }

  @Test
  default void rule_7_5_the_clean_up_runs_after_every_onClose(ServerTrial trial) throws Exception {
    AtomicInteger closed = new AtomicInteger();
    AtomicInteger closedBefore = new AtomicInteger();
    trial.events().on(Call.CLOSE, (connection, reason) -> closed.incrementAndGet());
    List<Link> links = openMany(trial, 10);
    WebSocketServer server = trial.server();
    CompletableFuture<Boolean> stopping =
        Background.call(() -> server.stop(() -> closedBefore.set(closed.get())));
    for (Link link : links) {
      link.peer().expectClose(1001).send(Frame.close(1001, ""));
    }
    Patience.get(stopping, "stop");
    assertEquals(10, closedBefore.get(), "onClose calls before the clean-up");
  }

  // ---- 7.6: many servers

  @Test
  default void rule_7_6_servers_share_nothing(ServerTrial trial) throws Exception {
    List<WebSocketServer> servers = new ArrayList<>();
    List<Link> links = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      servers.add(trial.start(builder -> {}));
      links.add(trial.openAnother());
    }
    assertEquals(20, servers.stream().map(WebSocketServer::port).distinct().count());
    links.get(0).peer().reset();
    links.get(0).app().expectClose(1006);
    assertTrue(servers.get(0).stop());
    for (Link link : links.subList(1, 20)) {
      link.expectAlive().endWell();
    }
    for (WebSocketServer server : servers.subList(1, 20)) {
      assertTrue(server.stop(), "each is stopped on its own");
    }
  }

  // ---- 7.7: the JVM

  @Test
  default void rule_7_7_a_server_keeps_the_jvm_alive_until_it_is_stopped(ServerTrial trial)
      throws Exception {
    trial.start(builder -> {}).stop(); // now what the engine keeps for ever is there
    LiveThreads before = LiveThreads.now();
    WebSocketServer server =
        trial.keepServer(
            WebSocketServer.builder().backend(trial.backend()).port(0).start()); // the JVM's time
    assertTrue(before.hasMoreThatKeepTheJvm(), "a thread that is no daemon, while it runs");
    server.stop();
    before.expectNoMore();
  }
}
