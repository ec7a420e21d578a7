package io.github.easywebsocket;

import static io.github.easywebsocket.Wiring.outcome;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.WebSocketHandler.Delivery;
import io.github.easywebsocket.Wiring.Mode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages that are sent in parts. */
@Timeout(30)
class OutgoingMessageTest {

  private Wiring w = new Wiring(Mode.EXECUTOR).open();

  /** A connection with room for a few bytes in its queue, of which the transport takes none. */
  private void withFullTransport(Mode mode, int queueBytes, Limits.Overflow overflow) {
    Limits limits = Limits.DEFAULT.withSendQueueBytes(queueBytes).withOverflow(overflow);
    w = new Wiring(mode, limits, Delivery.MESSAGES).open();
    w.transport.full = true;
  }

  @AfterEach
  void nothingElseHappened() {
    w.transport.gone(null);
    w.run();
    w.handler.forget();
    w.verify();
  }

  @Test
  void aMessageIsSentInParts() {
    OutgoingMessage message = w.session.startText();
    w.transport.did();
    assertEquals("done", outcome(message.send("a")));
    assertEquals("done", outcome(message.send("b")));
    assertEquals("done", outcome(message.finish()));
    w.transport.did("text a ...", "then b ...", "then  end");
    assertThrows(IllegalStateException.class, () -> message.send("c"));
    assertThrows(IllegalStateException.class, message::finish);
  }

  @Test
  void otherMessagesWaitForItsEnd() {
    OutgoingMessage message = w.session.startBinary();
    message.send(ByteBuffer.wrap(new byte[1]));
    CompletionStage<Void> other = w.session.send("other");
    w.session.ping();
    assertEquals("pending", outcome(other));
    message.finish();
    assertEquals("done", outcome(other));
    w.transport.did("binary 1 ...", "ping 0000000000000001", "then 0 end", "text other");
  }

  @Test
  void aMessageWithoutPartsIsEmpty() {
    assertEquals("done", outcome(w.session.startText().finish()));
    w.transport.did("text ");
  }

  @Test
  void twoMessagesInPartsFollowEachOther() {
    OutgoingMessage one = w.session.startText();
    OutgoingMessage other = w.session.startText();
    one.send("a");
    List<CompletionStage<Void>> sends = List.of(other.send("b"), other.send("c"), other.finish());
    one.finish();
    w.transport.did("text a ...", "then  end", "text b ...", "then c ...", "then  end");
    sends.forEach(sent -> assertEquals("done", outcome(sent)));
  }

  @Test
  void aPairOfSurrogatesMayBeCut() {
    OutgoingMessage message = w.session.startText();
    message.send("a\ud83d");
    message.send("\ude00");
    message.finish();
    w.transport.did("text a ...", "then \ud83d\ude00 ...", "then  end");
  }

  @Test
  void halfAPairAtTheEndIsLeftOutAndTold() {
    OutgoingMessage message = w.session.startText();
    message.send("a\ud83d");
    assertEquals("IllegalArgumentException", outcome(message.finish()));
    w.transport.did("text a ...", "then  end");
  }

  @Test
  void aCloseDoesNotWaitForTheRest() {
    OutgoingMessage message = w.session.startText();
    message.send("a");
    CompletionStage<Void> other = w.session.send("other");
    w.session.close();
    assertEquals("CLOSED", outcome(other));
    assertEquals("CLOSED", outcome(message.send("b")));
    w.transport.did("text a ...", "close 1000");
  }

  @Test
  void everyPartCompletesWhenTheConnectionEnds() {
    w.transport.full = true;
    CompletionStage<Void> first = w.session.send("first");
    OutgoingMessage message = w.session.startText();
    List<CompletionStage<Void>> sends = List.of(message.send("a"), message.send("b"));
    w.transport.gone(null);
    assertEquals("CLOSED", outcome(first));
    sends.forEach(sent -> assertEquals("CLOSED", outcome(sent)));
    assertEquals("CLOSED", outcome(message.send("c")));
    assertEquals(0, w.session.pendingBytes());
    w.transport.did("text first");
  }

  @Test
  void aPartThatIsRefusedMayBeSentAgain() {
    withFullTransport(Mode.INLINE, 70, Limits.Overflow.FAIL);
    OutgoingMessage message = w.session.startText();
    message.send("a");
    message.send("b");
    w.handler.forget();
    assertEquals("QUEUE_FULL", outcome(message.send("c\ud83d")));
    assertFalse(w.session.isWritable());
    w.transport.full = false;
    w.transport.sent();
    w.handler.saw("writable");
    assertTrue(w.session.isWritable());
    message.send("c\ud83d");
    message.send("\ude00");
    message.finish();
    w.transport.did("text a ...", "then b ...", "then c ...", "then \ud83d\ude00 ...", "then  end");
  }

  @Test
  void partsOfAnInlineHandlerFillNoQueueWhileTheTransportTakesThem() {
    Limits limits = Limits.DEFAULT.withSendQueueBytes(70).withOverflow(Limits.Overflow.FAIL);
    w = new Wiring(Mode.INLINE, limits).open();
    OutgoingMessage message = w.session.startText();
    List<CompletionStage<Void>> sends = new ArrayList<>();
    w.handler.in(
        "text",
        connection -> {
          sends.add(message.send("a"));
          sends.add(message.send("b"));
          sends.add(message.finish());
        });
    w.text("go");
    w.handler.forget();
    sends.forEach(sent -> assertEquals("done", outcome(sent)));
    w.transport.didWithFlushes("text a ...", "then b ...", "then  end", "flush");
  }

  @Test
  void whoSendsPartsIsToldOfRoomForThemThoughOthersFillTheQueue() {
    withFullTransport(Mode.INLINE, 200, Limits.Overflow.FAIL);
    OutgoingMessage message = w.session.startText();
    message.send("a");
    w.session.send("other");
    w.session.send("and another");
    assertTrue(w.session.isWritable());
    message.send("b");
    message.send("c");
    assertFalse(w.session.isWritable());
    w.transport.sent();
    w.transport.full = false;
    w.transport.sent();
    w.handler.saw("writable");
    assertTrue(w.session.isWritable());
    message.finish();
    w.handler.saw("writable"); // the others have gone, too
    w.transport.did(
        "text a ...", "then b ...", "then c ...", "then  end", "text other", "text and another");
  }

  @Test
  void whoWaitsForRoomBeforeAMessageInPartsIsToldWhenItBegins() {
    withFullTransport(Mode.INLINE, 200, Limits.Overflow.FAIL);
    w.session.send("under way");
    OutgoingMessage message = w.session.startText();
    message.send("a");
    w.session.send("other");
    assertFalse(w.session.isWritable());
    w.transport.sent();
    w.handler.saw("writable");
    assertTrue(w.session.isWritable());
    w.transport.did("text under way", "text a ...");
  }

  @Test
  void aMessageThatIsDroppedIsDroppedWhole() {
    withFullTransport(Mode.EXECUTOR, 70, Limits.Overflow.DROP_OLDEST);
    w.session.send("under way");
    OutgoingMessage message = w.session.startText();
    CompletionStage<Void> first = message.send("a");
    w.session.send("newer");
    assertEquals("QUEUE_FULL", outcome(first));
    assertEquals("QUEUE_FULL", outcome(message.send("b")));
    w.transport.full = false;
    w.transport.sent();
    assertEquals("QUEUE_FULL", outcome(message.finish()));
    w.transport.did("text under way", "text newer");
  }

  @Test
  void aStreamSendsInChunks() throws IOException {
    byte[] bytes = new byte[20 << 10];
    try (OutputStream out = w.session.startBinary().outputStream()) {
      out.write(bytes);
      out.write(7);
    }
    w.transport.did("binary 16384 ...", "then 4097 ...", "then 0 end");
    try (Writer out = w.session.startText().writer()) {
      out.write("hello");
      out.flush();
      out.write(", world");
    }
    w.transport.did("text hello ...", "then , world ...", "then  end");
  }

  @Test
  void aStreamFailsWhenTheConnectionDoes() throws IOException {
    OutputStream out = w.session.startBinary().outputStream();
    out.write(1);
    w.transport.gone(null);
    assertThrows(WebSocketException.class, out::flush);
  }

  @Test
  void aTryWithAStreamThrowsWhatTheWriteDid() {
    WebSocketException thrown =
        assertThrows(
            WebSocketException.class,
            () -> {
              try (OutputStream out = w.session.startBinary().outputStream()) {
                out.write(new byte[16 << 10]);
                w.transport.gone(null);
                out.write(new byte[16 << 10]);
              }
            });
    assertEquals(WebSocketException.Kind.CLOSED, thrown.kind());
    assertEquals(1, thrown.getSuppressed().length, "of the close");
    w.transport.did("binary 16384 ...");
  }

  @Test
  void aStreamWhoseConnectionWasClosedFirstDoesNotFinishTheMessage() throws IOException {
    OutputStream out = w.session.startBinary().outputStream();
    out.write(new byte[20 << 10]);
    w.session.close(CloseReason.INTERNAL_ERROR, "");
    WebSocketException thrown = assertThrows(WebSocketException.class, out::close);
    assertEquals(WebSocketException.Kind.CLOSED, thrown.kind());
    w.transport.did("binary 16384 ...", "close 1011");
  }

  @Test
  void aThreadThatWaitsForRoomIsReleasedWhenAPartFails() throws Exception {
    withFullTransport(Mode.EXECUTOR, 70, Limits.Overflow.BLOCK);
    OutgoingMessage message = w.session.startText();
    message.send("a");
    message.send("b");
    FutureTask<CompletionStage<Void>> blocked = new FutureTask<>(() -> message.send("c"));
    Thread sender = Daemon.start(blocked);
    Daemon.awaitWaiting(sender);
    w.transport.sendFailed(new IOException("broken"));
    assertEquals("CLOSED", outcome(blocked.get(10, TimeUnit.SECONDS)));
    sender.join();
    w.transport.did("text a ...", "abort");
  }

  @Test
  void whatAStreamCouldNotSendIsNotLeftOut() throws IOException {
    withFullTransport(Mode.EXECUTOR, 200, Limits.Overflow.FAIL);
    w.session.send("under way");
    w.session.send("waits");
    OutputStream out = w.session.startBinary().outputStream();
    assertThrows(WebSocketException.class, () -> out.write(new byte[16 << 10]));
    assertThrows(WebSocketException.class, () -> out.write(7));
    assertThrows(WebSocketException.class, out::close);
    w.transport.full = false;
    w.transport.sent();
    w.transport.did("text under way", "text waits");
    out.write(7);
    out.close();
    w.transport.did("binary 16384 ...", "then 1 ...", "then 0 end");
  }

  @Test
  void anEndThatIsRefusedIsToldThoughHalfAPairIsLeft() {
    withFullTransport(Mode.EXECUTOR, 70, Limits.Overflow.FAIL);
    OutgoingMessage message = w.session.startText();
    message.send("a");
    message.send("b\ud83d");
    assertEquals("QUEUE_FULL", outcome(message.finish()));
    w.transport.full = false;
    w.transport.sent();
    assertEquals("IllegalArgumentException", outcome(message.finish()));
    w.transport.did("text a ...", "then b ...", "then  end");
  }
}
