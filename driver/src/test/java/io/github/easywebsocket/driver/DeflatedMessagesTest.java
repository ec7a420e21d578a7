package io.github.easywebsocket.driver;

import static io.github.easywebsocket.driver.Wire.utf8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Compression;
import io.github.easywebsocket.Limits;
import io.github.easywebsocket.Message;
import io.github.easywebsocket.spi.Deflate;
import io.github.easywebsocket.spi.Extension;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import java.util.zip.Inflater;
import java.util.zip.InflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A message to many connections is compressed once, where that gives the same bytes. */
class DeflatedMessagesTest {

  private static final int LEVEL = 6;

  private final DeflatedMessages latest = new DeflatedMessages();
  private final Message message = letters(1000);

  private MessageDeflater connection() {
    return new MessageDeflater(false, LEVEL, 1, latest);
  }

  @Test
  void connectionsShareTheBytesAndEachReadsThemFromTheBeginning() throws IOException {
    ByteBuffer one = deflated(connection(), message);
    ByteBuffer other = deflated(connection(), message);
    assertSame(one.array(), other.array());
    assertEquals(message, inflated(one));
    assertEquals(message, inflated(other));
  }

  @Test
  void theArrayKeptIsNoLongerThanWhatIsInIt() {
    ByteBuffer deflated = deflated(connection(), message);
    assertEquals(deflated.remaining(), deflated.array().length);
  }

  @Test
  void equalMessagesAreCompressedEach() {
    Message equal = letters(1000);
    byte[] one = deflated(connection(), message).array();
    byte[] other = deflated(connection(), equal).array();
    assertNotSame(one, other);
    assertArrayEquals(one, other);
  }

  @Test
  void anotherLevelIsCompressedByItself() throws IOException {
    byte[] one = deflated(connection(), message).array();
    MessageDeflater fast = new MessageDeflater(false, 1, 1, latest);
    ByteBuffer other = deflated(fast, message);
    assertNotSame(one, other.array());
    assertEquals(message, inflated(other));
    assertSame(one, deflated(connection(), message).array());
  }

  @Test
  void withContextTakeoverNothingIsTakenAndNothingGiven() {
    MessageDeflater takesOver = new MessageDeflater(true, LEVEL, 1, latest);
    int first = deflated(takesOver, message).remaining();
    assertNull(latest.find(message, LEVEL));
    int alone = deflated(connection(), message).remaining();
    int second = deflated(takesOver, message).remaining();
    assertEquals(first, alone);
    assertTrue(second < first, "the second refers to the first");
  }

  @Test
  void whatBecomesNoShorterIsTriedOnce() {
    byte[] noise = new byte[100_000];
    new Random(5).nextBytes(noise);
    Message binary = Message.binary(noise);
    assertNull(connection().compress(binary));
    assertNotNull(latest.find(binary, LEVEL), "it is known");
    assertNull(connection().compress(binary));
  }

  @Test
  void eachConnectionKeepsItsSmallestSize() {
    assertNotNull(connection().compress(message));
    MessageDeflater longOnly = new MessageDeflater(false, LEVEL, message.size() + 1, latest);
    assertNull(longOnly.compress(message));
  }

  @Test
  void aClosedConnectionTellsNothing() {
    MessageDeflater closed = connection();
    closed.close();
    assertNull(closed.compress(message));
    assertNotNull(connection().compress(message), "closed is not incompressible");
  }

  @Test
  void whatIsLongWhenCompressedIsNotKept() throws IOException {
    Message binary = digits(3 * DeflatedMessages.LONGEST);
    ByteBuffer deflated = deflated(connection(), binary);
    assertNull(latest.find(binary, LEVEL));
    assertEquals(binary, inflated(deflated));
  }

  @Test
  void theOldestMakesRoom() {
    List<Message> messages =
        Stream.generate(() -> letters(300)).limit(DeflatedMessages.MOST + 1).toList();
    messages.forEach(each -> deflated(connection(), each));
    assertNull(latest.find(messages.get(0), LEVEL));
    messages.subList(1, messages.size()).forEach(each -> assertNotNull(latest.find(each, LEVEL)));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theConnectionsOfAnEngineShareUnlessTheyTakeOver(boolean takeOver) {
    Compression wanted = Compression.DEFAULT.withServerContextTakeover(takeOver);
    Deflate agreed = Deflate.accept(Extension.parse(List.of("permessage-deflate")), wanted);
    OutBuffers buffers = new OutBuffers(256, 1);
    FakePipe pipe = new FakePipe();
    RecordingReceiver receiver = new RecordingReceiver();
    WebSocketDriver driver =
        WebSocketDriver.server(pipe, buffers, Limits.DEFAULT, agreed, receiver);
    driver.open(null);
    driver.send(message);
    driver.flush();
    assertEquals((byte) 0xc2, pipe.take()[0]);
    assertEquals(takeOver, buffers.deflated.find(message, wanted.level()) == null);
    driver.abort();
  }

  @Test
  void aSlowReaderCountsItsOwnBytesAndGetsThemAll() throws IOException {
    Message binary = digits(2000);
    FakePipe slowPipe = new FakePipe();
    FakePipe quickPipe = new FakePipe();
    Output slow = new Output(slowPipe, new OutBuffers(256, 1), null, connection());
    Output quick = new Output(quickPipe, new OutBuffers(256, 1), null, connection());
    slowPipe.room = 100;
    assertFalse(slow.send(binary));
    assertTrue(quick.send(binary));
    quick.flush();
    byte[] frame = quickPipe.take();
    assertEquals(frame.length - 100, slow.pending());
    slowPipe.makeRoom(Long.MAX_VALUE);
    assertTrue(slow.writable());
    assertEquals(0, slow.pending());
    assertArrayEquals(frame, slowPipe.take());
  }

  @Test
  void manyThreadsMaySendTheSameMessages() throws Exception {
    List<Message> messages =
        Stream.iterate(300, size -> size + 1)
            .limit(2 * DeflatedMessages.MOST)
            .map(DeflatedMessagesTest::letters)
            .toList();
    Callable<Void> sender =
        () -> {
          for (Message each : messages) {
            assertEquals(each, inflated(deflated(connection(), each)));
          }
          return null;
        };
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Void>> senders = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        senders.add(threads.submit(sender));
      }
      for (Future<Void> each : senders) {
        each.get();
      }
    } finally {
      threads.shutdown();
    }
  }

  private static Message letters(int size) {
    return Message.binary(utf8(Wire.letters(size)));
  }

  /** Becomes about half as long. */
  private static Message digits(int size) {
    byte[] digits = new byte[size];
    Random random = new Random(6);
    for (int i = 0; i < size; i++) {
      digits[i] = (byte) ('0' + random.nextInt(10));
    }
    return Message.binary(digits);
  }

  private static ByteBuffer deflated(MessageDeflater connection, Message message) {
    ByteBuffer deflated = connection.compress(message);
    assertNotNull(deflated);
    return deflated;
  }

  /** As a peer inflates that takes nothing over. */
  private static Message inflated(ByteBuffer deflated) throws IOException {
    byte[] bytes = new byte[deflated.remaining()];
    deflated.get(bytes);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Inflater inflater = new Inflater(true);
    try (InflaterOutputStream inflating = new InflaterOutputStream(out, inflater)) {
      inflating.write(bytes);
      inflating.write(new byte[] {0, 0, (byte) 0xff, (byte) 0xff});
    } finally {
      inflater.end();
    }
    return Message.binary(out.toByteArray());
  }
}
