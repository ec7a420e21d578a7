package io.github.easywebsocket.jettyclient;

import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** An {@link Engine} that runs while somebody uses it. Safe from any thread. */
final class SharedEngine {

  private final int ioThreads;

  // guarded by this
  private @Nullable Engine running;
  private int uses;

  SharedEngine(int ioThreads) {
    this.ioThreads = ioThreads;
  }

  /** Uses the engine, until the use is closed; the first use starts it. */
  synchronized Use use() throws IOException {
    if (running == null) {
      running = Engine.start(ioThreads);
    }
    uses++;
    return new Use(running);
  }

  private synchronized void leave(Engine engine) {
    if (--uses == 0) {
      running = null;
      engine.stopLater();
    }
  }

  /** One of those for whom the engine runs: an attempt to connect, then its connection. */
  final class Use implements Closeable {

    private final Engine engine;
    private final AtomicBoolean over = new AtomicBoolean();

    private Use(Engine engine) {
      this.engine = engine;
    }

    Engine engine() {
      return engine;
    }

    /** The first call counts. Any thread, also one of the engine's. */
    @Override
    public void close() {
      if (over.compareAndSet(false, true)) {
        leave(engine);
      }
    }
  }
}
