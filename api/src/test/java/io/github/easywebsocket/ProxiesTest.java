package io.github.easywebsocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose word is taken for who the client is, and how addresses are read. */
class ProxiesTest {

  private static final String CLIENT = "198.51.100.7";

  /** Whether a proxy at that address is believed. */
  private static boolean trusts(String trusted, String peer) throws Exception {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getByName(peer), 1);
    InetSocketAddress client =
        Proxies.at(List.of(trusted)).client(address, Headers.of("X-Forwarded-For", CLIENT));
    return client.getAddress().getHostAddress().equals(CLIENT);
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1,      192.0.2.1,   true",
    "192.0.2.1,      192.0.2.2,   false",
    "10.0.0.0/8,     10.255.0.1,  true",
    "10.0.0.0/8,     11.0.0.0,    false",
    "192.0.2.128/25, 192.0.2.128, true",
    "192.0.2.128/25, 192.0.2.127, false",
    "192.0.2.1/32,   192.0.2.1,   true",
    "0.0.0.0/0,      192.0.2.1,   true",
    "0.0.0.0/0,      ::1,         false",
    "::/0,           192.0.2.1,   false",
    "::1,            ::1,         true",
    "2001:db8::/33,  2001:db8:7fff::1, true",
    "2001:db8::/33,  2001:db8:8000::1, false",
    "::ffff:192.0.2.1, 192.0.2.1, true",
  })
  void aNetworkIsAllThatBeginsAlike(String trusted, String peer, boolean isTrusted)
      throws Exception {
    assertEquals(isTrusted, trusts(trusted, peer));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "proxy.example",
        "localhost",
        "192.0.2",
        "192.0.2.256",
        "192.0.2.01",
        "192.0.2.1.",
        "[::1]",
        "::1%lo",
        "1:2:3",
        "192.0.2.1:80",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/",
        "10.0.0.0/8/8",
        "::/129",
        "10.1.0.0/8",
        "*",
      })
  void whatIsNoAddressOrNetworkIsRefused(String given) {
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> Proxies.at(List.of(given)));
    String message = String.valueOf(refusal.getMessage());
    assertTrue(message.startsWith("trustedProxies: \"" + given + "\""), message);
    assertTrue(message.contains("such as \"10.0.0.0/8\""), message);
  }

  @ParameterizedTest
  @CsvSource({
    "198.51.100.7,         /198.51.100.7:0",
    "198.51.100.7:65535,   /198.51.100.7:65535",
    "198.51.100.7:65536,   /192.0.2.1:1",
    "198.51.100.7:,        /192.0.2.1:1",
    "198.51.100.07,        /192.0.2.1:1",
    "[2001:db8::1],        /[2001:db8:0:0:0:0:0:1]:0",
    "[2001:db8::1]:80,     /[2001:db8:0:0:0:0:0:1]:80",
    "[198.51.100.7],       /192.0.2.1:1",
    "2001:db8::1,          /[2001:db8:0:0:0:0:0:1]:0",
    "2001:db8::1::1,       /192.0.2.1:1",
    "client.example,       /192.0.2.1:1",
    "_hidden,              /192.0.2.1:1",
  })
  void whatIsToldIsAnAddressOrNothing(String told, String client) throws Exception {
    InetSocketAddress proxy = new InetSocketAddress(InetAddress.getByName("192.0.2.1"), 1);
    Proxies proxies = Proxies.at(List.of("192.0.2.1"));
    assertEquals(client, proxies.client(proxy, Headers.of("X-Forwarded-For", told)).toString());
  }

  @Test
  void whoHasNoAddressIsNotTrusted() {
    InetSocketAddress peer = InetSocketAddress.createUnresolved("proxy.example", 1);
    Proxies all = Proxies.at(List.of("0.0.0.0/0", "::/0"));
    assertEquals(peer, all.client(peer, Headers.of("X-Forwarded-For", CLIENT)));
  }
}
