package io.github.easywebsocket;

import static io.github.easywebsocket.Wiring.outcome;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.WebSocketHandler.Delivery;
import io.github.easywebsocket.Wiring.Mode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages in parts, received and sent; and the pausing of reads. */
@Timeout(30)
class SessionPartsTest {

  private Wiring w = new Wiring(Mode.EXECUTOR, Limits.DEFAULT, Delivery.PARTS).open();

  private void with(Mode mode, Delivery delivery) {
    w = new Wiring(mode, Limits.DEFAULT, delivery).open();
  }

  /** A connection with room for a few bytes in its queue, of which the transport takes none. */
  private void withFullTransport(Mode mode, int queueBytes, Limits.Overflow overflow) {
    Limits limits = Limits.DEFAULT.withSendQueueBytes(queueBytes).withOverflow(overflow);
    w = new Wiring(mode, limits, Delivery.MESSAGES).open();
    w.transport.full = true;
  }

  private FutureTask<byte[]> streamReader() {
    return new FutureTask<>(() -> w.handler.stream().inputStream().readAllBytes());
  }

  private static Thread startDaemon(Runnable task) {
    Thread thread = new Thread(task);
    thread.setDaemon(true); // what is broken may hang it
    thread.start();
    return thread;
  }

  private static void awaitWaiting(Thread thread) {
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }

  /** What a task has thrown, or is about to. */
  private static Throwable failure(FutureTask<?> task) {
    ExecutionException thrown =
        assertThrows(ExecutionException.class, () -> task.get(10, TimeUnit.SECONDS));
    return Objects.requireNonNull(thrown.getCause());
  }

  @AfterEach
  void nothingElseHappened() {
    w.transport.gone(null);
    w.run();
    w.handler.forget();
    w.verify();
  }

  private void part(boolean text, byte[] bytes, boolean last) {
    w.session.part(text, ByteBuffer.wrap(bytes), true, last);
  }

  private void text(String text, boolean last) {
    part(true, text.getBytes(UTF_8), last);
  }

  private void read() {
    w.session.readComplete();
    w.run();
  }

  // ---- receiving parts

  @Test
  void partsAreDeliveredAsTheyCome() {
    assertTrue(w.session.takesParts());
    text("a", false);
    text("b", false);
    text("", true);
    part(false, new byte[] {1}, false);
    part(false, new byte[0], false);
    part(false, new byte[] {2}, true);
    text("", true);
    read();
    w.handler.saw(
        "part first text a",
        "part text b",
        "part last text ",
        "part first binary 01",
        "part last binary 02",
        "part first last text ");
  }

  @Test
  void theLimitsOfWholeMessagesDoNotApply() {
    w =
        new Wiring(
                Mode.INLINE,
                Limits.DEFAULT.withMaxMessageSize(1).withMaxFragments(1),
                Delivery.PARTS)
            .open();
    text("abc", false);
    text("def", true);
    read();
    w.handler.saw("part first text abc", "part last text def");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void textIsCutAtCharacters(int split) {
    byte[] all = "aä€😀z".getBytes(UTF_8);
    part(true, Arrays.copyOf(all, split), false);
    part(true, Arrays.copyOfRange(all, split, all.length), true);
    String[] whole = {""};
    w.handler.in("part", connection -> {});
    w.session.readComplete();
    w.run();
    for (String event : w.handler.take()) {
      whole[0] += event.substring(event.indexOf("text ") + 5);
    }
    assertEquals("aä€😀z", whole[0]);
  }

  @Test
  void textThatIsNotUtf8FailsTheConnection() {
    text("a", false);
    part(true, new byte[] {(byte) 0xff}, false);
    read();
    w.handler.saw("part first text a", "error INVALID_TEXT", "close 1007");
    w.transport.did("close 1007", "disconnect");
  }

  @Test
  void textThatEndsInsideOfACharacterFailsTheConnection() {
    part(true, new byte[] {(byte) 0xc3}, true);
    read();
    w.handler.saw("error INVALID_TEXT", "close 1007");
    w.transport.did("close 1007", "disconnect");
  }

  @Test
  void aBackendThatAssemblesIsHeardAsWell() {
    w.session.message(true, "abc".getBytes(UTF_8));
    read();
    w.handler.saw("part first last text abc");
  }

  @Test
  void partsThatAreNotHandledPauseTheTransport() {
    part(false, new byte[300 << 10], false);
    w.session.readComplete();
    w.transport.did("pause");
    w.run();
    w.transport.did("resume");
    w.handler.forget();
  }

  // ---- streams

  @Test
  void aMessageIsReadWhileItComes() throws Exception {
    with(Mode.EXECUTOR, Delivery.STREAMS);
    StringWriter text = new StringWriter();
    w.handler.in("stream", connection -> w.handler.stream().reader().transferTo(text));
    text("aä", false);
    w.session.readComplete();
    FutureTask<Void> handlers = inBackground();
    text("😀", false);
    text("z", true);
    w.session.readComplete();
    handlers.get(10, TimeUnit.SECONDS);
    assertEquals("aä😀z", text.toString());
    w.handler.saw("stream text");
  }

  private FutureTask<Void> inBackground() {
    FutureTask<Void> task = new FutureTask<>(w::run, null);
    new Thread(task).start();
    return task;
  }

  @Test
  void whatNobodyReadsYetPausesTheTransport() {
    with(Mode.EXECUTOR, Delivery.STREAMS);
    w.handler.in("stream", connection -> assertEquals(1, w.handler.stream().inputStream().read()));
    byte[] bytes = new byte[300 << 10];
    bytes[0] = 1;
    part(false, bytes, false);
    w.transport.did("pause");
    read();
    w.transport.did("resume");
    part(false, new byte[1 << 20], false);
    part(false, new byte[0], true);
    w.handler.in("stream", connection -> assertEquals(-1, w.handler.stream().inputStream().read()));
    part(false, new byte[0], true);
    read();
    w.handler.saw("stream binary", "stream binary");
  }

  @Test
  void tinyPartsThatNobodyReadsCostMoreThanTheirBytes() {
    with(Mode.EXECUTOR, Delivery.STREAMS);
    byte[] whole = new byte[5_000];
    w.handler.in(
        "stream",
        connection ->
            assertEquals(
                whole.length, w.handler.stream().inputStream().readNBytes(whole, 0, 5_000)));
    for (int i = 0; i < whole.length; i++) {
      part(false, new byte[1], false);
    }
    w.transport.did("pause");
    read();
    w.transport.did("resume");
    w.handler.saw("stream binary");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gone", "peer closes", "protocol error", "idle", "close", "abort"})
  void aReaderLearnsThatTheRestWillNotCome(String end) throws Exception {
    with(Mode.EXECUTOR, Delivery.STREAMS);
    String[] seen = {""};
    CountDownLatch entered = new CountDownLatch(1);
    w.handler.in(
        "stream",
        connection -> {
          entered.countDown();
          try {
            w.handler.stream().inputStream().readAllBytes();
          } catch (WebSocketException e) {
            seen[0] = e.kind().name();
          }
        });
    text("a", false);
    w.session.readComplete();
    FutureTask<Void> handlers = inBackground();
    assertTrue(entered.await(10, TimeUnit.SECONDS));
    switch (end) {
      case "gone" -> w.transport.gone(null);
      case "peer closes" -> w.session.closeReceived(1000, "");
      case "protocol error" -> w.session.failed(1002, "garbage");
      case "idle" -> w.time.advance(Timeouts.DEFAULT.idle().multipliedBy(2));
      case "close" -> w.session.close();
      default -> w.session.abort();
    }
    w.session.readComplete();
    handlers.get(10, TimeUnit.SECONDS);
    w.run();
    assertEquals("CLOSED", seen[0]);
    w.transport.take();
  }

  @Test
  void aMessageThatBeginsAsTheConnectionEndsDoesNotWaitForItsRest() {
    with(Mode.EXECUTOR, Delivery.STREAMS);
    Streaming streaming = new Streaming(w.session, true);
    streaming.fail(new WebSocketException(WebSocketException.Kind.CLOSED, "the end"));
    FutureTask<byte[]> reader = streamReader();
    w.handler.in(
        "stream",
        connection -> {
          startDaemon(reader);
          assertInstanceOf(WebSocketException.class, failure(reader));
        });
    streaming.add(true, ByteBuffer.wrap(new byte[] {'a'}), false);
    read();
    w.handler.saw("stream text");
  }

  @Test
  void aStreamIsOverWhenItsHandlerHasReturned() {
    with(Mode.EXECUTOR, Delivery.STREAMS);
    text("a", true);
    read();
    w.handler.saw("stream text");
    assertThrows(IOException.class, () -> w.handler.stream().inputStream().read());
  }

  @Test
  void aReaderOnAnotherThreadLearnsThatTheHandlerHasReturned() throws Exception {
    with(Mode.EXECUTOR, Delivery.STREAMS);
    FutureTask<byte[]> reader = streamReader();
    AtomicReference<Thread> thread = new AtomicReference<>();
    w.handler.in(
        "stream",
        connection -> {
          thread.set(startDaemon(reader));
          awaitWaiting(thread.get());
        });
    text("a", false);
    read();
    w.handler.saw("stream text");
    assertInstanceOf(IOException.class, failure(reader));
    thread.get().join();
  }

  @Test
  void streamsAreNotForInlineHandlers() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new Wiring(Mode.INLINE, Limits.DEFAULT, Delivery.STREAMS));
  }

  // ---- sending

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
    Thread sender = startDaemon(blocked);
    awaitWaiting(sender);
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

  // ---- pausing

  @Test
  void theApplicationPausesAndResumesTheReading() {
    w.session.pauseReading();
    w.session.pauseReading();
    w.transport.did("pause");
    w.advance(Timeouts.DEFAULT.idle().multipliedBy(2));
    assertTrue(w.session.isOpen());
    w.session.resumeReading();
    assertTrue(w.transport.take().contains("resume"));
  }

  @Test
  void aConnectionThatClosesReadsAgain() {
    w.session.pauseReading();
    w.session.close();
    w.transport.did("pause", "resume", "close 1000");
  }
}
