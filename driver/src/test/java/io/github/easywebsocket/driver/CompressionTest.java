package io.github.easywebsocket.driver;

import static io.github.easywebsocket.driver.Wire.concat;
import static io.github.easywebsocket.driver.Wire.frame;
import static io.github.easywebsocket.driver.Wire.hex;
import static io.github.easywebsocket.driver.Wire.masked;
import static io.github.easywebsocket.driver.Wire.utf8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Compression;
import io.github.easywebsocket.Limits;
import io.github.easywebsocket.Message;
import io.github.easywebsocket.spi.Deflate;
import io.github.easywebsocket.spi.Extension;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compressed messages in both directions, against java.util.zip's raw streams. */
class CompressionTest {

  private static final int LIMIT = 10_000;
  private static final byte[] TAIL = hex("00 00 ff ff");

  private final Deflater peerDeflater = new Deflater(9, true);
  private final Inflater peerInflater = new Inflater(true);
  private final DeflatedMessages latest = new DeflatedMessages();
  private final RecordingReceiver receiver = new RecordingReceiver();
  private final MessageInflater inflater = new MessageInflater(true, LIMIT);
  private final FrameParser parser = parser(inflater);

  @AfterEach
  void free() {
    peerDeflater.end();
    peerInflater.end();
    inflater.close();
  }

  private FrameParser parser(MessageInflater messages) {
    Limits limits = Limits.DEFAULT.withMaxMessageSize(LIMIT);
    return new FrameParser(true, limits, messages, receiver);
  }

  // ---- inflating

  @Test
  void theExamplesOfTheRfcAreInflated() {
    parse(masked(0xc1, hex("f2 48 cd c9 c9 07 00 # Hello, one block")));
    parse(masked(0x41, hex("f2 48 cd # Hello, a first fragment")));
    parse(masked(0x80, hex("c9 c9 07 00 # its second, without RSV1")));
    parse(masked(0xc1, hex("f2 00 11 00 00 # Hello, from the window")));
    parse(masked(0xc1, hex("00 05 00 fa ff 48 65 6c 6c 6f 00 # Hello, a block not compressed")));
    parse(masked(0xc1, hex("f3 48 cd c9 c9 07 00 00 # Hello, a block with BFINAL")));
    parse(masked(0xc1, hex("f2 48 05 00 00 00 ff ff ca c9 c9 07 00 # Hello, two blocks")));
    parse(masked(0xc1, hex("00 # an empty message")));
    receiver.expect(
        "text Hello",
        "text Hello",
        "text Hello",
        "text Hello",
        "text Hello",
        "text Hello",
        "text ");
  }

  @Test
  void messagesNotCompressedMayBeBetweenCompressedOnes() {
    parse(masked(0xc1, hex("f2 48 cd c9 c9 07 00 # Hello")));
    parse(masked(0x81, "plain"));
    parse(masked(0xc1, hex("f2 00 11 00 00 # Hello, from the window")));
    receiver.expect("text Hello", "text plain", "text Hello");
  }

  @Test
  void everySplitOfACompressedScriptGivesTheSameEvents() {
    byte[] text = utf8(("\u20ac and " + Wire.letters(40)).repeat(5));
    byte[] first = deflated(text);
    byte[] script =
        concat(
            masked(0x41, Arrays.copyOf(first, 20)),
            masked(0x89, "p"),
            masked(0x80, Arrays.copyOfRange(first, 20, first.length)),
            masked(0xc2, deflated(Wire.pattern(300))),
            masked(0xc1, deflated(text)));
    List<String> expected = new ArrayList<>();
    for (int split = 0; split <= script.length; split++) {
      MessageInflater fresh = new MessageInflater(true, LIMIT);
      FrameParser one = parser(fresh);
      one.parse(ByteBuffer.wrap(script, 0, split));
      one.parse(ByteBuffer.wrap(script, split, script.length - split));
      fresh.close();
      List<String> events = receiver.take();
      assertEquals(4, events.size());
      if (split == 0) {
        expected.addAll(events);
      }
      assertEquals(expected, events, "split at " + split);
    }
    assertEquals("text " + RecordingReceiver.describe(text, true), expected.get(3));
  }

  @Test
  void withoutTakeOverEachMessageBeginsWithAnEmptyWindow() {
    MessageInflater alone = new MessageInflater(false, LIMIT);
    FrameParser one = parser(alone);
    one.parse(ByteBuffer.wrap(masked(0xc1, hex("f2 48 cd c9 c9 07 00 # Hello"))));
    one.parse(ByteBuffer.wrap(masked(0xc1, hex("f2 48 cd c9 c9 07 00 # Hello"))));
    receiver.expect("text Hello", "text Hello");
    one.parse(ByteBuffer.wrap(masked(0xc1, hex("f2 00 11 00 00 # from a window"))));
    receiver.expect("failed 1002");
    alone.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1023, 1024, 1025, 4096, 9_999, LIMIT})
  void aMessageUpToTheLimitIsInflated(int size) {
    byte[] message = Wire.pattern(size);
    parse(masked(0xc2, deflated(message)));
    receiver.expect("binary " + RecordingReceiver.describe(message, false));
  }

  @Test
  void aMessageOfTheLimitThatDoesNotCompressIsInflated() {
    byte[] message = new byte[LIMIT];
    new Random(1).nextBytes(message);
    byte[] deflated = deflated(message);
    assertTrue(deflated.length > LIMIT);
    parse(masked(0xc2, deflated));
    receiver.expect("binary " + RecordingReceiver.describe(message, false));
  }

  @Test
  void oneByteMoreThanTheLimitFailsWith1009() {
    parse(masked(0xc2, deflated(new byte[LIMIT + 1])));
    receiver.expect("failed 1009");
  }

  @Test
  void aBombFailsAtTheLimitNotAtItsEnd() {
    byte[] bomb = deflated(new byte[100_000_000]);
    assertTrue(bomb.length > 2 * LIMIT, "too long for the header to let it pass");
    parse(Arrays.copyOf(masked(0x42, Arrays.copyOf(bomb, 1000)), 108));
    receiver.expect("failed 1009"); // within the first hundred bytes: 1,000 to one
  }

  @Test
  void inputThatInflatesToNothingIsBounded() {
    byte[] nothing = hex("00 00 00 ff ff # an empty block");
    ByteArrayOutputStream blocks = new ByteArrayOutputStream();
    for (int i = 0; i < 200; i++) {
      blocks.writeBytes(nothing);
    }
    for (int i = 0; i < 21; i++) {
      parse(masked(i == 0 ? 0x42 : 0x00, blocks.toByteArray()));
    }
    receiver.expectNothing();
    parse(hex("00 fe 03 e8 # a continuation of 1,000 more bytes"));
    receiver.expect("failed 1009");
  }

  @Test
  void theBoundOfWhatIsCompressedIsForEachMessage() {
    byte[] message = new byte[LIMIT];
    new Random(2).nextBytes(message);
    for (int i = 0; i < 5; i++) {
      peerDeflater.reset();
      parse(masked(0xc2, deflated(message)));
      receiver.expect("binary " + RecordingReceiver.describe(message, false));
    }
  }

  @Test
  void badDataFailsWith1002() {
    parse(masked(0xc1, hex("ff ff ff ff # a block of an unknown kind")));
    receiver.expect("failed 1002");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "f2 48 cd # one block, cut",
        "00 05 00 fa ff 48 65 # a block not compressed, cut",
        "f2 48 cd c9 c9 07 00 00 05 # the header of a block, cut",
        "f3 48 cd c9 c9 07 00 # BFINAL and nothing behind",
      })
  void withoutTakeOverDataThatEndsInsideOfABlockFailsWith1002(String payload) {
    MessageInflater alone = new MessageInflater(false, LIMIT);
    parser(alone).parse(ByteBuffer.wrap(masked(0xc2, hex(payload))));
    receiver.expect("failed 1002");
    alone.close();
  }

  @Test
  void aMessageWithoutAnyBytesIsEmptyAndHarmsNoOther() {
    parse(masked(0xc1, ""));
    parse(masked(0x41, ""));
    parse(masked(0x80, ""));
    parse(masked(0xc1, hex("f2 48 cd c9 c9 07 00 # Hello")));
    receiver.expect("text ", "text ", "text Hello");
  }

  @Test
  void textIsCheckedAsItIsInflated() {
    byte[] bad = deflated(hex("61 62 ff 63"));
    parse(masked(0x41, Arrays.copyOf(bad, bad.length - 1)));
    receiver.expect("failed 1007");
  }

  @Test
  void textThatEndsInsideACharacterFails() {
    parse(masked(0xc1, deflated(hex("61 e2 82"))));
    receiver.expect("failed 1007");
  }

  @Test
  void theReservedBitIsOnlyForTheFirstFrameOfAMessage() {
    parse(masked(0x41, hex("f2 48 cd")));
    parse(masked(0xc0, hex("c9 c9 07 00")));
    receiver.expect("failed 1002");
  }

  @Test
  void theOtherReservedBitsStayReserved() {
    parse(masked(0xe1, ""));
    receiver.expect("failed 1002");
  }

  @Test
  void aClosedInflaterIsNotOpenedAgain() {
    inflater.close();
    inflater.close();
    assertThrows(
        IllegalStateException.class, () -> parse(masked(0xc1, hex("f2 48 cd c9 c9 07 00"))));
  }

  // ---- deflating

  @Test
  void whatIsDeflatedTheJdkInflatesWithTakeOver() throws DataFormatException {
    MessageDeflater deflater = new MessageDeflater(true, -1, 1, latest);
    int[] lengths = new int[2];
    for (int i = 0; i < 2; i++) {
      byte[] message = utf8(Wire.letters(500));
      ByteBuffer compressed = compress(deflater, message);
      lengths[i] = compressed.remaining();
      assertArrayEquals(message, inflated(compressed));
    }
    assertTrue(lengths[1] < lengths[0] / 2, "the second refers to the first");
    deflater.close();
  }

  @Test
  void everySizeIsDeflated() throws DataFormatException {
    for (boolean takeOver : new boolean[] {true, false}) {
      MessageDeflater deflater = new MessageDeflater(takeOver, 6, 1, latest);
      peerInflater.reset();
      Random random = new Random(7);
      for (int size = 1; size < 700; size++) {
        byte[] message = new byte[size];
        for (int i = 0; i < size; i++) {
          message[i] = (byte) random.nextInt(1 << size % 9);
        }
        ByteBuffer compressed = deflater.compress(Message.binary(message));
        if (compressed != null) {
          assertArrayEquals(message, inflated(compressed), "of " + size);
        } else {
          assertTrue(!takeOver, "only then it may be left out");
        }
        if (!takeOver) {
          peerInflater.reset();
        }
      }
      deflater.close();
    }
  }

  @Test
  void withoutTakeOverEqualMessagesAreEqual() {
    MessageDeflater deflater = new MessageDeflater(false, -1, 1, latest);
    byte[] message = utf8(Wire.letters(500));
    assertEquals(compress(deflater, message), compress(deflater, message));
    deflater.close();
  }

  @Test
  void shortMessagesAndThoseThatDoNotBecomeShorterAreLeft() {
    MessageDeflater deflater = new MessageDeflater(false, -1, 100, latest);
    assertNull(deflater.compress(Message.binary(new byte[99])));
    assertNotNull(deflater.compress(Message.binary(new byte[100])));
    byte[] noise = new byte[1000];
    new Random(3).nextBytes(noise);
    assertNull(deflater.compress(Message.binary(noise)));
    deflater.close();
    deflater.close();
    assertNull(deflater.compress(Message.binary(new byte[1000])), "closed");
  }

  // ---- both, through drivers

  @ParameterizedTest
  @ValueSource(
      strings = {
        "permessage-deflate",
        "permessage-deflate; server_no_context_takeover",
        "permessage-deflate; client_no_context_takeover",
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
      })
  void aServerAndAClientUnderstandEachOther(String offer) throws Exception {
    Compression wanted =
        Compression.DEFAULT
            .withMinSize(20)
            .withServerContextTakeover(true)
            .withClientContextTakeover(true);
    Deflate atServer = Deflate.accept(Extension.parse(List.of(offer)), wanted);
    assertNotNull(atServer);
    Deflate atClient = Deflate.confirm(Extension.parse(List.of(atServer.answer())), wanted);
    FakePipe serverPipe = new FakePipe();
    FakePipe clientPipe = new FakePipe();
    RecordingReceiver toClient = new RecordingReceiver();
    OutBuffers buffers = new OutBuffers(256, 1);
    WebSocketDriver server =
        WebSocketDriver.server(serverPipe, buffers, Limits.DEFAULT, atServer, receiver);
    WebSocketDriver client =
        WebSocketDriver.client(clientPipe, buffers, Limits.DEFAULT, atClient, toClient);
    server.open(null);
    client.open(null);
    receiver.take();
    toClient.take();
    for (int size : new int[] {0, 19, 20, 300, 50_000, 300}) {
      Message message = Message.text(Wire.letters(size));
      String expected = "text " + RecordingReceiver.describe(utf8(Wire.letters(size)), true);
      exchange(client, clientPipe, server, message);
      receiver.expect(expected);
      exchange(server, serverPipe, client, message);
      toClient.expect(expected);
    }
    server.abort();
    client.abort();
  }

  @Test
  void aCompressedMessageSetsTheReservedBitAndShortOnesDoNot() {
    FakePipe pipe = new FakePipe();
    List<Extension> offer = Extension.parse(List.of("permessage-deflate"));
    Deflate deflate = Deflate.accept(offer, Compression.DEFAULT);
    WebSocketDriver driver =
        WebSocketDriver.server(pipe, new OutBuffers(256, 1), Limits.DEFAULT, deflate, receiver);
    driver.open(null);
    driver.send(Message.text(Wire.letters(255)));
    driver.flush();
    assertArrayEquals(frame(0x81, utf8(Wire.letters(255))), pipe.take());
    driver.send(Message.text(Wire.letters(256)));
    driver.flush();
    assertEquals((byte) 0xc1, pipe.take()[0]);
    driver.abort();
  }

  private static void exchange(
      WebSocketDriver from, FakePipe pipe, WebSocketDriver to, Message message) {
    assertTrue(from.send(message));
    from.flush();
    to.received(ByteBuffer.wrap(pipe.take()));
    to.readComplete();
  }

  private void parse(byte[] bytes) {
    parser.parse(ByteBuffer.wrap(bytes));
  }

  private static ByteBuffer compress(MessageDeflater deflater, byte[] message) {
    ByteBuffer compressed = deflater.compress(Message.binary(message));
    assertNotNull(compressed);
    return compressed;
  }

  /** As a peer compresses that takes over its window. */
  private byte[] deflated(byte[] message) {
    byte[] out = new byte[message.length + 1000];
    peerDeflater.setInput(message);
    int length = peerDeflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
    return Arrays.copyOf(out, Math.max(1, length - TAIL.length));
  }

  /** As a peer inflates that keeps its window. */
  private byte[] inflated(ByteBuffer compressed) throws DataFormatException {
    byte[] in = new byte[compressed.remaining()];
    compressed.get(in);
    peerInflater.setInput(concat(in, TAIL));
    byte[] out = new byte[100_000];
    int length = peerInflater.inflate(out);
    assertEquals(0, peerInflater.getRemaining());
    return Arrays.copyOf(out, length);
  }
}
