package io.github.easywebsocket.spi;

/**
 * What an engine may or may not be able to do. An option that needs a capability its backend does
 * not declare is refused when the server or client starts (EWS-106), never ignored.
 */
public enum Capability {
  /** {@code wss://}, with the SSLContext given. */
  TLS,
  /** permessage-deflate of RFC 7692, as {@link Deflate} says. */
  COMPRESSION,
  /** WebSockets over HTTP/2, RFC 8441. */
  HTTP2
}
