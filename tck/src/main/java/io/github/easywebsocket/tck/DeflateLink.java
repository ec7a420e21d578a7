package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Compression;
import io.github.easywebsocket.Limits;
import io.github.easywebsocket.WebSocketConnection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** A connection with compression agreed on, whose peer compresses by java.util.zip itself. */
final class DeflateLink implements AutoCloseable {

  /** What a sender cuts off the end of a message, RFC 7692 §7.2.1. */
  private static final byte[] TAIL = {0x00, 0x00, (byte) 0xff, (byte) 0xff};

  private final Link link;
  private final boolean serverTakesOver;
  private final boolean clientTakesOver;
  private final Deflater deflater = new Deflater(9, true);
  private final Inflater inflater = new Inflater(true);

  private DeflateLink(Link link, String answer) {
    this.link = link;
    this.serverTakesOver = !answer.contains("server_no_context_takeover");
    this.clientTakesOver = !answer.contains("client_no_context_takeover");
  }

  /** Starts a server that compresses, and connects with an offer that it must accept. */
  static DeflateLink open(ServerTrial trial, Limits limits, Compression compression, String offer)
      throws Exception {
    trial.start(builder -> builder.limits(limits).compression(compression));
    return openAnother(trial, offer);
  }

  /** The same with the default limits. */
  static DeflateLink open(ServerTrial trial, Compression compression, String offer)
      throws Exception {
    return open(trial, Limits.DEFAULT, compression, offer);
  }

  /** The same with the compression and the offer of an agreement. */
  static DeflateLink open(ServerTrial trial, Agreement agreement) throws Exception {
    return open(trial, agreement.compression(), agreement.offer());
  }

  /** The same with defaults and the plainest offer. */
  static DeflateLink open(ServerTrial trial) throws Exception {
    return open(trial, Compression.DEFAULT, "permessage-deflate");
  }

  /** Connects to a server that compresses. */
  static DeflateLink openAnother(ServerTrial trial, String offer) throws Exception {
    RawPeer peer = trial.connect();
    Request request = trial.handshake().with("Sec-WebSocket-Extensions", offer);
    Answer answer = peer.send(request).readAnswer();
    assertEquals(101, answer.status());
    String agreed = answer.header("Sec-WebSocket-Extensions");
    assertTrue(agreed != null, "the offer is accepted");
    return trial.keep(new DeflateLink(new Link(trial.events().opened(), peer), agreed));
  }

  Link link() {
    return link;
  }

  WebSocketConnection connection() {
    return link.connection();
  }

  Recording app() {
    return link.app();
  }

  RawPeer peer() {
    return link.peer();
  }

  // ---- the peer sends

  /** A compressed text message. */
  Frame text(String text) {
    return Frame.of(Frame.TEXT, deflate(text.getBytes(StandardCharsets.UTF_8))).reserved(4);
  }

  /** A compressed binary message. */
  Frame binary(byte... bytes) {
    return Frame.of(Frame.BINARY, deflate(bytes)).reserved(4);
  }

  /** Compresses a message, as the agreement says. */
  byte[] deflate(byte[] message) {
    if (!clientTakesOver) {
      deflater.reset();
    }
    deflater.setInput(message);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] piece = new byte[8192];
    for (int count = piece.length; count == piece.length; ) {
      count = deflater.deflate(piece, 0, piece.length, Deflater.SYNC_FLUSH);
      all.write(piece, 0, count);
    }
    byte[] bytes = all.toByteArray();
    return bytes.length == 0 ? new byte[1] : Arrays.copyOf(bytes, bytes.length - TAIL.length);
  }

  /** Cuts a message into fragments of a size. */
  static Frame[] fragments(Frame message, int size) {
    byte[] bytes = message.payload();
    int count = Math.max(1, (bytes.length + size - 1) / size);
    Frame[] fragments = new Frame[count];
    for (int i = 0; i < count; i++) {
      byte[] part = Arrays.copyOfRange(bytes, i * size, Math.min(bytes.length, (i + 1) * size));
      Frame frame = i == 0 ? new Frame(message.first(), part) : Frame.of(0, part);
      fragments[i] = i == count - 1 ? frame : frame.notLast();
    }
    return fragments;
  }

  // ---- the peer receives

  /** Expects a text message that is compressed. */
  DeflateLink expectText(String text) throws IOException {
    Frame frame = peer().expectMessage("a compressed message");
    assertEquals(4, frame.reserved(), "RSV1 and no other");
    assertEquals(Frame.text(text), inflated(frame));
    return this;
  }

  /** The next message, which may be compressed or not. */
  Frame readMessage() throws IOException {
    Frame frame = peer().expectMessage("a message");
    return frame.reserved() == 0 ? frame : inflated(frame);
  }

  /** A message that was compressed. */
  Frame inflated(Frame message) {
    return Frame.of(message.opcode(), inflate(message.payload()));
  }

  /** What a frame that does not end its message adds to it. */
  String inflatedPart(Frame part) {
    assertFalse(part.isLast(), "the end of the message");
    if (part.opcode() != 0 && !serverTakesOver) {
      inflater.reset();
    }
    return new String(inflateOn(part.payload()), StandardCharsets.UTF_8);
  }

  /** Expects a frame that adds nothing and ends a message. */
  DeflateLink expectEndOfParts() throws IOException {
    Frame frame = peer().expectFrame("the end of a message in parts");
    assertTrue(frame.isLast() && frame.opcode() == 0 && frame.reserved() == 0, frame::toString);
    assertEquals(0, inflateOn(withTail(frame.payload())).length);
    return this;
  }

  private byte[] inflate(byte[] message) {
    if (!serverTakesOver) {
      inflater.reset();
    }
    return inflateOn(withTail(message));
  }

  private static byte[] withTail(byte[] message) {
    byte[] input = Arrays.copyOf(message, message.length + TAIL.length);
    System.arraycopy(TAIL, 0, input, message.length, TAIL.length);
    return input;
  }

  private byte[] inflateOn(byte[] input) {
    inflater.setInput(input);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] piece = new byte[8192];
    try {
      for (int count; (count = inflater.inflate(piece)) > 0; ) {
        all.write(piece, 0, count);
      }
    } catch (DataFormatException e) {
      throw new AssertionError("what was sent cannot be inflated: " + e.getMessage(), e);
    }
    assertEquals(0, inflater.getRemaining(), "bytes behind the end of the message");
    return all.toByteArray();
  }

  @Override
  public void close() {
    deflater.end();
    inflater.end();
  }
}
