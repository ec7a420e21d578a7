package io.github.easywebsocket.spi;

/**
 * What an engine may or may not be able to do. An option that needs a capability which its backend
 * does not declare is refused when the server or client starts (EWS-106), never ignored.
 */
public enum Capability {
  /** {@code wss://}, with the {@code SSLContext} that the backend is given. */
  TLS,
  /** permessage-deflate (RFC 7692), as negotiated by {@link Deflate}. */
  COMPRESSION,
  /** WebSockets over HTTP/2, RFC 8441. */
  HTTP2
}
