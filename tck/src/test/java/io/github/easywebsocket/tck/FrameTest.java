package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.easywebsocket.tck.Frame.Length;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The bytes of frames, with the examples of RFC 6455 §5.7. */
class FrameTest {

  private static void expect(String hex, byte[] bytes) {
    assertEquals(hex, HexFormat.ofDelimiter(" ").formatHex(bytes));
  }

  @Test
  void theExamplesOfTheRfc() {
    expect("81 05 48 65 6c 6c 6f", Frame.text("Hello").encode(false));
    expect("81 85 37 fa 21 3d 7f 9f 4d 51 58", Frame.text("Hello").encode(true));
    expect("01 03 48 65 6c", Frame.text("Hel").notLast().encode(false));
    expect("80 02 6c 6f", Frame.continuation("lo").encode(false));
    expect("89 05 48 65 6c 6c 6f", Frame.ping("Hello").encode(false));
    expect("8a 85 37 fa 21 3d 7f 9f 4d 51 58", Frame.pong("Hello").encode(true));
  }

  @Test
  void lengthsAreWrittenInTheFewestBytesOrAsTold() {
    expect("82 7d", Frame.binary().header(false, Length.fewest(125), 125));
    expect("82 7e 00 7e", Frame.binary().header(false, Length.fewest(126), 126));
    expect("82 7e ff ff", Frame.binary().header(false, Length.fewest(65_535), 65_535));
    expect(
        "82 7f 00 00 00 00 00 01 00 00",
        Frame.binary().header(false, Length.fewest(65_536), 65_536));
    expect(
        "82 7f 80 00 00 00 00 00 00 00",
        Frame.binary().header(false, Length.BITS_64, Long.MIN_VALUE));
    expect("82 7e 00 01 07", Frame.binary((byte) 7).encode(false, Length.BITS_16));
  }

  @Test
  void closeFramesHaveACodeAndAReasonOrNothing() {
    expect("88 00", Frame.close().encode(false));
    expect("88 05 03 e8 62 79 65", Frame.close(1000, "bye").encode(false));
    assertEquals(1005, Frame.close().closeCode());
    assertEquals(65_535, Frame.close(65_535, "").closeCode());
    assertEquals("bye", Frame.close(1000, "bye").closeReason());
    assertEquals("close 1000 \"bye\" (3)", Frame.close(1000, "bye").toString());
    assertEquals("close of one byte", new Frame(0x88, new byte[] {3}).toString());
  }

  @Test
  void reservedBits() {
    expect("f1 00", Frame.text("").reserved(7).encode(false));
    expect("c1 00", Frame.text("").reserved(4).encode(false));
  }
}
