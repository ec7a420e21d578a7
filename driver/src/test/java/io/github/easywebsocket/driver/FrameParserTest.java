package io.github.easywebsocket.driver;

import static io.github.easywebsocket.driver.Wire.concat;
import static io.github.easywebsocket.driver.Wire.frame;
import static io.github.easywebsocket.driver.Wire.hex;
import static io.github.easywebsocket.driver.Wire.masked;
import static io.github.easywebsocket.driver.Wire.utf8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Limits;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the parser takes and refuses. Frames are a server's, not masked, where masks matter not. */
class FrameParserTest {

  private static final Limits LIMITS = Limits.DEFAULT.withMaxMessageSize(1000).withMaxFragments(4);

  private final RecordingReceiver receiver = new RecordingReceiver();
  private final FrameParser parser = new FrameParser(false, LIMITS, null, receiver);
  private final FrameParser server = new FrameParser(true, LIMITS, null, receiver);

  @Test
  void theExamplesOfTheRfcAreUnderstood() {
    parse("81 05 48 65 6c 6c 6f # text: Hello");
    receiver.expect("text Hello");
    parse("01 03 48 65 6c # text: Hel, more to come", "80 02 6c 6f # continuation: lo");
    receiver.expect("text Hello");
    parse("89 05 48 65 6c 6c 6f # ping: Hello", "8a 05 48 65 6c 6c 6f # pong: Hello");
    receiver.expect("ping 48 65 6c 6c 6f", "pong 48 65 6c 6c 6f");
    server.parse(in(hex("81 85 37 fa 21 3d 7f 9f 4d 51 58 # text, masked: Hello")));
    receiver.expect("text Hello");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 125, 126, 127, 128, 65_535, 65_536, 1_000_000, 1 << 20})
  void everyFormOfLengthIsTaken(int length) {
    byte[] payload = Wire.pattern(length);
    String expected = "binary " + RecordingReceiver.describe(payload, false);
    new FrameParser(false, Limits.DEFAULT, null, receiver).parse(in(frame(0x82, payload)));
    receiver.expect(expected);
    new FrameParser(true, Limits.DEFAULT, null, receiver).parse(in(masked(0x82, payload)));
    receiver.expect(expected);
  }

  @Test
  void controlFramesAreDeliveredBetweenFragmentsAtOnce() {
    parse("01 01 61 # text: a, more to come", "89 01 31 # ping: 1");
    receiver.expect("ping 31");
    parse("00 01 62 # continuation: b", "8a 00 # pong", "80 01 63 # continuation: c, last");
    receiver.expect("pong ", "text abc");
  }

  @Test
  void emptyFragmentsAreFragments() {
    parse("02 00 # binary, more to come", "00 00 # continuation", "80 00 # continuation, last");
    receiver.expect("binary ");
  }

  @ParameterizedTest
  @CsvSource({
    "c1 00, RSV1 on text without an agreement",
    "a1 00, RSV2",
    "91 00, RSV3",
    "c9 00, RSV1 on a ping",
    "83 00, opcode 3",
    "87 00, opcode 7",
    "8b 00, opcode 11",
    "8f 00, opcode 15",
    "09 00, a fragmented ping",
    "08 00, a fragmented close",
    "89 7e 00 7e, a ping of 126 bytes",
    "88 7f, a close of a 64-bit length",
    "80 00, a continuation of nothing",
    "00 00, a continuation of nothing with more to come",
    "81 80, a masked frame from a server",
    "82 7e 00 7d, 125 in two bytes",
    "82 7f 00 00 00 00 00 00 ff ff, 65535 in eight bytes",
    "82 7f 80 00 00 00 00 00 00 00, the highest bit of a length",
    "82 7f ff ff ff ff ff ff ff ff, a length of all ones",
    "88 01 03, a close of one byte",
  })
  void whatBreaksTheProtocolFailsWith1002(String bytes, String name) {
    parse(bytes);
    receiver.expect("failed 1002");
    parse("81 01 61 # text: a, behind the failure");
    receiver.expectNothing();
  }

  @ParameterizedTest
  @ValueSource(strings = {"c1", "83", "8b", "09", "80", "81 80", "89 7e", "82 7e 00 7d"})
  void aBadHeaderFailsBeforeItIsWhole(String beginning) {
    for (byte b : hex(beginning)) {
      receiver.expectNothing();
      parser.parse(in(b));
    }
    receiver.expect("failed 1002");
  }

  @Test
  void aNewMessageInsideAFragmentedOneFails() {
    parse("01 01 61 # text: a, more to come", "81 01 62 # text: b");
    receiver.expect("failed 1002");
  }

  @Test
  void aFrameThatIsNotMaskedFailsAtAServer() {
    server.parse(in(hex("81 01")));
    receiver.expect("failed 1002");
  }

  @Test
  void aMessageAsLongAsTheLimitIsTakenAndOneByteMoreIsNot() {
    parser.parse(in(frame(0x82, Wire.pattern(1000))));
    assertEquals(1, receiver.take().size());
    parse("82 7e 03 e9 # binary of 1001 bytes, of which none is here");
    receiver.expect("failed 1009");
  }

  @Test
  void fragmentsAreSummedForTheLimit() {
    parser.parse(in(frame(0x02, Wire.pattern(999))));
    parser.parse(in(hex("89 7d # ping of 125 bytes, which do not count")));
    parser.parse(in(Wire.pattern(125)));
    assertEquals(1, receiver.take().size());
    parse("80 02 # continuation of 2 bytes");
    receiver.expect("failed 1009");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "82 7f 00 00 00 00 80 00 00 00 # 2^31",
        "82 7f 00 00 00 01 00 00 00 01 # 2^32 + 1",
        "82 7f 40 00 00 00 00 00 00 00 # 2^62",
        "82 7f 7f ff ff ff ff ff ff ff # 2^63 - 1",
      })
  void aHugeLengthFailsWith1009AtTheHeader(String header) {
    parse(header);
    receiver.expect("failed 1009");
  }

  @Test
  void tooManyFragmentsFailWith1009() {
    parse("01 01 61 # text: a", "00 01 62 # b", "00 01 63 # c", "80 01 64 # d, the fourth");
    receiver.expect("text abcd");
    parse("01 00", "00 00", "00 00", "00 00");
    receiver.expectNothing();
    parse("80 # a fifth");
    receiver.expect("failed 1009");
  }

  @Test
  void theCountOfFragmentsBeginsAnewWithEachMessage() {
    for (int i = 0; i < 3; i++) {
      parse("01 01 61 # text: a", "00 01 62 # b", "00 01 63 # c", "80 01 64 # d");
      receiver.expect("text abcd");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "81 01 80, a lone continuation byte",
    "81 02 c0 80, an overlong NUL",
    "81 03 ed a0 80, a surrogate",
    "81 04 f4 90 80 80, above U+10FFFF",
    "81 02 c3 28, a bad second byte",
    "81 01 c3, an end inside a character",
    "81 03 f0 9f 98, an end inside a character of four bytes",
  })
  void textThatIsNotUtf8FailsWith1007(String bytes, String name) {
    parse(bytes);
    receiver.expect("failed 1007");
  }

  @Test
  void badTextFailsAtTheBadByteNotAtTheEndOfItsFrame() {
    parse("01 7d 61 e2 82 # text of 125 bytes: a, and the beginning of a euro sign");
    receiver.expectNothing();
    parse("28 # no continuation byte");
    receiver.expect("failed 1007");
  }

  @Test
  void aCharacterMayBeSplitBetweenFragments() {
    parse(
        "01 02 e2 82 # text: two bytes of a euro sign", "89 01 ff # ping", "80 01 ac # its third");
    receiver.expect("ping ff", "text \u20ac");
    parse("01 02 e2 82 # text: two bytes of a euro sign", "80 01 61 # continuation: a");
    receiver.expect("failed 1007");
  }

  @Test
  void binaryIsNotCheckedForUtf8() {
    parse("82 02 ff fe # binary");
    receiver.expect("binary ff fe");
  }

  @Test
  void aCloseFrameTellsCodeAndReason() {
    parse("88 05 03 e8 62 79 65 # close 1000: bye");
    receiver.expect("close 1000 bye");
    assertTrue(parser.over());
  }

  @Test
  void anEmptyCloseFrameIs1005() {
    parse("88 00 # close");
    receiver.expect("close 1005 ");
  }

  @Test
  void onlyCloseCodesThatMayBeSentAreTaken() {
    for (int code = 0; code < 1 << 16; code++) {
      boolean good =
          (code >= 1000 && code <= 1003)
              || (code >= 1007 && code <= 1014)
              || (code >= 3000 && code <= 4999);
      FrameParser one = new FrameParser(false, LIMITS, null, new RecordingReceiver());
      RecordingReceiver told = new RecordingReceiver();
      one = new FrameParser(false, LIMITS, null, told);
      one.parse(in((byte) 0x88, (byte) 2, (byte) (code >> 8), (byte) code));
      assertEquals(List.of(good ? "close " + code + " " : "failed 1002"), told.take());
    }
  }

  @Test
  void aCloseReasonThatIsNotUtf8FailsWith1007EvenInsideAText() {
    parse("01 01 c3 # text: half a character", "88 03 03 e8 a4 # close 1000: its other half");
    receiver.expect("failed 1007");
  }

  @Test
  void whatFollowsACloseFrameIsThrownAway() {
    parse("88 00 # close");
    receiver.expect("close 1005 ");
    assertTrue(parser.closedByLastByte());
    ByteBuffer late = in(hex("81 01 61 # text: a"));
    parser.discard(late);
    assertFalse(late.hasRemaining());
    assertFalse(parser.closedByLastByte());
  }

  @Test
  void bytesRightBehindACloseFrameAreNoticed() {
    parser.parse(in(concat(hex("88 00 # close"), utf8("more"))));
    receiver.expect("close 1005 ");
    assertFalse(parser.closedByLastByte());
  }

  @Test
  void afterStopNothingMoreOfTheSameBufferIsDelivered() {
    receiver.then = event -> parser.stop();
    parse("81 01 61 # text: a", "81 01 62 # text: b");
    receiver.expect("text a");
  }

  @Test
  void anyByteOrderAndKindOfBufferWillDo() {
    byte[] bytes = concat(masked(0x81, Wire.letters(300)), masked(0x82, Wire.pattern(9)));
    ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length + 3);
    direct.position(3).put(bytes).position(3);
    ByteBuffer little =
        ByteBuffer.wrap(bytes).asReadOnlyBuffer().order(java.nio.ByteOrder.LITTLE_ENDIAN);
    server.parse(in(bytes));
    List<String> expected = receiver.take();
    assertEquals(2, expected.size());
    server.parse(direct);
    assertEquals(expected, receiver.take());
    server.parse(little);
    assertEquals(expected, receiver.take());
  }

  /** Each piece in a read of its own. */
  private void parse(String... pieces) {
    for (String piece : pieces) {
      parser.parse(in(hex(piece)));
    }
  }

  private static ByteBuffer in(byte... bytes) {
    return ByteBuffer.wrap(bytes);
  }
}
