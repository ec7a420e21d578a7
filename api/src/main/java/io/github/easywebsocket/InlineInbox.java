package io.github.easywebsocket;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Runs handlers on the engine's thread, as soon as it reports. While another thread runs one, as
 * after a time-out, the engine's gathers, and the other goes on with that.
 */
final class InlineInbox extends Inbox {

  // the runner's
  private boolean inBatch; // it is the engine's thread, and its read is not over
  private boolean inHandler;
  private @Nullable Batch others;

  InlineInbox(Session session) {
    super(session);
  }

  @Override
  void add(Object event, int bytes) {
    if (!hasGathered() && beginRead()) {
      handle(event);
    } else {
      gather(event, bytes);
    }
  }

  /** Makes the engine's thread the runner until the end of its read; false if there is another. */
  private boolean beginRead() {
    if (onHandlerThread()) {
      return inBatch && !inHandler;
    }
    if (!beginRun()) {
      return false;
    }
    inBatch = true;
    others = Batch.ofThread();
    session.beginBatch(true);
    return true;
  }

  private void handle(Object event) {
    Batch putOff = Objects.requireNonNull(others);
    inHandler = true;
    putOff.open();
    session.handle(event);
    putOff.close();
    inHandler = false;
  }

  @Override
  void readComplete() {
    if (onHandlerThread() && inBatch && !inHandler) {
      endRead();
    }
    handOver();
  }

  private void endRead() {
    inBatch = false;
    session.endBatch();
    Objects.requireNonNull(others).end();
    endRun();
  }

  @Override
  void schedule() {
    run();
  }
}
