package io.github.easywebsocket.driver;

import static io.github.easywebsocket.driver.Wire.concat;
import static io.github.easywebsocket.driver.Wire.frame;
import static io.github.easywebsocket.driver.Wire.utf8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Limits;
import io.github.easywebsocket.Message;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@link Output} writes, through a pipe that takes as little as the test wants. */
class OutputTest {

  private static final int BUFFER = 256;

  private final FakePipe pipe = new FakePipe();
  private final OutBuffers buffers = new OutBuffers(BUFFER, 1);
  private final Output output = new Output(pipe, buffers, null, null);

  @Test
  void whatIsSentBetweenFlushesLeavesInOneWrite() throws IOException {
    assertTrue(output.send(Message.text("Hello")));
    assertTrue(output.send(Message.binary(new byte[] {1, 2})));
    output.control(Frame.PING, ByteBuffer.wrap(utf8("p")));
    output.control(Frame.PONG, ByteBuffer.wrap(new byte[0]));
    assertEquals(0, pipe.writes);
    assertEquals(7 + 4 + 3 + 2, output.pending());
    output.flush();
    assertEquals("81 05 48 65 6c 6c 6f 82 02 01 02 89 01 70 8a 00", pipe.takeHex());
    assertEquals(1, pipe.writes);
    assertEquals(0, output.pending());
    output.flush();
    assertEquals(1, pipe.writes);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 125, 126, 127, 241, 242, 243, 256, 257, 65_535, 65_536, 1_000_000})
  void aMessageOfAnySizeIsFramedWhateverIsInTheBuffer(int size) throws IOException {
    Message message = Message.binary(Wire.pattern(size));
    byte[] expected = frame(0x82, Wire.pattern(size));
    for (int before = 0; before <= BUFFER; before += 3) {
      byte[] first = new byte[] {};
      if (before > 2) {
        assertTrue(output.send(Message.binary(Wire.pattern(before - 2))));
        first = frame(0x82, Wire.pattern(before - 2));
      }
      assertTrue(output.send(message));
      output.flush();
      assertArrayEquals(concat(first, expected), pipe.take(), "behind " + before);
      assertEquals(0, output.pending());
    }
  }

  @Test
  void aConnectionHoldsABufferOnlyFromTheFirstSendToTheFlush() throws IOException {
    assertTrue(output.send(Message.text("a")));
    assertFalse(buffers.borrow().isDirect(), "the only one is in use");
    output.flush();
    ByteBuffer lent = buffers.borrow();
    assertTrue(lent.isDirect(), "it is back");
    assertEquals(BUFFER, lent.remaining());
  }

  @Test
  void noBufferIsHeldWhileTheReaderIsSlow() throws IOException {
    pipe.room = 10;
    assertTrue(output.send(Message.text(Wire.letters(100))));
    output.flush();
    assertTrue(pipe.awaiting);
    assertEquals(92, output.pending());
    assertTrue(buffers.borrow().isDirect());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 14, 100, 255, 256, 257, 1000})
  void everythingArrivesInOrderThroughAPipeThatTakesAFewBytesAtATime(int atATime)
      throws IOException {
    runScript(atATime, 0);
  }

  @Test
  void everythingArrivesInOrderThroughAPipeThatAlsoTakesNothingAtTimes() throws IOException {
    long seed = new Random().nextLong();
    for (int i = 0; i < 300; i++) {
      try {
        runScript(0, seed + i);
      } catch (AssertionError e) {
        throw new AssertionError("seed " + (seed + i), e);
      }
    }
  }

  /** Sends of all sizes as the core does it: after false nothing until the send is over. */
  private void runScript(int atATime, long seed) throws IOException {
    Random random = new Random(seed);
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    pipe.take();
    pipe.room = atATime > 0 ? atATime : random.nextInt(300);
    for (int i = 0; i < 30; i++) {
      int size = random.nextInt(4) == 0 ? random.nextInt(2000) : random.nextInt(200);
      byte[] payload = Wire.pattern(size);
      expected.writeBytes(frame(0x82, payload));
      boolean taken = output.send(Message.binary(payload));
      while (!taken) {
        assertTrue(output.pending() > 0);
        pipe.makeRoom(atATime > 0 ? atATime : random.nextInt(300));
        taken = output.writable();
      }
      if (random.nextBoolean()) {
        byte[] ping = Wire.pattern(random.nextInt(126));
        expected.writeBytes(frame(0x89, ping));
        output.control(Frame.PING, ByteBuffer.wrap(ping));
      }
      if (random.nextInt(3) == 0) {
        output.flush();
      }
    }
    output.flush();
    while (pipe.awaiting) {
      pipe.makeRoom(atATime > 0 ? atATime : 1 + random.nextInt(300));
      assertFalse(output.writable());
    }
    assertArrayEquals(expected.toByteArray(), pipe.take());
    assertEquals(0, output.pending());
    assertTrue(buffers.borrow().isDirect(), "the buffer is back");
    buffers.release(ByteBuffer.allocateDirect(BUFFER));
  }

  @Test
  void aSendThatIsNotWrittenIsOverOnceWhenItIs() throws IOException {
    pipe.room = 300;
    assertFalse(output.send(Message.binary(Wire.pattern(1000))));
    assertEquals(1004 - 300, output.pending());
    pipe.makeRoom(703);
    assertFalse(output.writable());
    assertEquals(1, output.pending());
    pipe.makeRoom(1);
    assertTrue(output.writable());
    assertEquals(0, output.pending());
    assertFalse(output.writable());
    assertArrayEquals(frame(0x82, Wire.pattern(1000)), pipe.take());
  }

  @Test
  void ofALargeMessageOnlyTheHeaderIsCopiedForASlowReader() throws IOException {
    pipe.room = 0;
    Message large = Message.binary(Wire.pattern(1_000_000));
    assertFalse(output.send(large));
    assertEquals(1_000_010, output.pending());
    List<ByteBuffer> seen = new ArrayList<>();
    pipe.beforeWrite = () -> seen.add(buffers.borrow());
    pipe.makeRoom(10);
    assertFalse(output.writable());
    assertEquals("82 7f 00 00 00 00 00 0f 42 40", pipe.takeHex());
    assertTrue(seen.get(0).isDirect(), "the header went from an array of its own");
    assertFalse(seen.get(1).isDirect(), "the payload went through the only buffer");
  }

  @Test
  void whileBlockedOnlyTheNewestPongIsKeptAndNeverBehindAClose() throws IOException {
    pipe.room = 0;
    output.send(Message.text("a"));
    output.flush();
    for (int i = 0; i < 1000; i++) {
      output.control(Frame.PONG, ByteBuffer.wrap(new byte[] {1, (byte) i}));
    }
    assertEquals(3 + 4, output.pending());
    output.control(Frame.CLOSE, ByteBuffer.wrap(new byte[0]));
    pipe.makeRoom(1000);
    assertFalse(output.writable());
    assertEquals("81 01 61 8a 02 01 e7 88 00", pipe.takeHex());
    assertEquals(0, output.pending());
  }

  @Test
  void aPongKeptWhileBlockedIsWrittenWithoutAnotherSend() throws IOException {
    pipe.room = 0;
    output.send(Message.text("a"));
    output.flush();
    output.control(Frame.PONG, ByteBuffer.wrap(new byte[0]));
    pipe.makeRoom(4);
    assertFalse(output.writable());
    assertEquals(1, output.pending());
    pipe.makeRoom(4);
    assertFalse(output.writable());
    assertEquals("81 01 61 8a 00", pipe.takeHex());
    assertEquals(0, output.pending());
  }

  @Test
  void framesAddedBetweenPartsOfWhatIsLeftKeepTheirOrder() throws IOException {
    pipe.room = 0;
    output.send(Message.text("abcdefgh"));
    output.flush();
    for (byte i = 1; i <= 3; i++) {
      pipe.makeRoom(2);
      output.writable();
      output.control(Frame.PING, ByteBuffer.wrap(new byte[] {i}));
    }
    pipe.makeRoom(1000);
    output.writable();
    assertEquals("81 08 61 62 63 64 65 66 67 68 89 01 01 89 01 02 89 01 03", pipe.takeHex());
  }

  @Test
  void aMessageSentWhileBlockedWaitsBehindWhatIsLeft() throws IOException {
    pipe.room = 1;
    output.send(Message.text("a"));
    output.flush();
    output.control(Frame.PONG, ByteBuffer.wrap(new byte[] {5}));
    assertFalse(output.send(Message.text("b")));
    assertThrows(
        IllegalStateException.class,
        () -> output.control(Frame.PING, ByteBuffer.wrap(new byte[0])),
        "the core must not");
    pipe.makeRoom(1000);
    assertTrue(output.writable());
    assertEquals("81 01 61 8a 01 05 81 01 62", pipe.takeHex());
  }

  @Test
  void afterItIsUnblockedItFlowsAgain() throws IOException {
    pipe.room = 0;
    output.send(Message.text("a"));
    output.flush();
    pipe.makeRoom(1000);
    output.writable();
    assertTrue(output.send(Message.text("b")));
    output.flush();
    assertEquals("81 01 61 81 01 62", pipe.takeHex());
  }

  @Test
  void aFailureOfTheWriteGivesTheBufferBack() throws IOException {
    output.send(Message.text("a"));
    pipe.failure = new IOException("Broken pipe");
    assertEquals(pipe.failure, assertThrows(IOException.class, output::flush));
    assertTrue(buffers.borrow().isDirect());
  }

  @Test
  void afterAbandonNothingIsHeldAndNothingCanBeSent() throws IOException {
    pipe.room = 0;
    output.send(Message.text("a"));
    output.flush();
    assertFalse(output.send(Message.binary(Wire.pattern(1000))));
    output.abandon();
    assertEquals(0, output.pending());
    assertFalse(output.writable());
    assertThrows(ClosedChannelException.class, () -> output.send(Message.text("b")));
    assertTrue(buffers.borrow().isDirect());
  }

  @Test
  void aBufferAbandonedInTheMiddleOfABatchIsNotLentAgainButReplaced() throws IOException {
    ByteBuffer only = buffers.borrow();
    buffers.release(only);
    output.send(Message.text("a"));
    output.abandon();
    output.flush();
    assertThrows(ClosedChannelException.class, () -> output.send(Message.text("b")));
    assertEquals(0, pipe.writes);
    ByteBuffer next = buffers.borrow();
    assertTrue(next.isDirect());
    assertNotSame(only, next);
  }

  @Test
  void abandonedDuringAWriteThatDoesNotFinishItKeepsNothing() throws IOException {
    pipe.room = 100;
    pipe.beforeWrite = output::abandon;
    assertThrows(
        ClosedChannelException.class, () -> output.send(Message.binary(Wire.pattern(1000))));
    assertEquals(0, output.pending());
    assertThrows(ClosedChannelException.class, () -> output.send(Message.text("a")));
    assertTrue(buffers.borrow().isDirect());
  }

  @ParameterizedTest
  @ValueSource(ints = {BUFFER, 66_000})
  void aMaskedFrameThatAlmostFitsIsNotCutShort(int buffer) throws IOException {
    Output client = new Output(pipe, new OutBuffers(buffer, 1), new MaskKeys(), null);
    for (int size = buffer - 20; size < buffer + 4; size++) {
      RecordingReceiver peer = new RecordingReceiver();
      assertTrue(client.send(Message.binary(Wire.pattern(size))));
      client.flush();
      byte[] wire = pipe.take();
      new FrameParser(true, Limits.DEFAULT, null, peer).parse(ByteBuffer.wrap(wire));
      peer.expect("binary " + RecordingReceiver.describe(Wire.pattern(size), false));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 10, 50, 1000})
  void aClientMasksEachFrameWithAKeyOfItsOwn(int atATime) throws IOException {
    Output client = new Output(pipe, buffers, new MaskKeys(), null);
    RecordingReceiver peer = new RecordingReceiver();
    pipe.room = atATime;
    List<String> expected = new ArrayList<>();
    for (int size : new int[] {0, 1, 5, 200, 241, 1000, 70_000}) {
      byte[] payload = Wire.pattern(size);
      expected.add("binary " + RecordingReceiver.describe(payload, false));
      boolean taken = client.send(Message.binary(payload));
      while (!taken) {
        pipe.makeRoom(atATime);
        taken = client.writable();
      }
      client.control(Frame.PONG, ByteBuffer.wrap(payload, 0, Math.min(size, 9)));
      client.flush();
      expected.add("pong " + Wire.hex(Wire.pattern(Math.min(size, 9))));
      while (pipe.awaiting) {
        pipe.makeRoom(atATime);
        client.writable();
      }
    }
    byte[] wire = pipe.take();
    new FrameParser(true, Limits.DEFAULT, null, peer).parse(ByteBuffer.wrap(wire));
    assertEquals(expected, peer.take());
  }
}
