package io.github.easywebsocket;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which names are the server's: those given, those of this machine, and none that look alike. */
class HostsTest {

  private static final Hosts ALLOWED =
      Hosts.allowing(List.of("good.example", "*.sub.example", "my_host"));

  private static boolean allows(Hosts hosts, String host) {
    return hosts.allow(Headers.of("Host", host));
  }

  private static Hosts bound(String address, String name) throws UnknownHostException {
    return Hosts.of(InetAddress.getByName(address), name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "good.example",
        "Good.Example:8080",
        "a.sub.example",
        "a.b.sub.example:1",
        "my_host",
        "localhost",
        "LOCALHOST:8080",
        "app.localhost",
        "127.0.0.1:8080",
        "192.168.1.1",
        "[::1]:8080",
        "[fe80::1]",
      })
  void namesGivenAndLocalOnesAreAllowed(String host) {
    assertTrue(allows(ALLOWED, host));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "good.example.evil.example",
        "evilgood.example",
        "a.good.example",
        "sub.example", // not below itself
        "evilsub.example",
        "localhost.evil.example",
        "evillocalhost",
        "127.0.0.1.evil.example",
        "1.2.3.4.5",
        "127.0.0.1@evil.example",
        "[::1].evil.example",
        "[::1",
        "good.example:80:80",
        "good.example/",
        "good.example, evil.example",
        "",
      })
  void othersAreNot(String host) {
    assertFalse(allows(ALLOWED, host));
  }

  @Test
  void aStarAllowsEveryName() {
    assertTrue(allows(Hosts.allowing(List.of("good.example", "*")), "evil.example"));
  }

  @Test
  void whatIsFromNoBrowserIsAllowed() {
    assertTrue(ALLOWED.allow(Headers.EMPTY));
  }

  @Test
  void onLoopbackOnlyTheNameOfTheServerIsAllowedByDefault() throws UnknownHostException {
    for (Hosts hosts : List.of(bound("127.0.0.1", "My-Machine"), bound("::1", "my-machine"))) {
      assertTrue(allows(hosts, "localhost:8080"));
      assertTrue(allows(hosts, "my-machine"));
      assertFalse(allows(hosts, "evil.example"));
    }
  }

  @Test
  void elsewhereEveryNameIsAllowedByDefault() throws UnknownHostException {
    assertTrue(allows(bound("0.0.0.0", "0.0.0.0"), "good.example"));
    assertTrue(allows(bound("192.0.2.1", "192.0.2.1"), "good.example"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "http://good.example", "good.example:80", "*.", "a.*.b", "**", "a b", "[::1]"})
  void whatIsNoNameIsRefusedAtOnce(String name) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Hosts.allowing(List.of(name)));
    assertTrue(
        String.valueOf(e.getMessage()).startsWith("allowedHosts: \"" + name + "\""), e::toString);
  }
}
