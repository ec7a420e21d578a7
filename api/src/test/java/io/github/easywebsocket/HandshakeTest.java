package io.github.easywebsocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.github.easywebsocket.HttpHandler.Request;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The parameters of a query, and a header. */
class HandshakeTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                  | none
          &                   | none
          b=1                 | none
          A=1                 | none
          aa=1                | none
          =a                  | none
          a=1                 | 1
          a                   | ''
          a=                  | ''
          &&a=1&              | 1
          b=0&a=1&a=2         | 1,2
          a=1&b=0&a=1         | 1,1
          %61=1               | 1
          a=b=c?d/e           | b=c?d/e
          a=b+c%20d%2Be       | b c d+e
          a=%26b%3D1          | &b=1
          a=%2541             | %41
          a=%C3%A4%f0%9f%98%80| ä😀
          a=1&b=%&%zz=3       | 1
          a=%                 | none
          a=%4                | none
          a=%4g               | none
          a=%-1               | none
          a=%ff               | none
          a=%C3               | none
          a=%ED%A0%80         | none
          a=%C0%AF            | none
          a=ä                 | none
          a=1&a=%zz           | none
          a=%zz&a=1           | none
          """)
  void aParameterIsDecodedOrAbsent(String query, String values) {
    Handshake handshake = new Handshake("/", Map.of(), query, Headers.EMPTY, null, null);
    List<String> expected =
        values.equals("none") ? List.of() : Arrays.asList(values.split(",", -1));
    assertEquals(expected, handshake.parameters("a"));
    String first = expected.isEmpty() ? null : expected.get(0);
    assertEquals(first, handshake.parameter("a"));
    InetSocketAddress client = new InetSocketAddress(0);
    Request plain = new Request("GET", "/", query, Headers.EMPTY, new byte[0], client);
    assertEquals(expected, plain.parameters("a"));
    assertEquals(first, plain.parameter("a"));
  }

  @Test
  void aPlainRequestTellsAHeaderByItsName() {
    Headers headers = Headers.of("Accept", "a/b").with("accept", "c/d");
    Request plain = new Request("GET", "/", "", headers, new byte[0], new InetSocketAddress(0));
    assertEquals("a/b", plain.header("ACCEPT"));
    assertNull(plain.header("Cookie"));
  }
}
