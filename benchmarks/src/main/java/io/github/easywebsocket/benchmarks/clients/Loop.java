package io.github.easywebsocket.benchmarks.clients;

import io.github.easywebsocket.benchmarks.load.Cell;
import io.github.easywebsocket.benchmarks.load.Window;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A closed loop: each message that comes back is compared, and followed by the next one. Messages
 * go round and round, so one that is lost, doubled or out of order is noticed as wrong.
 */
final class Loop {

  private static final int COUNT = 16;

  private final Cell cell;
  private final Window window;
  private final byte[][] payloads = new byte[COUNT][];
  private final String[] texts = new String[COUNT];
  private final long[] began = new long[COUNT]; // no cell has more under way
  private final CompletableFuture<Void> over = new CompletableFuture<>();

  // guarded by this
  private Client.@Nullable Link link;
  private long sent;
  private long received;

  Loop(Cell cell, Window window) {
    this.cell = cell;
    this.window = window;
    Random random = new Random(42);
    for (int i = 0; i < COUNT; i++) {
      payloads[i] = cell.payload().make(cell.size(), random);
      texts[i] = cell.text() ? new String(payloads[i], StandardCharsets.UTF_8) : "";
    }
  }

  /** Sends as many messages as are to be under way. */
  synchronized void begin(Client.Link to) {
    link = to;
    window.begin();
    for (int i = 0; i < cell.inFlight(); i++) {
      send(to);
    }
  }

  /** Done when the window is over and nothing is under way, or when something is wrong. */
  CompletableFuture<Void> over() {
    return over;
  }

  /** A binary message came back. */
  synchronized void reply(ByteBuffer payload) {
    replied(payload.equals(ByteBuffer.wrap(payloads[index(received)])));
  }

  /** A text message came back. */
  synchronized void reply(String text) {
    replied(text.equals(texts[index(received)]));
  }

  /** The connection has ended, or is about to. */
  void failed(Throwable cause) {
    over.completeExceptionally(cause);
  }

  private void replied(boolean right) {
    if (!right) {
      failed(new IllegalStateException("message " + received + " came back wrong"));
      return;
    }
    long now = System.nanoTime();
    window.done(began[index(received)], now);
    received++;
    if (!window.isOver(now) && link != null) {
      send(link);
    } else if (received == sent) {
      over.complete(null);
    }
  }

  private void send(Client.Link to) {
    int index = index(sent++);
    began[index] = System.nanoTime();
    if (cell.text()) {
      to.send(texts[index]);
    } else {
      to.send(ByteBuffer.wrap(payloads[index]));
    }
  }

  private static int index(long number) {
    return (int) (number % COUNT);
  }
}
