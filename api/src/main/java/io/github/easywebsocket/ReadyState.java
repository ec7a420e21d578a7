package io.github.easywebsocket;

/**
 * The states of a connection (RFC 6455 §4.1 and §7.1), in the order in which a connection goes
 * through them; it may skip some, but never goes back.
 */
public enum ReadyState {
  /** The handshake is not done; no handler has seen the connection. */
  CONNECTING,
  /** Messages go both ways. */
  OPEN,
  /** One end has begun to close; sends fail. */
  CLOSING,
  /** The connection is over; {@code onClose} has begun. */
  CLOSED
}
