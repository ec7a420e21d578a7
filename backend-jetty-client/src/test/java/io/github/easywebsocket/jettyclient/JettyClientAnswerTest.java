package io.github.easywebsocket.jettyclient;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.ProtocolException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The head of an answer, however it comes. */
class JettyClientAnswerTest {

  private static final String SWITCHING =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nX-Empty:\r\n\r\n";

  private static @Nullable Answer parse(AnswerParser parser, String text) throws Exception {
    return parser.parse(ByteBuffer.wrap(text.getBytes(ISO_8859_1)));
  }

  private static Answer whole(@Nullable Answer answer) {
    assertNotNull(answer);
    return answer;
  }

  @Test
  void whatIsBehindTheHeadIsLeft() throws Exception {
    ByteBuffer bytes = ByteBuffer.wrap((SWITCHING + "\u0081\u0001a").getBytes(ISO_8859_1));
    Answer answer = whole(new AnswerParser().parse(bytes));
    assertEquals(101, answer.status());
    assertEquals("websocket", answer.headers().first("upgrade"));
    assertEquals("", answer.headers().first("X-Empty"));
    assertEquals("\u0081\u0001a", ISO_8859_1.decode(bytes).toString());
  }

  @Test
  void itMayComeByteByByte() throws Exception {
    AnswerParser parser = new AnswerParser();
    for (int i = 0; i < SWITCHING.length() - 1; i++) {
      assertNull(parse(parser, SWITCHING.substring(i, i + 1)));
    }
    assertEquals(101, whole(parse(parser, "\n")).status());
  }

  @Test
  void thoseBeforeTheOneThatCountsAreSkipped() throws Exception {
    String early = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
    Answer answer = whole(parse(new AnswerParser(), early + early + SWITCHING));
    assertEquals(101, answer.status());
    assertFalse(answer.headers().contains("Link"));
  }

  @Test
  void thoseBeforeItAreBounded() {
    String interim = "HTTP/1.1 102 Processing\r\n\r\n".repeat(100);
    assertThrows(ProtocolException.class, () -> parse(new AnswerParser(), interim));
  }

  @ParameterizedTest
  @ValueSource(strings = {"403 No", "101 Switching Protocols", "200 OK"})
  void aHeadThatIsTooLongIsRefusedBeforeItsEnd(String status) {
    String head = "HTTP/1.1 " + status + "\r\nX-Long: " + "x".repeat(17 << 10);
    assertThrows(ProtocolException.class, () -> parse(new AnswerParser(), head));
  }

  @Test
  void aRefusalNeedsNoBody() throws Exception {
    String head = "HTTP/1.0 503 No\r\nContent-Length: 1000000\r\nRetry-After: 3\r\n\r\n";
    Answer answer = whole(parse(new AnswerParser(), head));
    assertEquals(503, answer.status());
    assertEquals("3", answer.headers().first("Retry-After"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
        "\u0015\u0003\u0003\u0000\u0002\u0002P",
        "HTTP/2 101\r\n\r\n",
        "HTTP/1.0 101 Switching Protocols\r\n\r\n",
        "HTTP/1.1 abc\r\n\r\n",
        "HTTP/1.1 101 OK\r\nno header\r\n\r\n",
        "HTTP/1.1 101 OK\r\nX: a\r\n folded\r\n\r\n",
        "\u0081\u0001a",
      })
  void whatIsNotHttpIsRefused(String bytes) {
    assertThrows(ProtocolException.class, () -> parse(new AnswerParser(), bytes));
  }

  @ParameterizedTest
  @CsvSource({"ws, true", "wss, false"})
  void whoSpeaksTlsAlreadyIsNotToldTo(String scheme, boolean told) {
    Throwable failure = Failures.explain(scheme + "://localhost:1", new ProtocolException());
    assertEquals(told, failure.toString().contains("use wss://"));
  }
}
