/**
 * The backend {@code "jetty"}, on the core layer of Jetty's WebSocket: no servlets, no annotations,
 * no extensions.
 *
 * <p>Jetty parses and generates frames ({@link
 * org.eclipse.jetty.websocket.core.WebSocketConnection}); its session, which has a close handshake,
 * time-outs and close reasons of its own, is replaced by one that passes everything on to the core.
 */
@NullMarked
package io.github.easywebsocket.jetty;

import org.jspecify.annotations.NullMarked;
