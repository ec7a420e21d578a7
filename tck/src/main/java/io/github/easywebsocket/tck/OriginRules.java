package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Section 2, opening handshake: which web pages may connect. */
interface OriginRules {

  /**
   * An origin and what it is answered.
   *
   * @param origin with PORT for that of the server; null for none
   */
  record Page(@Nullable String origin, int status) {
    @Override
    public String toString() {
      return "Origin " + origin + " is answered " + status;
    }
  }

  private static void check(ServerTrial trial, Page page, String... allowed) throws Exception {
    trial.start(builder -> builder.allowedOrigins(allowed));
    Request request = trial.handshake();
    if (page.origin() != null) {
      String port = Integer.toString(trial.server().port());
      request = request.with("Origin", page.origin().replace("PORT", port));
    }
    assertEquals(page.status(), trial.ask(request).status(), "status");
    if (page.status() != 101) {
      assertFalse(trial.events().hasOpened(), "no handler sees a refused handshake");
    }
  }

  @TestFactory
  default Stream<DynamicTest> rule_2_8_by_default_the_servers_own_pages_may_connect(
      Table<ServerTrial> table) {
    return table.rows(
        List.of(
            new Page(null, 101),
            new Page("http://127.0.0.1:PORT", 101),
            new Page("HTTP://127.0.0.1:PORT", 101),
            new Page("https://127.0.0.1:PORT", 403),
            new Page("http://127.0.0.1", 403),
            new Page("http://127.0.0.1:1", 403),
            new Page("http://localhost:PORT", 403),
            new Page("http://127.0.0.1:PORT.evil.example", 403),
            new Page("http://127.0.0.1:PORT@evil.example", 403),
            new Page("http://evil.example", 403),
            new Page("http://evil.example/127.0.0.1:PORT", 403),
            new Page("http://evil.example?http://127.0.0.1:PORT", 403),
            new Page("http://127.0.0.1:PORT/", 403),
            new Page("127.0.0.1:PORT", 403),
            new Page("null", 403),
            new Page("file://", 403),
            new Page("*", 403),
            new Page("", 403)),
        (trial, page) -> check(trial, page));
  }

  @TestFactory
  default Stream<DynamicTest> rule_2_8_allowed_origins_are_compared_whole(
      Table<ServerTrial> table) {
    return table.rows(
        List.of(
            new Page("https://example.com", 101),
            new Page("https://EXAMPLE.com", 101),
            new Page("https://example.com:443", 101),
            new Page("http://127.0.0.1:PORT", 101),
            new Page("http://app.example:8080", 101),
            new Page("http://example.com", 403),
            new Page("https://example.com:8443", 403),
            new Page("https://sub.example.com", 403),
            new Page("https://example.com.evil.example", 403),
            new Page("https://evilexample.com", 403),
            new Page("https://example.co", 403),
            new Page("http://app.example", 403)),
        (trial, page) -> check(trial, page, "https://example.com", "http://app.example:8080"));
  }

  @TestFactory
  default Stream<DynamicTest> rule_2_8_a_star_allows_every_page(Table<ServerTrial> table) {
    return table.rows(
        List.of(new Page(null, 101), new Page("https://evil.example", 101), new Page("null", 101)),
        (trial, page) -> check(trial, page, "*"));
  }

  @TestFactory
  default Stream<DynamicTest> rule_2_29_all_hosts_below_a_name_may_be_allowed(
      Table<ServerTrial> table) {
    return table.rows(
        List.of(
            new Page("https://a.example.com", 101),
            new Page("https://a.b.Example.com:443", 101),
            new Page("http://127.0.0.1:PORT", 101),
            new Page("https://example.com", 403),
            new Page("https://.example.com", 403),
            new Page("https://aexample.com", 403),
            new Page("https://a.example.com.evil.example", 403),
            new Page("https://evil.example/.example.com", 403),
            new Page("https://a.example.com:8443", 403),
            new Page("http://a.example.com", 403)),
        (trial, page) -> check(trial, page, "https://*.example.com"));
  }

  /** Two lines with an origin. */
  record TwoOrigins(String first, String second) {}

  @TestFactory
  default Stream<DynamicTest> rule_2_8_two_origins_are_refused(Table<ServerTrial> table) {
    return table.rows(
        List.of(
            new TwoOrigins("https://example.com", "https://evil.example"),
            new TwoOrigins("https://evil.example", "https://example.com"),
            new TwoOrigins("https://example.com", "https://example.com")),
        (trial, row) -> {
          trial.start(builder -> builder.allowedOrigins("https://example.com"));
          Request request =
              trial.handshake().with("Origin", row.first()).with("Origin", row.second());
          assertEquals(403, trial.ask(request).status(), "status");
        });
  }
}
