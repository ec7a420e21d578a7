package io.github.easywebsocket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.HttpHandler.Request;
import io.github.easywebsocket.HttpHandler.Response;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.ReadOnlyBufferException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The small immutable types: messages, headers, close reasons, and what may be logged. */
class ValuesTest {

  // ---- Message

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "ä", "€", "😀", "\0", "\ud83d\ude00\ud83d\ude00", "?", "�"})
  void aTextMessageIsItsUtf8(String text) {
    Message message = Message.text(text);
    assertTrue(message.isText());
    assertEquals(text, message.text());
    assertEquals(ByteBuffer.wrap(text.getBytes(UTF_8)), message.payload());
    assertEquals(text.getBytes(UTF_8).length, message.size());
    assertEquals(text, Message.of(true, text.getBytes(UTF_8)).text());
  }

  @ParameterizedTest
  @CsvSource({
    "0, D800",
    "0, DBFF",
    "0, DC00",
    "0, DFFF", // alone
    "0, D800 61",
    "1, 61 D800",
    "1, 61 D800 61",
    "1, 3F D800",
    "2, 61 3F DC00", // among others
    "0, DC00 D800",
    "0, D800 D800 DC00",
    "2, D800 DC00 DC00",
    "2, D83D DE00 D83D" // in a wrong order
  })
  void aLoneSurrogateIsRefusedAtEveryPlace(int at, String units) {
    StringBuilder text = new StringBuilder();
    for (String unit : units.split(" ")) {
      text.append((char) Integer.parseInt(unit, 16));
    }
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Message.text(text));
    assertEquals(
        String.format(
            "a lone surrogate U+%04X at index %d cannot be sent as UTF-8",
            (int) text.charAt(at), at),
        e.getMessage());
  }

  @Test
  void aPartOfALongerTextIsGivenWithoutACopy() {
    assertEquals("bc", Message.text(CharBuffer.wrap("abcd", 1, 3)).text());
    assertEquals("bc", Message.text(new StringBuilder("bc")).text());
  }

  @Test
  void aBinaryMessageIsACopyOfWhatRemains() {
    byte[] bytes = {0, 1, 2, 3};
    ByteBuffer buffer = ByteBuffer.wrap(bytes, 1, 2);
    Message message = Message.binary(buffer);
    Message copy = Message.binary(bytes);
    assertEquals(1, buffer.position());
    bytes[1] = 9;
    assertFalse(message.isText());
    assertEquals("0102", RecordingHandler.hex(message.payload()));
    assertEquals("00010203", RecordingHandler.hex(copy.payload()));
    assertEquals(
        "0102",
        RecordingHandler.hex(
            Message.binary(ByteBuffer.allocateDirect(2).put((byte) 1).put((byte) 2).flip())
                .payload()));
  }

  @Test
  void aBinaryMessageHasNoText() {
    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> Message.binary(new byte[1]).text());
    assertEquals("a binary message has no text(); use payload()", e.getMessage());
  }

  @Test
  void aBinaryMessageHoldsACopy() {
    byte[] bytes = {1};
    List<Message> messages = List.of(Message.binary(bytes), Message.binary(ByteBuffer.wrap(bytes)));
    bytes[0] = 2;
    messages.forEach(message -> assertEquals(1, message.payload().get(0)));
  }

  @Test
  void thePayloadIsANewReadOnlyView() {
    Message message = Message.binary(new byte[] {1, 2});
    ByteBuffer first = message.payload();
    first.get();
    assertNotSame(first, message.payload());
    assertEquals(2, message.payload().remaining());
    assertThrows(ReadOnlyBufferException.class, () -> message.payload().put((byte) 0));
    assertFalse(message.payload().hasArray());
  }

  @ParameterizedTest
  @CsvSource({"0, 4, 4", "1, 4, 3", "4, 4, 0", "0, 2, 2", "2, 1, 1", "0, 0, 0"})
  void copyToCopiesAsMuchAsThereIsAndFits(int offset, int room, int copied) {
    ByteBuffer target = ByteBuffer.allocate(room);
    assertEquals(copied, Message.text("abcd").copyTo(offset, target));
    assertEquals(copied, target.position());
    assertEquals(
        "abcd".substring(offset, offset + copied), new String(target.array(), 0, copied, UTF_8));
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 5, Integer.MAX_VALUE, Integer.MIN_VALUE})
  void copyToRefusesAnOffsetOutside(int offset) {
    ByteBuffer target = ByteBuffer.allocate(8);
    assertThrows(
        IndexOutOfBoundsException.class, () -> Message.text("abcd").copyTo(offset, target));
    assertEquals(0, target.position());
  }

  @Test
  void messagesAreEqualByKindAndPayload() {
    assertEquals(Message.text("a"), Message.of(true, new byte[] {'a'}));
    assertEquals(Message.text("a").hashCode(), Message.of(true, new byte[] {'a'}).hashCode());
    assertNotEquals(Message.text("a"), Message.binary(new byte[] {'a'}));
    assertNotEquals(Message.text("a"), Message.text("b"));
    assertNotEquals(Message.text("a"), "a");
  }

  @Test
  void aMessageDoesNotShowItsContent() {
    assertEquals("text message of 6 bytes", Message.text("secret").toString());
    assertEquals("binary message of 0 bytes", Message.binary(new byte[0]).toString());
    MessagePart part = new MessagePart(true, new byte[6], true, false);
    assertEquals("text part of 6 bytes, first", part.toString());
    part = new MessagePart(false, new byte[0], false, true);
    assertEquals("binary part of 0 bytes, last", part.toString());
  }

  // ---- Headers

  @ParameterizedTest
  @ValueSource(strings = {"a\rb", "a\nb", "a\0b", "\r\n", "a\u0001", "\u007f", "\u0100", "😀"})
  void aValueWithAControlCharacterIsRefused(String value) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Headers.of("X-Name", value));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.startsWith("the value of header X-Name has the character U+"), message);
    assertThrows(
        IllegalArgumentException.class, () -> Headers.of(Map.of("X-Name", List.of("a", value))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a:", "a\r\nb", "ä", "(a)", "a,b", "a\0", "\"a\"", "a/b"})
  void aNameThatIsNoTokenIsRefused(String name) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Headers.of(name, "v"));
    assertEquals("not a header name: \"" + Log.printable(name) + "\"", e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", " a\tb ", "\u00ff", "a,b;c=\"d\""})
  void aValueMayBeAnythingElse(String value) {
    assertEquals(value, Headers.of("!#$%&'*+-.^_`|~09azAZ", value).first("!#$%&'*+-.^_`|~09AZaz"));
  }

  @Test
  void headersKeepTheirOrderAndTheirCase() {
    Headers headers = Headers.of("B", "1").with("a", "2").with("b", "3");
    List<String> lines = new ArrayList<>();
    headers.forEach((name, value) -> lines.add(name + ": " + value));
    assertEquals(List.of("B: 1", "a: 2", "b: 3"), lines);
    assertEquals("1", headers.first("b"));
    assertEquals(List.of("1", "3"), headers.all("B"));
    assertEquals(List.of(), headers.all("c"));
    assertTrue(headers.contains("A"));
    assertFalse(headers.contains("c"));
    assertTrue(Headers.EMPTY.isEmpty());
    assertFalse(headers.isEmpty());
  }

  @Test
  void headersAreMadeOfAMap() {
    Map<String, List<String>> map = new LinkedHashMap<>();
    map.put("b", List.of("1", "2"));
    map.put("a", List.of("3"));
    assertEquals(List.of("1", "2"), Headers.of(map).all("B"));
    assertEquals("Headers[b, b, a]", Headers.of(map).toString());
  }

  @Test
  void headersAreMadeOfLines() {
    Headers headers = Headers.ofLines(List.of("b", "1", "a", "2", "B", "3"));
    assertEquals("Headers[b, a, B]", headers.toString());
    assertEquals(List.of("1", "3"), headers.all("b"));
    assertThrows(IllegalArgumentException.class, () -> Headers.ofLines(List.of("a", "1", "b")));
    assertThrows(IllegalArgumentException.class, () -> Headers.ofLines(List.of("a", "1\r\nb: 2")));
    assertThrows(IllegalArgumentException.class, () -> Headers.ofLines(List.of("a b", "1")));
  }

  @Test
  void headersAreEqualByTheirLines() {
    Headers headers = Headers.of("Name", "1").with("other", "2");
    Headers same = Headers.ofLines(List.of("nAME", "1", "Other", "2"));
    assertEquals(headers, same);
    assertEquals(headers.hashCode(), same.hashCode());
    assertNotEquals(headers, Headers.of("Name", "1"));
    assertNotEquals(headers, Headers.of("Name", "1").with("other", "3"));
    assertNotEquals(headers, Headers.of("Name", "1").with("another", "2"));
    assertNotEquals(headers, Headers.of("other", "2").with("Name", "1"));
    assertNotEquals(headers, "Headers[Name, other]");
  }

  @Test
  void aHeaderThatIsThereTwiceHasNoOnlyValue() {
    Headers headers = Headers.ofLines(List.of("a", "1", "b", "2", "B", "2"));
    assertEquals("1", headers.only("A"));
    assertNull(headers.only("b"));
    assertNull(headers.only("c"));
    assertTrue(headers.isExactly("A", "1"));
    assertFalse(headers.isExactly("a", "2"));
    assertFalse(headers.isExactly("b", "2"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a            | a
          a, b ,c      | a;b;c
          ,a,,b, ,     | a;b
          ''           | ''
          ,            | ''
          'a b'        | a b
          "a,b"        | "a;b"
          """)
  void aListIsSplitAtItsCommas(String value, String elements) {
    assertEquals(elements, String.join(";", Headers.of("L", value).list("l")));
  }

  @Test
  void aListIsThatOfAllItsLines() {
    Headers headers = Headers.of("L", "a, b").with("M", "x").with("l", "C");
    assertEquals(List.of("a", "b", "C"), headers.list("L"));
    assertTrue(headers.listContains("L", "c"));
    assertFalse(headers.listContains("L", "a, b"));
  }

  @Test
  void aListOfCommasTakesLinearTime() {
    Headers headers = Headers.of("L", ",".repeat(8 << 10)).with("L", ", ".repeat(4 << 10));
    assertTimeoutPreemptively(
        Duration.ofSeconds(5),
        () -> {
          for (int i = 0; i < 1_000; i++) {
            assertFalse(headers.listContains("L", "x"));
          }
        });
  }

  @Test
  void headersDoNotShowTheirValues() {
    assertEquals("Headers[Cookie]", Headers.of("Cookie", "secret").toString());
  }

  // ---- requests, responses, verdicts

  @Test
  void responsesAreEqualByTheirContent() {
    Response response = Response.text(200, "text/plain", "a");
    assertEquals(response, Response.text(200, "text/plain", "a"));
    assertEquals(response.hashCode(), Response.text(200, "text/plain", "a").hashCode());
    assertNotEquals(response, Response.text(201, "text/plain", "a"));
    assertNotEquals(response, Response.text(200, "text/html", "a"));
    assertNotEquals(response, Response.text(200, "text/plain", "b"));
    assertEquals("Response[200, 1 bytes]", response.toString());
  }

  @Test
  void aRequestShowsNeitherSecretsNorControlCharacters() {
    Request request =
        new Request(
            "GET",
            "/a\nFORGED",
            "token=secret",
            Headers.of("Authorization", "secret"),
            "secret".getBytes(UTF_8),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 1));
    assertEquals("Request[GET /a\\u000aFORGED]", request.toString());
  }

  @Test
  void aVerdictShowsWhatItSays() {
    assertEquals("Verdict[accept]", Verdict.accept().withAttachment("secret").toString());
    assertEquals("Verdict[reject 401]", Verdict.reject(401).withBody("secret").toString());
    assertEquals(401, Verdict.reject(401).status());
    assertFalse(Verdict.reject(401).accepted());
    assertTrue(Verdict.accept().accepted());
  }

  // ---- CloseReason

  @ParameterizedTest
  @CsvSource({
    "a, 123, 123",
    "a, 124, 123",
    "ä, 61, 61",
    "ä, 62, 61",
    "€, 41, 41",
    "€, 42, 41",
    "😀, 30, 30",
    "😀, 31, 30",
    "a, 0, 0",
    "a, 100000, 123"
  })
  void aReasonIsCutToWholeCharactersOfAtMost123Bytes(String character, int given, int kept) {
    assertEquals(
        character.repeat(kept), CloseReason.toSend(1000, character.repeat(given)).reason());
  }

  @Test
  void aReasonIsCutBeforeTheCharacterThatDoesNotFit() {
    for (int before = 118; before <= 123; before++) {
      String reason = CloseReason.toSend(1000, "a".repeat(before) + "😀").reason();
      assertEquals("a".repeat(before) + (before <= 119 ? "😀" : ""), reason);
    }
  }

  @Test
  void theCodesThatMayBeSentAreThoseOfTheRegistry() {
    List<Integer> allowed = new ArrayList<>();
    for (int code = -1; code < 70_000; code++) {
      if (CloseReason.mayBeSent(code)) {
        allowed.add(code);
      }
    }
    assertEquals(4 + 8 + 2000, allowed.size());
    assertTrue(
        allowed.containsAll(
            List.of(
                1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000,
                4999)));
  }

  @Test
  void aReasonIsShownOnOneLine() {
    assertEquals("1000", new CloseReason(1000, "").toString());
    assertEquals("4000 a\\u000ab", new CloseReason(4000, "a\nb").toString());
    assertTrue(new CloseReason(1005, "").clean());
    assertFalse(new CloseReason(1006, "").clean());
  }

  // ---- Log

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          plain äöü 😀 | plain äöü 😀
          a\\b         | a\\b
          ''           | ''
          """)
  void whatIsPrintableStays(String text, String printable) {
    assertEquals(printable, Log.printable(text));
  }

  @Test
  void controlCharactersAreEscaped() {
    assertEquals(
        "a\\u000d\\u000aINFO b\\u0000\\u001b[31m\\u007f\\u0085\\u2028\\u2029c",
        Log.printable("a\r\nINFO b\0\u001b[31m\u007f\u0085\u2028\u2029c"));
  }
}
