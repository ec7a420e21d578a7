package io.github.easywebsocket.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class OutBuffersTest {

  private final OutBuffers buffers = new OutBuffers(1 << 16, 2);

  @Test
  void aThreadGetsTheBufferAgainThatItGaveBackAndItIsEmpty() {
    ByteBuffer buffer = buffers.borrow();
    buffer.putInt(1).limit(9);
    buffers.release(buffer);
    assertSame(buffer, buffers.borrow());
    assertEquals(0, buffer.position());
    assertEquals(1 << 16, buffer.remaining());
  }

  @Test
  void beyondTheBoundASmallBufferOnTheHeapIsLentAndNotKept() {
    ByteBuffer first = buffers.borrow();
    ByteBuffer second = buffers.borrow();
    assertNotSame(first, second);
    assertTrue(first.isDirect() && second.isDirect());
    ByteBuffer third = buffers.borrow();
    assertFalse(third.isDirect());
    assertEquals(8192, third.remaining());
    buffers.release(third);
    assertFalse(buffers.borrow().isDirect());
    buffers.release(first);
    assertSame(first, buffers.borrow());
  }

  @Test
  void aForgottenBufferIsReplaced() {
    ByteBuffer first = buffers.borrow();
    buffers.borrow();
    buffers.forget(first);
    ByteBuffer third = buffers.borrow();
    assertTrue(third.isDirect());
    assertNotSame(first, third);
    assertFalse(buffers.borrow().isDirect());
    buffers.forget(ByteBuffer.allocate(1));
    assertFalse(buffers.borrow().isDirect(), "one on the heap does not count");
  }

  @Test
  void aBufferForWhichThereIsNoMemoryIsNotCounted() {
    assumeTrue(Runtime.getRuntime().maxMemory() < Integer.MAX_VALUE, "memory is bounded");
    OutBuffers huge = new OutBuffers(Integer.MAX_VALUE, 1);
    assertThrows(OutOfMemoryError.class, huge::borrow);
    assertThrows(OutOfMemoryError.class, huge::borrow);
  }

  @Test
  void badBoundsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new OutBuffers(255, 1));
    assertThrows(IllegalArgumentException.class, () -> new OutBuffers(256, 0));
  }
}
