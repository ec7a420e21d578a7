package io.github.easywebsocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The path of a request has one spelling, or none. */
class RequestTargetTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      textBlock =
          """
          /            | /          | ''
          /ws          | /ws        | ''
          /ws?         | /ws        | ''
          /ws?a=%41    | /ws        | a=%41
          /ws?a?b/{c}^%ff` | /ws | a?b/{c}^%ff`
          /%77%73      | /ws        | ''
          /%C3%A4      | /ä         | ''
          /%c3%a4      | /ä         | ''
          /%F0%9F%98%80| /😀        | ''
          /a%20b       | '/a b'     | ''
          /%252e%252e/ | /%2e%2e/   | ''
          /a;b=c       | /a;b=c     | ''
          /...         | /...       | ''
          /a./b..      | /a./b..    | ''
          /.a          | /.a        | ''
          //a//b/      | //a//b/    | ''
          /%41         | /A         | ''
          """)
  void isDecodedOnce(String target, String path, String query) {
    assertEquals(new RequestTarget(null, path, query), RequestTarget.parse(target));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      textBlock =
          """
          http://host/ws        | host      | /ws       | ''
          HTTPS://Host:8443/ws  | Host:8443 | /ws       | ''
          ws://[::1]:80/        | [::1]:80  | /         | ''
          wss://host            | host      | /         | ''
          http://host?a=/b      | host      | /         | a=/b
          http://host//a?b?c    | host      | //a       | b?c
          http://host/http://b/ | host      | /http://b/| ''
          http://a@host/%77     | a@host    | /w        | ''
          """)
  void mayBeInAbsoluteForm(String target, String authority, String path, String query) {
    assertEquals(new RequestTarget(authority, path, query), RequestTarget.parse(target));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "*",
        "ws",
        "?",
        "host:80",
        "http:",
        "http:/ws",
        "http://",
        "http:///ws",
        "http://?a",
        "http://host#a",
        "http://host/../ws",
        "://host/ws",
        "ftp://host/ws", // neither the origin form nor the absolute one
        "/.",
        "/..",
        "/./a",
        "/../a",
        "/a/.",
        "/a/..",
        "/a/../b",
        "/%2e",
        "/%2E%2e/a",
        "/.%2e",
        "/%2f",
        "/a%2Fb",
        "/a%5cb",
        "/a\\b",
        "/\\..", // another separator
        "/%",
        "/%4",
        "/%g1",
        "/%1g",
        "/%-1",
        "/%00",
        "/a%000",
        "/%٤١", // a broken encoding
        "/%ff",
        "/%c3",
        "/%c3%28",
        "/%c0%af",
        "/%ed%a0%80",
        "/%f5%80%80%80", // not UTF-8
        "/ä",
        "/%41ä",
        "/#",
        "/a#b",
        "/?#",
        "/?a#b", // a fragment
        "/?%",
        "/?a=%4",
        "/?a=%zz&b",
        "/?a=ä",
        "/? ",
        "/?\u0000",
        "/?a\u007f"
      })
  void isRefusedWhenItIsAmbiguous(String target) {
    assertNull(RequestTarget.parse(target));
  }
}
