package io.github.easywebsocket;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a thread that handles one read has put off to the end of it: the output of the connections
 * to which the handlers sent, other than their own. So of many messages to many connections, each
 * connection gets its own in one write. One for each thread; used by it alone.
 */
final class Batch {

  /**
   * Weak, or a thread that lives on would hold the class loader of this; who opens one holds it.
   */
  private static final ThreadLocal<@Nullable WeakReference<Batch>> OF_THREAD = new ThreadLocal<>();

  private final List<Outbox> putOff = new ArrayList<>();
  private boolean open;
  private int sends;

  private Batch() {}

  static Batch ofThread() {
    Batch batch = known();
    if (batch == null) {
      batch = new Batch();
      OF_THREAD.set(new WeakReference<>(batch));
    }
    return batch;
  }

  /** Counts a send to another connection; returns whether it may wait. */
  static boolean takesSend() {
    Batch batch = known();
    if (batch == null) {
      return false;
    }
    batch.sends++;
    return batch.open;
  }

  private static @Nullable Batch known() {
    WeakReference<Batch> known = OF_THREAD.get();
    return known == null ? null : known.get();
  }

  /** A handler begins that another one or the end of the batch will follow soon. */
  void open() {
    open = true;
  }

  /** From here on nothing is put off. */
  void close() {
    open = false;
  }

  /** Counts sends from here on. */
  void begin() {
    sends = 0;
  }

  /** How many sends there were, those that were not put off as well. */
  int sends() {
    return sends;
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
