package io.github.easywebsocket.tck;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP answer.
 *
 * @param head its status line and headers
 * @param body its body
 */
record Answer(Head head, byte[] body) {

  int status() {
    return head.status();
  }

  @Nullable String header(String name) {
    return head.first(name);
  }

  List<String> headers(String name) {
    return head.all(name);
  }

  String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /** The whole answer, to search for what must not be there. */
  String everything() {
    return head.firstLine() + "\n" + String.join("\n", head.lines()) + "\n\n" + text();
  }
}
