package io.github.easywebsocket.driver;

import static io.github.easywebsocket.driver.Wire.concat;
import static io.github.easywebsocket.driver.Wire.hex;
import static io.github.easywebsocket.driver.Wire.masked;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.easywebsocket.Limits;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** However the bytes of a script are split into reads, the same events come of it. */
class FrameSplitTest {

  private static final Limits LIMITS = Limits.DEFAULT.withMaxMessageSize(70_000);

  static Stream<byte[]> scripts() {
    return Stream.of(
        // text, ping, pong, binary, empty text, close
        concat(
            masked(0x81, "Hello"),
            masked(0x89, "p"),
            masked(0x8a, ""),
            masked(0x82, Wire.pattern(200)),
            masked(0x81, ""),
            masked(0x88, hex("03 e8 62 79 65"))),
        // a fragmented text of characters of one to four bytes, a ping inside, then close
        concat(
            masked(0x01, "a\u00e4\u20ac"),
            masked(0x89, "inside"),
            masked(0x00, hex("f0 9f")),
            masked(0x00, ""),
            masked(0x80, hex("98 80 61")),
            masked(0x88, "")),
        // the lengths at which the header's form changes
        concat(
            masked(0x82, Wire.pattern(125)),
            masked(0x82, Wire.pattern(126)),
            masked(0x82, Wire.pattern(127))),
        // a message that ends in bad UTF-8, and what follows it
        concat(masked(0x81, hex("61 62 e2 82 41")), masked(0x81, "never")),
        // a text that ends inside a character
        concat(masked(0x01, "ab"), masked(0x80, hex("e2 82")), masked(0x81, "never")),
        // a frame that breaks the protocol, and what follows it
        concat(masked(0x81, "good"), masked(0x83, "bad"), masked(0x81, "never")),
        // not masked
        concat(masked(0x81, "good"), hex("81 01 61"), masked(0x81, "never")),
        // too long
        concat(masked(0x02, Wire.pattern(9)), hex("80 ff 00 00 00 00 00 01 11 68"), hex("00 00")),
        // a bad close code
        concat(masked(0x81, "good"), masked(0x88, hex("03 ed"))));
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void everySplitIntoThreeReadsGivesTheSameEvents(byte[] script) {
    List<String> expected = events(script);
    for (int first = 0; first <= script.length; first++) {
      int step = script.length > 200 ? 7 : 1;
      for (int second = first; second <= script.length; second += step) {
        assertEquals(expected, events(script, first, second), first + ", " + second);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void byteByByteGivesTheSameEvents(byte[] script) {
    int[] all = new int[script.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = i;
    }
    assertEquals(events(script), events(script, all));
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void randomSplitsGiveTheSameEvents(byte[] script) {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    // twice in a row, with a long message ahead that takes many reads
    byte[] twice = concat(masked(0x81, Wire.letters(66_000)), script, script);
    List<String> expected = events(twice);
    for (int round = 0; round < 50; round++) {
      int[] splits = random.ints(random.nextInt(40), 0, twice.length).sorted().toArray();
      assertEquals(expected, events(twice, splits), "seed " + seed);
    }
  }

  private static List<String> events(byte[] script, int... splits) {
    RecordingReceiver receiver = new RecordingReceiver();
    FrameParser parser = new FrameParser(true, LIMITS, null, receiver);
    ByteBuffer in = ByteBuffer.allocateDirect(script.length).put(script);
    int from = 0;
    for (int i = 0; i <= splits.length; i++) {
      int to = i < splits.length ? splits[i] : script.length;
      parser.parse(in.limit(to).position(from));
      assertEquals(to, in.position(), "not all taken");
      from = to;
    }
    return receiver.take();
  }
}
