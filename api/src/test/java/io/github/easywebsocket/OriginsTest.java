package io.github.easywebsocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which pages may connect: the server's own, those allowed, and none that merely look alike. */
class OriginsTest {

  private static final Origins ALLOWED =
      Origins.allowing(List.of("https://good.example", "http://good.example:8080", "app://x"));

  private static boolean allows(Origins origins, String host, boolean tls, String origin) {
    return origins.allow(Headers.of("Host", host).with("Origin", origin), tls);
  }

  @ParameterizedTest
  @CsvSource({
    "a.example, false, http://a.example",
    "a.example, false, http://a.example:80",
    "a.example:80, false, http://a.example",
    "A.Example, false, HTTP://a.eXample",
    "a.example:8080, false, http://a.example:8080",
    "a.example, true, https://a.example",
    "a.example:443, true, https://a.example",
    "127.0.0.1:8080, false, http://127.0.0.1:8080",
    "[::1]:8080, false, http://[::1]:8080",
    "[::1], true, https://[::1]:443",
    "my_host:8080, false, http://my_host:8080",
    "MY_HOST, true, https://my_host",
  })
  void thePagesOfTheServerItselfMayConnect(String host, boolean tls, String origin) {
    assertTrue(allows(Origins.allowing(List.of()), host, tls, origin));
  }

  @ParameterizedTest
  @CsvSource({
    "a.example, false, https://a.example", // another scheme
    "a.example, true, http://a.example",
    "a.example, false, http://a.example:8080", // another port
    "a.example:8080, false, http://a.example",
    "a.example, false, http://b.a.example", // another host
    "b.a.example, false, http://a.example",
    "a.example, false, http://a.example.evil",
    "a.example, false, http://evila.example",
    "a.example, false, http://a.example@evil", // user info
    "a.example, false, http://evil@a.example",
    "a.example, false, http://a.example/", // more than an origin
    "a.example, false, http://a.example/path",
    "a.example, false, http://a.example?q",
    "a.example, false, http://a.example#f",
    "a.example, false, 'http://a.example, http://evil'",
    "a.example, false, 'http://a.example http://evil'",
    "a.example, false, null", // a sandboxed page, a file
    "a.example, false, ''",
    "a.example, false, a.example",
    "a.example, false, //a.example",
    "a.example, false, http://",
    "a.example, false, http:a.example",
    "a.example, false, file:///a.example",
    "a.example, false, http://a.ex\u00e4mple",
    "my_host, false, http://my_hos",
    "my_host, false, https://my_host",
    "my_host@evil, false, http://my_host",
    "null, false, null",
    "'', false, http://"
  })
  void otherPagesMayNot(String host, boolean tls, String origin) {
    assertFalse(allows(Origins.allowing(List.of()), host, tls, origin));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://good.example",
        "https://good.example:443",
        "HTTPS://GOOD.example",
        "http://good.example:8080",
        "app://x"
      })
  void allowedPagesMayConnect(String origin) {
    assertTrue(allows(ALLOWED, "a.example", false, origin));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://good.example",
        "https://good.example:444",
        "https://good.example.evil",
        "https://not-good.example",
        "https://good.example@evil",
        "app://y",
        "app://x:1",
        "null",
        "*"
      })
  void pagesThatLookAlikeMayNot(String origin) {
    assertFalse(allows(ALLOWED, "a.example", false, origin));
  }

  @ParameterizedTest
  @CsvSource({
    "https://a.good.example, true",
    "https://a.b.good.example, true",
    "HTTPS://A.Good.Example:443, true",
    "http://a.good.example:8080, true",
    "https://good.example, false",
    "https://.good.example, false",
    "https://agood.example, false",
    "https://a.good.example.evil, false",
    "https://a.good.example:444, false",
    "http://a.good.example, false",
    "https://*.good.example@evil, false",
    "https://evil/.good.example, false",
    "https://evil:443.good.example, false",
    "null, false",
  })
  void allHostsBelowANameMayBeAllowed(String origin, boolean may) {
    Origins below =
        Origins.allowing(List.of("https://*.Good.example", "http://*.good.example:8080"));
    assertEquals(may, allows(below, "a.example", false, origin));
  }

  @ParameterizedTest
  @CsvSource({
    "http://a.localhost:8080, true",
    "http://localhost:8080, false",
    "http://a.notlocalhost:8080, false",
  })
  void allHostsBelowLocalhostMayBeAllowed(String origin, boolean may) {
    Origins below = Origins.allowing(List.of("http://*.localhost:8080"));
    assertEquals(may, allows(below, "a.example", false, origin));
  }

  @Test
  void aRequestWithoutAnOriginIsFromNoPage() {
    assertTrue(ALLOWED.allow(Headers.of("Host", "a.example"), false));
  }

  @Test
  void aSecondOriginIsRefused() {
    Headers twice =
        Headers.of("Host", "a.example")
            .with("Origin", "https://good.example")
            .with("Origin", "https://good.example");
    assertFalse(ALLOWED.allow(twice, false));
  }

  @Test
  void aStarAllowsEveryPage() {
    Origins any = Origins.allowing(List.of("*"));
    assertTrue(allows(any, "a.example", false, "null"));
    assertTrue(allows(any, "a.example", false, "https://evil.example"));
  }

  @Test
  void withoutAHostNoPageIsTheServersOwn() {
    assertFalse(ALLOWED.allow(Headers.of("Origin", "http://a.example"), false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "good.example",
        "https://",
        "https://good.example/",
        "https://*.example",
        "https://*.",
        "https://*",
        "https://*example.com",
        "https://a.*.example.com",
        "https://*.*.example.com",
        "https://*..example.com",
        "https://*.example.com.",
        "https://*.example.com/",
        "https://*.0.1",
        "https://*.0.0x1",
        "https://*.[::1]",
        "*.example.com",
        "*://*.example.com",
        "https://good.example:0443",
        "https://good.example:65536",
        "https://*.good.example:0",
        "https://a@b",
        "https://a b",
        "https://good.example?x",
        "a\r\nb"
      })
  void whatIsNoOriginCannotBeAllowed(String origin) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Origins.allowing(List.of(origin)));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.startsWith("allowedOrigins: \"" + Log.printable(origin) + "\""), message);
  }

  @Test
  void anUnknownPortIsTheSchemesOwn() {
    Origins one = Origins.allowing(List.of("http://h"));
    assertTrue(allows(one, "x", false, "http://h:80"));
  }
}
