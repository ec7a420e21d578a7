package io.github.easywebsocket.driver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PayloadBufferTest {

  private final PayloadBuffer buffer = new PayloadBuffer(1 << 20);

  @Test
  void aMessageThatIsAllThereIsAllocatedOnceAtItsSize() {
    buffer.reserve(100_000, 100_000, true);
    byte[] bytes = buffer.bytes();
    assertEquals(100_000, bytes.length);
    buffer.advance(100_000);
    assertSame(bytes, buffer.take());
    assertEquals(0, buffer.bytes().length);
  }

  @Test
  void whatIsAnnouncedAndNotSentIsNotAllocated() {
    buffer.reserve(10, 1 << 20, true);
    assertEquals(4096, buffer.bytes().length);
    buffer.advance(10);
    buffer.reserve(10_000, (1 << 20) - 10, true);
    assertEquals(8 * 10_010, buffer.bytes().length);
  }

  @Test
  void aMessageInPiecesEndsAtItsExactSizeWithoutATrim() {
    int size = 1_000_003;
    for (int sent = 0; sent < size; ) {
      int piece = Math.min(9_999, size - sent);
      buffer.reserve(piece, size - sent, true);
      assertTrue(buffer.bytes().length <= Math.max(4096, 8L * (sent + piece)));
      buffer.advance(piece);
      sent += piece;
    }
    byte[] last = buffer.bytes();
    assertEquals(size, last.length);
    assertSame(last, buffer.take());
  }

  @Test
  void manySmallFragmentsAreNotCopiedAgainForEach() {
    int allocations = 0;
    byte[] expected = Wire.pattern(3_000);
    for (int i = 0; i < 3_000; i++) {
      byte[] before = buffer.bytes();
      buffer.reserve(1, 1, false);
      allocations += before == buffer.bytes() ? 0 : 1;
      buffer.bytes()[buffer.size()] = expected[i];
      buffer.advance(1);
    }
    assertTrue(allocations < 16, "allocations: " + allocations);
    assertArrayEquals(expected, buffer.take());
  }

  @Test
  void itNeverGrowsBeyondTheLimit() {
    PayloadBuffer small = new PayloadBuffer(100);
    small.reserve(60, 60, false);
    small.advance(60);
    small.reserve(1, 1, false);
    assertEquals(100, small.bytes().length);
  }
}
