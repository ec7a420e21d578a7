package io.github.easywebsocket.benchmarks.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** A selector and its one thread, which accepts connections and tells them what they can do. */
final class NioLoop implements Runnable {

  /** One connection. */
  interface Connection {

    /** It can be read, written, or both. */
    void ready() throws IOException;

    /** It is broken. */
    void lost();
  }

  /** Makes a connection of what was accepted. */
  interface Factory {
    Connection make(SocketChannel channel, SelectionKey key) throws IOException;
  }

  private final Selector selector = Selector.open();
  private final ServerSocketChannel listener = ServerSocketChannel.open();
  private final Factory factory;

  private NioLoop(Factory factory) throws IOException {
    this.factory = factory;
  }

  /** Starts the thread, and returns the port. */
  static int start(int port, Factory factory) throws IOException {
    NioLoop loop = new NioLoop(factory);
    loop.listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
    loop.listener.bind(new InetSocketAddress(Server.HOST, port), Server.BACKLOG);
    loop.listener.configureBlocking(false);
    loop.listener.register(loop.selector, SelectionKey.OP_ACCEPT);
    new Thread(loop, "nio").start();
    return loop.listener.socket().getLocalPort();
  }

  @Override
  public void run() {
    try {
      while (true) {
        selector.select(this::serve);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void serve(SelectionKey key) {
    Connection connection = (Connection) key.attachment();
    try {
      if (connection == null) {
        accept();
      } else {
        connection.ready();
      }
    } catch (IOException e) {
      if (connection != null) {
        connection.lost();
      }
    }
  }

  private void accept() throws IOException {
    for (SocketChannel channel; (channel = listener.accept()) != null; ) {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
      key.attach(factory.make(channel, key));
    }
  }
}
