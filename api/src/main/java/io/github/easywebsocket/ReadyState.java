package io.github.easywebsocket;

/**
 * The states of a connection, RFC 6455 §4.1 and §7.1; a connection only ever goes down this list.
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
