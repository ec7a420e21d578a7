package io.github.easywebsocket.examples.nio;

import io.github.easywebsocket.Headers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request, RFC 9112: strict, so that nobody reads it otherwise.
 *
 * @param method such as GET
 * @param target as sent
 * @param protocol such as HTTP/1.1
 */
record RequestHead(String method, String target, String protocol, Headers headers) {

  private static final Pattern FIRST_LINE = Pattern.compile("([A-Za-z-]+) ([^ ]+) (HTTP/1\\.[01])");

  /**
   * The length of the head with its empty line, or up to a line that does not end in CR LF, from
   * index 0; -1 if it is not complete.
   */
  static int length(ByteBuffer bytes) {
    for (int i = 0, line = 0; i < bytes.position(); i++) {
      if (bytes.get(i) == '\n') {
        if (i == line + 1 || i == line || bytes.get(i - 1) != '\r') {
          return i + 1;
        }
        line = i + 1;
      }
    }
    return -1;
  }

  /** The head of that length; null if it is not valid. */
  static @Nullable RequestHead parse(ByteBuffer bytes, int length) {
    String text = new String(bytes.array(), 0, length, StandardCharsets.ISO_8859_1);
    String[] lines = text.split("\r\n", -1); // the last two are empty
    Matcher first = FIRST_LINE.matcher(lines[0]);
    if (!text.endsWith("\r\n\r\n") || !first.matches()) {
      return null;
    }
    List<String> namesAndValues = new ArrayList<>();
    for (int i = 1; i < lines.length - 2; i++) {
      int colon = lines[i].indexOf(':');
      if (colon <= 0) {
        return null;
      }
      namesAndValues.add(lines[i].substring(0, colon));
      namesAndValues.add(lines[i].substring(colon + 1).strip());
    }
    try {
      Headers headers = Headers.ofLines(namesAndValues);
      return saysOnceWhereBodyEnds(headers)
          ? new RequestHead(first.group(1), first.group(2), first.group(3), headers)
          : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static boolean saysOnceWhereBodyEnds(Headers headers) {
    List<String> lengths = headers.all("Content-Length");
    return lengths.isEmpty()
        || (lengths.size() == 1
            && number(lengths.get(0)) >= 0
            && !headers.contains("Transfer-Encoding"));
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
