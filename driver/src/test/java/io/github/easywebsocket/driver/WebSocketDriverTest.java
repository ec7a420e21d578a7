package io.github.easywebsocket.driver;

import static io.github.easywebsocket.driver.Wire.concat;
import static io.github.easywebsocket.driver.Wire.hex;
import static io.github.easywebsocket.driver.Wire.masked;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Limits;
import io.github.easywebsocket.Message;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The life of a connection, between a scripted engine and a recorded core. */
class WebSocketDriverTest {

  private final FakePipe pipe = new FakePipe();
  private final OutBuffers buffers = new OutBuffers(256, 4);
  private final RecordingReceiver receiver = new RecordingReceiver().withReads();
  private final WebSocketDriver driver =
      WebSocketDriver.server(pipe, buffers, Limits.DEFAULT, null, receiver);

  @BeforeEach
  void open() {
    driver.open("chat");
    receiver.expect("open chat");
    assertSame(driver, receiver.transport);
  }

  // ---- in the middle

  @Test
  void repliesToOneReadLeaveInOneWrite() {
    receiver.then =
        event -> {
          if (event.startsWith("text")) {
            assertTrue(driver.send(Message.text("re " + event)));
          } else {
            assertEquals("readComplete", event);
            driver.flush();
          }
        };
    received(masked(0x81, "a"), masked(0x81, "b"));
    received(masked(0x81, "c"));
    assertEquals(0, pipe.writes);
    driver.readComplete();
    receiver.expect("text a", "text b", "text c", "readComplete");
    assertEquals(1, pipe.writes);
    assertEquals(3 * (2 + "re text a".length()), pipe.take().length);
  }

  @Test
  void bytesThatCompleteNothingAreToldOfAsARead() {
    read(hex("81"));
    receiver.expect("readComplete");
  }

  @Test
  void aSlowReaderIsWaitedForAndTheSendIsOverWhenItIsWritten() {
    pipe.room = 5;
    assertFalse(driver.send(Message.binary(Wire.pattern(1000))));
    assertEquals(999, driver.pendingBytes());
    receiver.expectNothing();
    pipe.makeRoom(1000);
    driver.writable();
    receiver.expect("sent");
    assertEquals(0, driver.pendingBytes());
  }

  @Test
  void pauseAndResumeReachThePipe() {
    driver.pause();
    assertTrue(pipe.paused);
    driver.resume();
    assertFalse(pipe.paused);
  }

  @Test
  void controlFramesAreSent() {
    driver.ping(ByteBuffer.wrap(hex("01 02")));
    driver.pong(ByteBuffer.wrap(hex("03")));
    driver.flush();
    assertEquals("89 02 01 02 8a 01 03", pipe.takeHex());
    driver.close(1005, "");
    assertEquals("88 00", pipe.takeHex());
  }

  @Test
  void aCloseFrameLeavesAtOnceTogetherWithWhatWasSentBefore() {
    driver.send(Message.text("a"));
    driver.close(1001, "gone");
    assertEquals("81 01 61 88 06 03 e9 67 6f 6e 65", pipe.takeHex());
    assertEquals(1, pipe.writes);
  }

  @Test
  void whatTheEngineOffersIsHandedThrough() {
    assertSame(pipe, driver.unwrap(FakePipe.class));
    assertFalse(driver.mayBlock());
  }

  // ---- how it ends

  @Test
  void thePeersEndWithoutACloseFrameEndsTheConnection() {
    driver.endOfInput();
    receiver.expect("closed");
    assertTrue(pipe.closed);
  }

  @Test
  void aServerClosesAtOnceAfterTheClosingHandshakeThatThePeerBegan() {
    receiver.then =
        event -> {
          if (event.startsWith("close ")) {
            driver.close(1000, "");
            driver.disconnect();
          }
        };
    read(masked(0x88, hex("03 e8")));
    receiver.expect("close 1000 ", "readComplete", "closed");
    assertEquals("88 02 03 e8", pipe.takeHex());
    assertTrue(pipe.outputEnded && pipe.closed);
  }

  @Test
  void aServerClosesAtOnceAfterTheClosingHandshakeThatItBegan() {
    driver.close(1000, "");
    read(masked(0x88, hex("03 e8")));
    receiver.expect("close 1000 ", "readComplete");
    driver.disconnect();
    receiver.expect("closed");
    assertTrue(pipe.closed);
  }

  @Test
  void withBytesBehindTheCloseFrameTheServerWaitsForThePeersEnd() {
    read(concat(masked(0x88, ""), masked(0x81, "late")));
    driver.close(1005, "");
    driver.disconnect();
    receiver.expect("close 1005 ", "readComplete");
    assertTrue(pipe.outputEnded);
    assertFalse(pipe.closed);
    driver.endOfInput();
    receiver.expect("closed");
  }

  @Test
  void afterAFailureInputIsThrownAwayUntilThePeersEnd() {
    driver.pause();
    read(hex("83 80"));
    receiver.expect("failed 1002", "readComplete");
    driver.close(1002, "");
    driver.disconnect();
    assertFalse(pipe.paused, "or the peer's end would not be seen");
    assertTrue(pipe.outputEnded);
    driver.pause();
    assertFalse(pipe.paused);
    ByteBuffer more = ByteBuffer.wrap(Wire.pattern(1000));
    driver.received(more);
    driver.readComplete();
    assertFalse(more.hasRemaining());
    receiver.expect("readComplete");
    driver.endOfInput();
    receiver.expect("closed");
  }

  @Test
  void aClientWaitsForTheServerToClose() {
    RecordingReceiver told = new RecordingReceiver();
    WebSocketDriver client = WebSocketDriver.client(pipe, buffers, Limits.DEFAULT, null, told);
    client.open(null);
    client.close(1000, "");
    client.received(ByteBuffer.wrap(hex("88 02 03 e8")));
    client.readComplete();
    client.disconnect();
    told.expect("open null", "close 1000 ");
    assertTrue(pipe.outputEnded);
    assertFalse(pipe.closed);
    client.endOfInput();
    told.expect("closed");
  }

  @Test
  void disconnectWritesWhatIsLeftBeforeItEndsTheOutput() {
    read(masked(0x88, ""));
    pipe.room = 0;
    driver.send(Message.text("a"));
    driver.close(1005, "");
    driver.disconnect();
    driver.disconnect();
    assertFalse(pipe.outputEnded);
    driver.endOfInput();
    assertFalse(pipe.closed, "the peer may still read");
    pipe.makeRoom(3);
    driver.writable();
    assertFalse(pipe.outputEnded);
    pipe.makeRoom(2);
    driver.writable();
    receiver.expect("close 1005 ", "readComplete", "closed");
    assertTrue(pipe.outputEnded && pipe.closed);
    assertEquals("81 01 61 88 00", pipe.takeHex());
  }

  @Test
  void disconnectBeforeTheFlushEndsTheOutputWithTheFlush() {
    driver.send(Message.text("a"));
    driver.disconnect();
    assertFalse(pipe.outputEnded);
    driver.flush();
    assertTrue(pipe.outputEnded);
    assertFalse(pipe.closed);
  }

  @Test
  void thePeersEndBehindItsCloseFrameLeavesTimeToAnswer() {
    read(masked(0x88, ""));
    driver.endOfInput();
    receiver.expect("close 1005 ", "readComplete");
    driver.send(Message.text("a"));
    driver.close(1005, "");
    driver.disconnect();
    receiver.expect("closed");
    assertEquals("81 01 61 88 00", pipe.takeHex());
  }

  @Test
  void abortEndsAtOnceAndOnlyOnce() {
    pipe.room = 0;
    driver.send(Message.text("a"));
    driver.flush();
    driver.abort();
    receiver.expect("closed");
    assertTrue(pipe.closed);
    assertFalse(pipe.outputEnded);
    driver.abort();
    driver.disconnect();
    driver.endOfInput();
    driver.failed(new IOException("late"));
    driver.writable();
    read(masked(0x81, "late"));
    assertFalse(driver.send(Message.text("late")));
    driver.ping(ByteBuffer.wrap(new byte[0]));
    driver.flush();
    receiver.expectNothing();
    assertEquals(0, driver.pendingBytes());
  }

  @Test
  void abortInsideACallbackIsToldAfterTheRead() {
    receiver.then =
        event -> {
          if (event.equals("text a")) {
            driver.abort();
            assertTrue(pipe.closed);
          }
        };
    read(masked(0x81, "a"), masked(0x81, "b"));
    receiver.expect("text a", "readComplete", "closed");
  }

  @Test
  void abortInsideOpenIsToldAfterIt() {
    RecordingReceiver told = new RecordingReceiver();
    WebSocketDriver other = WebSocketDriver.server(pipe, buffers, Limits.DEFAULT, null, told);
    told.then = event -> other.abort();
    other.open(null);
    told.expect("open null", "closed");
  }

  @Test
  void abortWhenASendIsOverIsToldAfterIt() {
    pipe.room = 0;
    driver.send(Message.binary(Wire.pattern(1000)));
    receiver.then =
        event -> {
          if (event.equals("sent")) {
            driver.abort();
            receiver.expect("sent");
          }
        };
    pipe.makeRoom(2000);
    driver.writable();
    receiver.expect("closed");
  }

  @Test
  void endOfInputInsideAReadCompletesItFirst() {
    received(masked(0x81, "a"));
    driver.endOfInput();
    receiver.expect("text a", "readComplete", "closed");
  }

  // ---- failures

  @Test
  void aFailureIsTold() {
    driver.failed(new IOException("disk on fire"));
    receiver.expect("closed disk on fire");
    assertTrue(pipe.closed);
  }

  @Test
  void aFailureOfTlsIsTold() {
    driver.failed(new SSLException("Connection reset? no, bad_record_mac"));
    receiver.expect("closed Connection reset? no, bad_record_mac");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Connection reset",
        "Connection reset by peer",
        "Broken pipe",
        "An established connection was aborted by the software in your host machine",
        "An existing connection was forcibly closed by the remote host",
      })
  void aPeerThatIsGoneIsNoFailure(String message) {
    driver.failed(new IOException(message));
    receiver.expect("closed");
  }

  /** Engines close a connection before they throw what broke its TLS. */
  @Test
  void aPipeThatIsClosedWhileItIsAskedForBytesEndsByWhatThatThrows() {
    driver.fetching();
    driver.pipeClosed();
    receiver.expectNothing();
    driver.failed(new SSLException("bad_record_mac"));
    receiver.expect("closed bad_record_mac");
  }

  @Test
  void aPipeThatIsClosedWhileItIsAskedForBytesInVainEndsByThat() {
    driver.fetching();
    driver.pipeClosed();
    receiver.expectNothing();
    driver.fetched();
    receiver.expect("closed");
  }

  @Test
  void aPipeThatIsClosedWhenNobodyAsksItEndsByThat() {
    driver.fetching();
    driver.fetched();
    driver.pipeClosed();
    receiver.expect("closed");
  }

  @Test
  void aPipeThatIsClosedIsNoFailure() {
    driver.failed(new ClosedChannelException());
    receiver.expect("closed");
  }

  @Test
  void aWriteThatFailsEndsTheConnectionWhereverItHappens() {
    pipe.failure = new IOException("no route");
    driver.send(Message.text("a"));
    driver.flush();
    receiver.expect("closed no route");
    assertTrue(pipe.closed);
  }

  @Test
  void aSendThatFailsIsNotOverBeforeClosed() {
    pipe.failure = new IOException("no route");
    assertFalse(driver.send(Message.binary(Wire.pattern(1000))));
    receiver.expect("closed no route");
  }

  @Test
  void ofSeveralEndsTheFirstCounts() {
    receiver.then =
        event -> {
          if (event.equals("text a")) {
            pipe.failure = new IOException("first");
            assertFalse(driver.send(Message.binary(Wire.pattern(1000))));
            driver.abort();
          }
        };
    read(masked(0x81, "a"));
    receiver.expect("text a", "readComplete", "closed first");
  }

  @Test
  void aWriteThatFailsWhenThePipeIsWritableEndsTheConnection() {
    pipe.room = 0;
    driver.send(Message.binary(Wire.pattern(1000)));
    pipe.makeRoom(10);
    pipe.failure = new IOException("no route");
    driver.writable();
    receiver.expect("closed no route");
  }

  @Test
  void anOutputThatCannotBeEndedEndsTheConnection() {
    pipe.failure = new IOException("no route");
    driver.disconnect();
    receiver.expect("closed no route");
  }

  @Test
  void wantOfMemoryInTheMiddleOfAReadEndsTheConnection() {
    receiver.then =
        event -> {
          if (event.equals("text a")) {
            throw new OutOfMemoryError("of the test");
          }
        };
    read(masked(0x81, "a"), masked(0x81, "b"));
    receiver.expect("text a", "readComplete", "closed of the test");
    assertTrue(pipe.closed);
  }

  @Test
  void wantOfMemoryAtTheEndOfAReadEndsTheConnection() {
    receiver.then =
        event -> {
          if (event.equals("readComplete")) {
            throw new OutOfMemoryError("of the test");
          }
        };
    read(masked(0x81, "a"));
    receiver.expect("text a", "readComplete", "closed of the test");
    assertTrue(pipe.closed);
  }

  @Test
  void wantOfMemoryToOpenEndsTheConnection() {
    FakePipe other = new FakePipe();
    RecordingReceiver broken = new RecordingReceiver();
    broken.then =
        event -> {
          if (event.startsWith("open")) {
            throw new OutOfMemoryError("of the test");
          }
        };
    WebSocketDriver.server(other, buffers, Limits.DEFAULT, null, broken).open(null);
    broken.expect("open null", "closed of the test");
    assertTrue(other.closed);
  }

  @Test
  void wantOfMemoryToWriteOnEndsTheConnection() {
    pipe.room = 5;
    assertFalse(driver.send(Message.binary(Wire.pattern(1000))));
    pipe.makeRoom(1000);
    pipe.beforeWrite =
        () -> {
          throw new OutOfMemoryError("of the test");
        };
    driver.writable();
    receiver.expect("closed of the test");
    assertTrue(pipe.closed);
  }

  @Test
  void aPipeThatCannotBeClosedHoldsNothingUp() {
    pipe.duringClose =
        () -> {
          throw new IllegalStateException("stuck");
        };
    driver.send(Message.text("a"));
    driver.abort();
    receiver.expect("closed stuck");
    assertEquals(0, driver.pendingBytes());
  }

  @Test
  void noBufferIsLostWhateverTheEnd() {
    for (int i = 0; i < 10; i++) {
      WebSocketDriver one =
          WebSocketDriver.server(
              new FakePipe(), buffers, Limits.DEFAULT, null, new RecordingReceiver());
      one.open(null);
      one.send(Message.text("a"));
      one.abort();
      one.flush();
    }
    for (int i = 0; i < 4; i++) {
      assertTrue(buffers.borrow().isDirect(), "buffer " + i);
    }
  }

  private void received(byte[]... frames) {
    driver.received(ByteBuffer.wrap(concat(frames)));
  }

  private void read(byte[]... frames) {
    received(frames);
    driver.readComplete();
  }
}
