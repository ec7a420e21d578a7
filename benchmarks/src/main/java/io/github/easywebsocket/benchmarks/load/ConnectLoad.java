package io.github.easywebsocket.benchmarks.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.TimeUnit;

/** Connections that are opened and closed again, some at a time. */
final class ConnectLoad implements Load {

  private static final int NAP_MILLIS = 10;
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);

  private final Target target;
  private final int atOnce;
  private final OpeningRequest request;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(16 << 10);

  ConnectLoad(Target target, int atOnce) {
    this.target = target;
    this.atOnce = atOnce;
    request = new OpeningRequest(target.port(), Target.ECHO, false);
  }

  @Override
  public void run(Window window) throws IOException {
    window.begin();
    try (Selector selector = Selector.open()) {
      for (int i = 0; i < atOnce; i++) {
        new Dial(target.address(), request).register(selector);
      }
      while (!window.isOver(System.nanoTime())) {
        turn(selector, window, true);
      }
      long deadline = System.nanoTime() + PATIENCE;
      while (!selector.keys().isEmpty()) {
        turn(selector, window, false);
        if (System.nanoTime() - deadline > 0) {
          throw new WrongEcho(selector.keys().size() + " connections do not end");
        }
      }
    }
  }

  private void turn(Selector selector, Window window, boolean again) throws IOException {
    try {
      selector.select(key -> serve(key, window, again), NAP_MILLIS);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void serve(SelectionKey key, Window window, boolean again) {
    Dial dial = (Dial) key.attachment();
    try {
      dial.go(key, buffer, window);
      if (dial.isOver() && again) {
        new Dial(target.address(), request).register(key.selector());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
