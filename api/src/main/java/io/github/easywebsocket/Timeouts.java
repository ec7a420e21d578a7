package io.github.easywebsocket;

import java.time.Duration;

/**
 * How long things may take. Start from {@link #DEFAULT} and change what you need with {@code
 * with…}: do not call the constructor, since later versions may add components. Each time-out is
 * precise to a tenth of the shortest of them, and to a second at worst.
 *
 * @param handshake from the TCP connection to the answer of the opening handshake, the verifier's
 *     time included; then the client gets 503, or the connection ends. Default 10 s
 * @param close from our close frame to the peer's, and on to the end of the TCP connection; then
 *     the connection is aborted and ends with 1006. Default 5 s
 * @param write without any progress while there is something to send; then the connection is
 *     aborted. Progress is what the operating system takes; writing is tried some ten times within
 *     this time. That the peer reads shows only when its own system announces room: Linux does so
 *     once a sixteenth of the receive buffer is free, and by default lets that buffer grow to 6 MB
 *     for a peer that reads fast. So a peer that first reads fast and then less than some 50 KB/s
 *     may count as one that does not read. Default 10 s
 * @param idle without a byte from the peer; then the connection is closed with 1001. Default 60 s,
 *     zero for never
 * @param ping without a byte from the peer until it is sent a ping, which keeps a living peer from
 *     becoming idle if this is less than {@code idle}. Default 25 s, zero for no pings
 */
public record Timeouts(
    Duration handshake, Duration close, Duration write, Duration idle, Duration ping) {

  /** The defaults. */
  public static final Timeouts DEFAULT =
      new Timeouts(
          Duration.ofSeconds(10),
          Duration.ofSeconds(5),
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          Duration.ofSeconds(25));

  /**
   * Checks that each is positive, or zero where zero has a meaning, and not longer than 365 days.
   *
   * @throws IllegalArgumentException if one is not
   */
  public Timeouts {
    check("handshake", handshake, false);
    check("close", close, false);
    check("write", write, false);
    check("idle", idle, true);
    check("ping", ping, true);
  }

  private static void check(String name, Duration value, boolean orZero) {
    if (!(orZero && value.isZero())) {
      Require.positive(name, value);
    }
    Require.atMostAYear(name, value);
  }

  /** These time-outs with another {@code handshake}. */
  public Timeouts withHandshake(Duration time) {
    return new Timeouts(time, close, write, idle, ping);
  }

  /** These time-outs with another {@code close}. */
  public Timeouts withClose(Duration time) {
    return new Timeouts(handshake, time, write, idle, ping);
  }

  /** These time-outs with another {@code write}. */
  public Timeouts withWrite(Duration time) {
    return new Timeouts(handshake, close, time, idle, ping);
  }

  /** These time-outs with another {@code idle}. */
  public Timeouts withIdle(Duration time) {
    return new Timeouts(handshake, close, write, time, ping);
  }

  /** These time-outs with another {@code ping}. */
  public Timeouts withPing(Duration time) {
    return new Timeouts(handshake, close, write, idle, time);
  }
}
