package io.github.easywebsocket.examples.nio;

import io.github.easywebsocket.Headers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request, RFC 9112: strict, so that nobody reads it otherwise.
 *
 * @param method such as GET
 * @param target as sent
 * @param protocol such as HTTP/1.1
 */
record RequestHead(String method, String target, String protocol, Headers headers) {

  /** The length of the head with its empty line, from index 0; -1 if it is not complete. */
  static int length(ByteBuffer bytes) {
    for (int i = 3; i < bytes.position(); i++) {
      if (bytes.get(i) == '\n'
          && bytes.get(i - 1) == '\r'
          && bytes.get(i - 2) == '\n'
          && bytes.get(i - 3) == '\r') {
        return i + 1;
      }
    }
    return -1;
  }

  /** The head of that length; null if it is not valid. */
  static @Nullable RequestHead parse(ByteBuffer bytes, int length) {
    String[] lines =
        new String(bytes.array(), 0, length - 4, StandardCharsets.ISO_8859_1).split("\r\n", -1);
    String[] first = lines[0].split(" ", -1);
    if (first.length != 3 || !first[2].startsWith("HTTP/1.")) {
      return null;
    }
    List<String> namesAndValues = new ArrayList<>();
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      if (colon <= 0) {
        return null;
      }
      namesAndValues.add(lines[i].substring(0, colon));
      namesAndValues.add(lines[i].substring(colon + 1).strip());
    }
    try {
      return new RequestHead(first[0], first[1], first[2], Headers.ofLines(namesAndValues));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** A number of digits only; -1 if it is none. */
  static long number(String digits) {
    if (digits.isEmpty() || digits.length() > 18) {
      return -1;
    }
    long number = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      number = 10 * number + digit;
    }
    return number;
  }
}
