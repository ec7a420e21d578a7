package io.github.easywebsocket.tck;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.easywebsocket.HttpHandler.Response;
import io.github.easywebsocket.Observer;
import io.github.easywebsocket.Verdict;
import io.github.easywebsocket.WebSocketConnection;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Section 2, opening handshake: who the client is behind a proxy, which the suite's peers are. */
interface ProxyRules {

  /** What a proxy at 127.0.0.1 tells, and who the client is then. */
  record Told(String forwardedFor, String client) {
    @Override
    public String toString() {
      return "X-Forwarded-For " + forwardedFor + ": the client is " + client;
    }
  }

  private static String text(@Nullable InetSocketAddress address) {
    return requireNonNull(address).getAddress().getHostAddress();
  }

  @TestFactory
  default Stream<DynamicTest> rule_2_33_a_trusted_proxy_tells_the_clients_address(
      Table<ServerTrial> table) {
    return table.rows(
        List.of(
            new Told("192.0.2.1", "192.0.2.1"),
            new Told("192.0.2.1:4711", "192.0.2.1"),
            new Told("[2001:db8::1]:4711", "2001:db8:0:0:0:0:0:1"),
            new Told("2001:db8::1", "2001:db8:0:0:0:0:0:1"),
            new Told("203.0.113.9, 192.0.2.1", "192.0.2.1"), // what it was sent is no word of its
            new Told("192.0.2.1, 10.1.2.3", "192.0.2.1"),
            new Told("192.0.2.1, 11.1.2.3", "11.1.2.3"),
            new Told("10.1.2.4, 10.1.2.3", "10.1.2.4"),
            new Told("192.0.2.1, unknown, 10.1.2.3", "10.1.2.3"),
            new Told("localhost", "127.0.0.1"),
            new Told("192.0.2.256", "127.0.0.1"),
            new Told("", "127.0.0.1")),
        (trial, row) -> {
          LinkedBlockingQueue<InetSocketAddress> seen = new LinkedBlockingQueue<>();
          trial.start(
              builder ->
                  builder
                      .trustedProxies("127.0.0.1", "10.0.0.0/8")
                      .http(
                          request -> {
                            seen.add(request.remoteAddress());
                            return Response.of(204);
                          })
                      .verifier(
                          handshake -> {
                            seen.add(requireNonNull(handshake.remoteAddress()));
                            return Verdict.accept();
                          }));
          Request request = trial.handshake().with("X-Forwarded-For", row.forwardedFor());
          RawPeer peer = trial.connect().send(request);
          assertEquals(101, peer.readAnswer().status(), "status");
          assertEquals(row.client(), text(seen.remove()), "the verifier sees");
          WebSocketConnection opened = trial.events().opened().connection();
          assertEquals(row.client(), text(opened.remoteAddress()), "handlers see");
          Request page =
              Request.get("/", trial.server().port()).with("X-Forwarded-For", row.forwardedFor());
          assertEquals(204, trial.ask(page).status(), "status of a page");
          assertEquals(row.client(), text(seen.remove()), "the HTTP handler sees");
        });
  }

  @Test
  default void rule_2_33_several_lines_are_one_list(ServerTrial trial) throws Exception {
    trial.start(builder -> builder.trustedProxies("127.0.0.1", "10.0.0.0/8"));
    Request request =
        trial
            .handshake()
            .with("X-Forwarded-For", "203.0.113.9")
            .with("X-Forwarded-For", "192.0.2.1, 10.1.1.1");
    assertEquals(101, trial.connect().send(request).readAnswer().status(), "status");
    WebSocketConnection opened = trial.events().opened().connection();
    assertEquals("192.0.2.1", text(opened.remoteAddress()));
  }

  @TestFactory
  default Stream<DynamicTest> rule_2_33_nobody_else_is_believed(Table<ServerTrial> table) {
    return table.rows(
        List.of("by default", "with another proxy"),
        (trial, row) -> {
          trial.start(
              builder -> {
                if (row.equals("with another proxy")) {
                  builder.trustedProxies("192.0.2.0/24", "::1");
                }
              });
          Request request =
              trial
                  .handshake()
                  .with("X-Forwarded-For", "192.0.2.1")
                  .with("X-Forwarded-Proto", "https");
          Request page = request.with("Origin", "https://127.0.0.1:" + trial.server().port());
          assertEquals(403, trial.ask(page).status(), "status for an origin of the scheme told");
          assertEquals(101, trial.connect().send(request).readAnswer().status(), "status");
          WebSocketConnection opened = trial.events().opened().connection();
          assertEquals("127.0.0.1", text(opened.remoteAddress()));
        });
  }

  /** A scheme that a proxy tells, and what a page gets that came by https. */
  record Scheme(String forwardedProto, int status) {
    @Override
    public String toString() {
      return "X-Forwarded-Proto " + forwardedProto + ": a page of https gets " + status;
    }
  }

  @TestFactory
  default Stream<DynamicTest> rule_2_33_a_trusted_proxy_tells_the_scheme(Table<ServerTrial> table) {
    return table.rows(
        List.of(
            new Scheme("https", 101),
            new Scheme("WSS", 101),
            new Scheme("https, http", 101),
            new Scheme("http", 403),
            new Scheme("ws", 403),
            new Scheme("http, https", 403),
            new Scheme("", 403)),
        (trial, row) -> {
          trial.start(builder -> builder.trustedProxies("127.0.0.1").allowedHosts("good.example"));
          Request request =
              trial
                  .handshake()
                  .set("Host", "good.example")
                  .with("Origin", "https://good.example")
                  .with("X-Forwarded-Proto", row.forwardedProto());
          assertEquals(row.status(), trial.ask(request).status(), "status");
        });
  }

  @Test
  default void rule_2_33_the_limit_for_each_address_counts_clients(ServerTrial trial)
      throws Exception {
    LinkedBlockingQueue<String> refused = new LinkedBlockingQueue<>();
    trial.start(
        builder ->
            builder
                .trustedProxies("127.0.0.1")
                .maxConnectionsPerAddress(1)
                .observer(
                    new Observer() {
                      @Override
                      public void rejected(int status, InetSocketAddress client) {
                        refused.add(status + " " + text(client));
                      }
                    }));
    Request one = trial.handshake().with("X-Forwarded-For", "192.0.2.1");
    Request other = trial.handshake().with("X-Forwarded-For", "192.0.2.2");
    RawPeer first = trial.connect().send(one);
    assertEquals(101, first.readAnswer().status(), "status for one");
    assertEquals(101, trial.connect().send(other).readAnswer().status(), "status for another");
    assertEquals(429, trial.ask(one).status(), "status for the first again");
    assertEquals("429 192.0.2.1", refused.remove(), "the observer is told");
  }

  // ---- 2.20

  @Test
  default void rule_2_20_a_network_of_IPv6_is_one_address(ServerTrial trial) throws Exception {
    trial.start(builder -> builder.trustedProxies("127.0.0.1").maxConnectionsPerAddress(1));
    for (String other :
        List.of("2001:db8:1:2::1", "2001:db8:1:3::1", "64:ff9b::192.0.2.1", "192.0.2.2")) {
      assertEquals(101, statusFrom(trial, other), other);
    }
    for (String same : List.of("2001:db8:1:2:ffff::9", "::ffff:192.0.2.2", "64:ff9b::c000:201")) {
      assertEquals(429, statusFrom(trial, same), same);
    }
    assertEquals(101, statusFrom(trial, "64:ff9b::192.0.2.3"), "another of IPv4, translated");
    assertEquals(101, statusFrom(trial, "::ffff:192.0.2.4"), "another of IPv4, mapped");
  }

  private static int statusFrom(ServerTrial trial, String address) throws Exception {
    Request request = trial.handshake().with("X-Forwarded-For", address);
    return trial.connect().send(request).readAnswer().status();
  }
}
