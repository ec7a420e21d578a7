package io.github.easywebsocket.benchmarks.load;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/**
 * The messages of a cell, prepared once: as the masked frames to send, which lie one behind the
 * other, and as the payloads to expect. A connection sends them in order, round and round, so a
 * message that is lost, doubled or out of order is noticed as wrong.
 */
final class Messages {

  private static final int BYTES = 1 << 20; // about, of all payloads together
  private static final int MOST = 128;
  private static final int LEAST = 4;

  private final Cell cell;
  private final int count;
  private final int[] ends; // of the frames
  private final ByteBuffer frames;
  private final ByteBuffer payloads;

  Messages(Cell cell) {
    this.cell = cell;
    count = Math.max(LEAST, Math.min(MOST, BYTES / Math.max(1, cell.size())));
    ends = new int[count];
    Random random = new Random(42);
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    payloads = ByteBuffer.allocateDirect(count * cell.size());
    for (int i = 0; i < count; i++) {
      byte[] payload = cell.payload().make(cell.size(), random);
      payloads.put(payload);
      sent.writeBytes(frame(payload, random));
      ends[i] = sent.size();
    }
    frames = ByteBuffer.allocateDirect(sent.size()).put(sent.toByteArray()).flip();
  }

  private byte[] frame(byte[] payload, Random random) {
    boolean deflate = cell.variant() == Cell.Variant.DEFLATE;
    int flags = ClientFrame.FIN | (deflate ? ClientFrame.COMPRESSED : 0);
    byte[] content = deflate ? ClientFrame.deflated(payload) : payload;
    return ClientFrame.masked(flags | opcode(), content, random.nextInt());
  }

  Cell cell() {
    return cell;
  }

  /** Of a message's first frame. */
  int opcode() {
    return cell.text() ? ClientFrame.TEXT : ClientFrame.BINARY;
  }

  int count() {
    return count;
  }

  /** The bytes of payload of each. */
  int size() {
    return cell.size();
  }

  /** All payloads, one behind the other. */
  ByteBuffer payloads() {
    return payloads.duplicate();
  }

  /** All frames, one behind the other. */
  ByteBuffer frames() {
    return frames.duplicate();
  }

  /** The bytes of all frames. */
  int frameBytes() {
    return frames.capacity();
  }

  /** How many bytes the first so many messages are on the wire. */
  long bytesOf(long messages) {
    long rounds = messages / count;
    int rest = (int) (messages % count);
    return rounds * frameBytes() + (rest == 0 ? 0 : ends[rest - 1]);
  }

  /** How many messages are whole in the first so many bytes on the wire. */
  long wholeIn(long bytes) {
    int place = Arrays.binarySearch(ends, (int) (bytes % frameBytes()));
    return bytes / frameBytes() * count + (place >= 0 ? place + 1 : -place - 1);
  }
}
