package io.github.easywebsocket.benchmarks.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * The server to be loaded, on this machine.
 *
 * @param port where it listens
 * @param pid its process, of which the CPU time is counted
 * @param raw whether it is a mere echo of bytes, without WebSocket
 */
public record Target(int port, long pid, boolean raw) {

  static final String ECHO = "/ws";
  static final String BROADCAST = "/broadcast";

  /** An address has some 28,000 ports to connect from, and those just closed rest for a minute. */
  private static final int FROM_ONE_ADDRESS = 20_000;

  InetSocketAddress address() {
    return new InetSocketAddress("127.0.0.1", port);
  }

  /**
   * A connection whose handshake is done, and which does not block any more.
   *
   * @param number how many were opened before; where they are many, from other addresses
   */
  Link open(Messages messages, String path, Selector selector, int number) throws IOException {
    Cell.Variant variant = messages.cell().variant();
    SocketChannel channel = SocketChannel.open();
    try {
      if (number >= FROM_ONE_ADDRESS) {
        channel.bind(new InetSocketAddress("127.0.0." + (1 + number / FROM_ONE_ADDRESS), 0));
      }
      channel.connect(address());
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      Wire wire = variant == Cell.Variant.TLS ? new TlsWire(channel) : Wire.plain(channel);
      if (!raw) {
        new OpeningRequest(port, path, variant == Cell.Variant.DEFLATE).shakeHands(wire);
      }
      channel.configureBlocking(false);
      Check check = raw ? new StreamCheck(messages) : new FrameCheck(messages);
      return new Link(wire, messages, check, selector);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }
}
