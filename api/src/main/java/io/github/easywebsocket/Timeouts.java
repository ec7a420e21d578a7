package io.github.easywebsocket;

import java.time.Duration;

/**
 * How long each thing may take. Take {@link #DEFAULT} and change what you need by {@code with…}:
 * versions to come may add components, so do not call the constructor. A time-out is kept to a
 * tenth of the shortest of them, and to a second at the worst.
 *
 * @param handshake from the TCP connection to the answer of the opening handshake, the verifier's
 *     time included; 503 or the end of the connection beyond. Default 10 s
 * @param close from our close frame to the peer's, and to the end of the TCP connection; then the
 *     connection is aborted and ends with 1006. Default 5 s
 * @param write without any progress of a send while there is something to send; then the connection
 *     is aborted. Progress is what the operating system takes, which is tried some ten times within
 *     this time. What a peer reads shows when its own system tells of room: Linux does once a
 *     sixteenth of the receive buffer is free, and lets that grow to 6 MB by default for a peer
 *     that has read fast; so such a one that then reads less than some 50 KB/s may count as not
 *     reading. Default 10 s
 * @param idle without a byte from the peer; then the connection is closed with 1001. Default 60 s,
 *     zero for never
 * @param ping without a byte from the peer until it is sent a ping, so that a living peer never
 *     becomes idle. Default 25 s, zero for no pings
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

  /** Checks that each is positive, or zero where zero has a meaning. */
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
