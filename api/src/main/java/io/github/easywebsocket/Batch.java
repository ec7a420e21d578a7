package io.github.easywebsocket;

import java.util.ArrayList;
import java.util.List;

/**
 * What a thread that handles one read has put off to the end of it: the output of the connections
 * to which the handlers sent, other than their own. So of many messages to many connections, each
 * connection gets its own in one write. One for each thread; used by it alone.
 */
final class Batch {

  private static final ThreadLocal<Batch> OF_THREAD = ThreadLocal.withInitial(Batch::new);

  private final List<Outbox> putOff = new ArrayList<>();
  private boolean open;

  private Batch() {}

  static Batch ofThread() {
    return OF_THREAD.get();
  }

  /** Whether what is sent now may wait. */
  boolean isOpen() {
    return open;
  }

  /** A handler begins that another one or the end of the batch will follow soon. */
  void open() {
    open = true;
  }

  /** From here on nothing is put off. */
  void close() {
    open = false;
  }

  void add(Outbox outbox) {
    putOff.add(outbox);
  }

  /** Sends what was put off. */
  void end() {
    open = false;
    for (int i = 0; i < putOff.size(); i++) {
      putOff.get(i).sendPutOff();
    }
    putOff.clear();
  }
}
