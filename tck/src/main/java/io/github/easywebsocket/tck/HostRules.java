package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.easywebsocket.HttpHandler.Response;
import io.github.easywebsocket.WebSocketServer;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Section 2, opening handshake: by which names the server is reached. */
interface HostRules {

  /** A {@code Host}, and whether requests go on. */
  record Named(String host, boolean allowed) {
    @Override
    public String toString() {
      return "Host " + host + (allowed ? " is allowed" : " is answered 421");
    }
  }

  private static void check(ServerTrial trial, Named row, Consumer<WebSocketServer.Builder> options)
      throws Exception {
    trial.start(
        builder -> {
          builder.http(request -> Response.of(204));
          options.accept(builder);
        });
    String host = row.host().replace("PORT", Integer.toString(trial.server().port()));
    Request plain = Request.get("/", trial.server().port()).set("Host", host);
    assertEquals(row.allowed() ? 204 : 421, trial.ask(plain).status(), "status of a page");
    Request ours = trial.handshake().set("Host", host).with("Origin", "http://" + host);
    assertEquals(row.allowed() ? 101 : 421, trial.ask(ours).status(), "status of a handshake");
    if (!row.allowed()) {
      assertFalse(trial.events().hasOpened(), "no handler sees a refused handshake");
    }
  }

  @TestFactory
  default Stream<DynamicTest> rule_2_27_on_a_loopback_address_a_page_of_another_name_gets_421(
      Table<ServerTrial> table) {
    return table.rows(
        List.of(
            new Named("127.0.0.1:PORT", true),
            new Named("localhost:PORT", true),
            new Named("LocalHost", true),
            new Named("app.localhost:PORT", true),
            new Named("[::1]:PORT", true),
            new Named("evil.example:PORT", false),
            new Named("localhost.evil.example:PORT", false),
            new Named("127.0.0.1.evil.example", false)),
        (trial, row) -> check(trial, row, builder -> {}));
  }

  @TestFactory
  default Stream<DynamicTest> rule_2_27_names_that_are_allowed_are_compared_whole(
      Table<ServerTrial> table) {
    return table.rows(
        List.of(
            new Named("good.example:PORT", true),
            new Named("GOOD.example", true),
            new Named("a.sub.example", true),
            new Named("127.0.0.1:PORT", true),
            new Named("a.good.example", false),
            new Named("evilgood.example", false),
            new Named("sub.example", false),
            new Named("evil.example", false)),
        (trial, row) ->
            check(trial, row, builder -> builder.allowedHosts("good.example", "*.sub.example")));
  }

  @TestFactory
  default Stream<DynamicTest> rule_2_27_a_star_allows_every_name(Table<ServerTrial> table) {
    return table.rows(
        List.of(new Named("evil.example:PORT", true), new Named("a_b", true)),
        (trial, row) -> check(trial, row, builder -> builder.allowedHosts("*")));
  }
}
