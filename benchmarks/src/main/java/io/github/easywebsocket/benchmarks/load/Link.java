package io.github.easywebsocket.benchmarks.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;

/**
 * One connection: sends the prepared messages in order, and checks what comes back. What is to be
 * sent is but a number, since the bytes of all messages are there already.
 */
final class Link {

  private final Wire wire;
  private final Messages messages;
  private final Check check;
  private final SelectionKey key;
  private final ByteBuffer frames;
  private final Times times;

  private long sent; // messages that are, or shall be
  private long due; // bytes of them
  private long written; // bytes
  private long received; // messages

  /** Takes a wire that does not block. */
  Link(Wire wire, Messages messages, Check check, Selector selector) throws IOException {
    this.wire = wire;
    this.messages = messages;
    this.check = check;
    key = wire.channel().register(selector, SelectionKey.OP_READ, this);
    frames = messages.frames();
    times = new Times(messages.cell().inFlight());
  }

  /**
   * Sends the next messages; what the connection does not take now goes later.
   *
   * @param time from which to count how long they take
   */
  void send(int count, long time) throws IOException {
    for (int i = 0; i < count; i++) {
      times.set(sent + i, time);
    }
    sent += count;
    due = messages.bytesOf(sent);
    write();
  }

  /** Goes on writing. */
  void write() throws IOException {
    boolean all;
    do {
      int from = (int) (written % messages.frameBytes());
      int count = (int) Math.min(due - written, messages.frameBytes() - from);
      frames.limit(from + count).position(from);
      all = wire.write(frames);
      written += frames.position() - from;
    } while (all && written < due);
    int wanted = all ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE;
    if (key.interestOps() != wanted) {
      key.interestOps(wanted);
    }
  }

  /**
   * Reads what there is.
   *
   * @param buffer to use for it
   * @return how many messages are complete by it
   */
  int read(ByteBuffer buffer) throws IOException {
    int done = 0;
    int count;
    do {
      count = wire.read(buffer.clear());
      if (count < 0) {
        throw new WrongEcho("the server ended a connection after " + received + " messages");
      }
      done += check.take(buffer.flip());
    } while (count == buffer.capacity() || wire.hasMore());
    received += done;
    return done;
  }

  /** The messages sent, or on their way. */
  long sent() {
    return sent;
  }

  /** The messages that came back. */
  long received() {
    return received;
  }

  /** When the messages were sent. */
  Times times() {
    return times;
  }

  void close() throws IOException {
    wire.close();
  }
}
