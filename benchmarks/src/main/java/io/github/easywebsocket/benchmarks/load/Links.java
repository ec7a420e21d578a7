package io.github.easywebsocket.benchmarks.load;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Connections to one server, and the selector that tells which of them has something. */
final class Links implements Closeable {

  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);
  private static final int NAP_MILLIS = 10;

  /** What to do with messages that came back. */
  interface Arrival {

    /**
     * Messages came back.
     *
     * @param first the number of the first of them on this link
     * @param count how many there are
     * @param now the time
     */
    void on(Link link, long first, int count, long now) throws IOException;
  }

  private final Selector selector;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(256 << 10);
  private final List<Link> links = new ArrayList<>();

  private Links(Selector selector) {
    this.selector = selector;
  }

  /** Opens connections, one after the other. */
  static Links open(Target target, String path, Messages messages, int count) throws IOException {
    Links opened = new Links(Selector.open());
    try {
      for (int i = 0; i < count; i++) {
        opened.links.add(target.open(messages, path, opened.selector, i));
      }
      return opened;
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  List<Link> all() {
    return links;
  }

  /**
   * Serves the connections that have something.
   *
   * @param spin whether to return at once if none has, rather than in a moment
   */
  void turn(boolean spin, Arrival arrival) throws IOException {
    try {
      if (spin) {
        selector.selectNow(key -> serve(key, arrival));
      } else {
        selector.select(key -> serve(key, arrival), NAP_MILLIS);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void serve(SelectionKey key, Arrival arrival) {
    Link link = (Link) key.attachment();
    try {
      if (key.isReadable()) {
        int count = link.read(buffer);
        if (count > 0) {
          arrival.on(link, link.received() - count, count, System.nanoTime());
        }
      }
      if (key.isWritable()) {
        link.write();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until so many messages have come back in all. */
  void await(long messages, Arrival arrival) throws IOException {
    long deadline = System.nanoTime() + PATIENCE;
    while (received() < messages) {
      turn(false, arrival);
      if (System.nanoTime() - deadline > 0) {
        throw new WrongEcho((messages - received()) + " messages never came back");
      }
    }
  }

  /** The messages sent on all connections. */
  long sent() {
    return links.stream().mapToLong(Link::sent).sum();
  }

  private long received() {
    return links.stream().mapToLong(Link::received).sum();
  }

  @Override
  public void close() throws IOException {
    for (Link link : links) {
      link.close();
    }
    selector.close();
  }
}
