package io.github.easywebsocket.tck;

import io.github.easywebsocket.Compression;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/** What a server has agreed on about compression, in the simplest way; RFC 7692 §7.2. */
final class PlainDeflate {

  /** What a sender cuts off the end of a message, §7.2.1. */
  private static final byte[] TAIL = {0, 0, (byte) 0xff, (byte) 0xff};

  /** An empty block with BFINAL: where a block may begin, it ends the stream. */
  private static final byte[] LAST_BLOCK = {3, 0};

  private final Compression agreed;
  private final Deflater deflater;
  private final Inflater inflater = new Inflater(true);
  private boolean inParts; // guarded by this: a message is under way whose parts are compressed
  private boolean ended; // guarded by this

  PlainDeflate(Compression agreed) {
    this.agreed = agreed;
    this.deflater = new Deflater(agreed.level(), true);
  }

  /** A message compressed, or null if it is to be sent as it is. */
  synchronized byte @Nullable [] deflate(byte[] message) {
    if (ended || message.length < agreed.minSize()) {
      return null;
    }
    byte[] flushed = flushed(message, true);
    byte[] shorter = Arrays.copyOf(flushed, flushed.length - TAIL.length);
    return shorter.length < message.length || agreed.serverContextTakeover() ? shorter : null;
  }

  /** A part of a message compressed, or null if the message is to be sent as it is. */
  synchronized byte @Nullable [] deflatePart(byte[] part, boolean first, boolean last) {
    if (first) {
      inParts = part.length >= agreed.minSize();
    }
    if (ended || !inParts) {
      return null;
    }
    if (part.length == 0) {
      return new byte[last ? 1 : 0];
    }
    byte[] flushed = flushed(part, first);
    return last ? Arrays.copyOf(flushed, flushed.length - TAIL.length) : flushed;
  }

  private byte[] flushed(byte[] bytes, boolean first) {
    if (first && !agreed.serverContextTakeover()) {
      deflater.reset();
    }
    deflater.setInput(bytes);
    byte[] out = new byte[2 * bytes.length + 100];
    return Arrays.copyOf(out, deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH));
  }

  /** Inflates a piece of a message, and hands on what comes of it. The reader alone. */
  void inflate(byte[] piece, Consumer<ByteBuffer> to) throws DataFormatException {
    inflater.setInput(piece);
    int count;
    do {
      byte[] out = new byte[4096];
      count = inflater.inflate(out);
      to.accept(ByteBuffer.wrap(out, 0, count));
      if (inflater.finished()) { // a block with BFINAL: what follows is a stream of its own
        int rest = inflater.getRemaining();
        inflater.reset();
        inflater.setInput(piece, piece.length - rest, rest);
      }
    } while (count > 0 || !inflater.needsInput());
  }

  /** Ends a message. */
  void endMessage(Consumer<ByteBuffer> to) throws DataFormatException {
    inflate(TAIL, to);
    if (!agreed.clientContextTakeover()) {
      inflater.setInput(LAST_BLOCK);
      inflater.inflate(new byte[1]);
      if (!inflater.finished()) {
        throw new DataFormatException("it ends inside of a block");
      }
      inflater.reset();
    }
  }

  /** Frees what is native. The reader, last. */
  synchronized void end() {
    ended = true;
    deflater.end();
    inflater.end();
  }
}
