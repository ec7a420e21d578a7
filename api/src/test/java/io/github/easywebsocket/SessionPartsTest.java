package io.github.easywebsocket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.WebSocketHandler.Delivery;
import io.github.easywebsocket.Wiring.Mode;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
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

/** Messages that are received in parts or as streams; and the pausing of reads. */
@Timeout(30)
class SessionPartsTest {

  private Wiring w = new Wiring(Mode.EXECUTOR, Limits.DEFAULT, Delivery.PARTS).open();

  private void with(Mode mode, Delivery delivery) {
    w = new Wiring(mode, Limits.DEFAULT, delivery).open();
  }

  private FutureTask<byte[]> streamReader() {
    return new FutureTask<>(() -> w.handler.stream().inputStream().readAllBytes());
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
          Daemon.start(reader);
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
          thread.set(Daemon.start(reader));
          Daemon.awaitWaiting(thread.get());
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
