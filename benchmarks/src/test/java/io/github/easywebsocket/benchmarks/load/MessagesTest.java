package io.github.easywebsocket.benchmarks.load;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessagesTest {

  @ParameterizedTest
  @ValueSource(strings = {"b64-64x16", "b16k-16x4", "b1m-4x2", "deflate-j1k-16x4"})
  void messages_end_where_their_bytes_do(String cell) {
    Messages messages = new Messages(Cell.named(cell));
    for (long count = 0; count < 3L * messages.count(); count++) {
      long bytes = messages.bytesOf(count);
      assertEquals(count, messages.wholeIn(bytes));
      assertEquals(count, messages.wholeIn(bytes + 1), "one byte more");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Payload.class,
      names = {"ASCII", "UTF8", "JSON"})
  void text_is_valid_and_of_the_size_asked_for(Payload payload) throws CharacterCodingException {
    byte[] bytes = payload.make(1000, new Random(1));
    assertEquals(1000, bytes.length);
    StandardCharsets.UTF_8.newDecoder().decode(java.nio.ByteBuffer.wrap(bytes)); // throws
  }

  @Test
  void a_frame_is_masked_as_in_the_rfc() {
    // RFC 6455 §5.7: a single-frame masked text message, "Hello"
    byte[] frame =
        ClientFrame.masked(0x81, "Hello".getBytes(StandardCharsets.US_ASCII), 0x37fa213d);
    byte[] expected = {
      (byte) 0x81, (byte) 0x85, 0x37, (byte) 0xfa, 0x21, 0x3d, 0x7f, (byte) 0x9f, 0x4d, 0x51, 0x58
    };
    assertArrayEquals(expected, frame);
  }
}
