package io.github.easywebsocket.driver;

import static io.github.easywebsocket.driver.Wire.concat;
import static io.github.easywebsocket.driver.Wire.hex;
import static io.github.easywebsocket.driver.Wire.masked;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Limits;
import io.github.easywebsocket.Message;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Messages that are reported, and sent, in parts. */
class FramePartsTest {

  private static final Limits TINY = Limits.DEFAULT.withMaxMessageSize(1).withMaxFragments(1);

  private final RecordingReceiver receiver = new RecordingReceiver();

  private FrameParser parser() {
    receiver.takesParts = true;
    return new FrameParser(true, TINY, null, receiver);
  }

  private static ByteBuffer in(byte[] bytes) {
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  @Test
  void whatIsThereIsReportedAtOnce() {
    FrameParser parser = parser();
    byte[] frame = masked(0x81, "Hello");
    parser.parse(in(Arrays.copyOf(frame, 9)));
    receiver.expect("part Hel");
    parser.parse(in(new byte[] {frame[9]}));
    receiver.expect("part l");
    parser.parse(in(new byte[] {frame[10]}));
    receiver.expect("part o frame message");
  }

  @Test
  void framesOfAMessageArePartsAndControlFramesGoBetween() {
    FrameParser parser = parser();
    parser.parse(in(concat(masked(0x01, "a"), masked(0x89, "p"), masked(0x00, "b"))));
    receiver.expect("part a frame", "ping 70", "part b frame");
    parser.parse(in(concat(masked(0x00, ""), masked(0x80, ""), masked(0x82, hex("01")))));
    receiver.expect("part  frame", "part  frame message", "part 01 frame message");
    parser.parse(in(concat(masked(0x80, "x"))));
    receiver.expect("failed 1002");
  }

  @Test
  void theBytesAreUnmaskedHoweverTheyAreSplit() {
    byte[] payload = Wire.pattern(1000);
    byte[] frame = masked(0x82, payload);
    for (int split = 0; split <= frame.length; split++) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      RecordingReceiver each =
          new RecordingReceiver() {
            @Override
            public void part(boolean text, ByteBuffer piece, boolean endOfFrame, boolean last) {
              byte[] bytes = new byte[piece.remaining()];
              piece.get(bytes);
              all.writeBytes(bytes);
            }
          };
      each.takesParts = true;
      FrameParser parser = new FrameParser(true, TINY, null, each);
      ByteBuffer in = in(frame);
      parser.parse(in.limit(split));
      assertEquals(split, in.position());
      parser.parse(in.limit(frame.length));
      assertArrayEquals(payload, all.toByteArray(), "split at " + split);
    }
  }

  @Test
  void partsAreSentAsFramesOfOneMessage() throws IOException {
    FakePipe pipe = new FakePipe();
    Output output = new Output(pipe, new OutBuffers(256, 1), null, null);
    assertTrue(output.sendPart(Message.text("a"), true, false));
    output.control(Frame.PING, ByteBuffer.allocate(0));
    assertTrue(output.sendPart(Message.text("b"), false, false));
    assertTrue(output.sendPart(Message.text(""), false, true));
    assertTrue(output.sendPart(Message.binary(new byte[] {1}), true, false));
    output.flush();
    assertEquals("01 01 61 89 00 00 01 62 80 00 02 01 01", pipe.takeHex());
  }
}
