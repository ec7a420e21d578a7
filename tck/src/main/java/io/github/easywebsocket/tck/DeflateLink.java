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
  private final boolean peerTakesOver;
  private final boolean otherTakesOver;
  private final Deflater deflater = new Deflater(9, true);
  private final Inflater inflater = new Inflater(true);

  /**
   * Makes the link.
   *
   * @param agreed the answer to the peer's offer, or the peer's to ours
   * @param peer the end at which the peer is: {@code client} or {@code server}
   */
  DeflateLink(Link link, String agreed, String peer) {
    this.link = link;
    String other = peer.equals("client") ? "server" : "client";
    this.peerTakesOver = !agreed.contains(peer + "_no_context_takeover");
    this.otherTakesOver = !agreed.contains(other + "_no_context_takeover");
  }

  /**
   * Opens a connection that compresses.
   *
   * @param compression what is under test wants
   * @param offer what the peer asks for, as a client; one that is a server, with the ends exchanged
   */
  static DeflateLink open(Trial trial, Limits limits, Compression compression, String offer)
      throws Exception {
    return trial.openDeflate(limits, compression, offer);
  }

  /** The same with the default limits. */
  static DeflateLink open(Trial trial, Compression compression, String offer) throws Exception {
    return open(trial, Limits.DEFAULT, compression, offer);
  }

  /** The same with the compression and the offer of an agreement. */
  static DeflateLink open(Trial trial, Agreement agreement) throws Exception {
    return open(trial, agreement.compression(), agreement.offer());
  }

  /** The same with defaults and the plainest offer. */
  static DeflateLink open(Trial trial) throws Exception {
    return open(trial, Compression.DEFAULT, "permessage-deflate");
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
    if (!peerTakesOver) {
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
    if (part.opcode() != 0 && !otherTakesOver) {
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
    if (!otherTakesOver) {
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
