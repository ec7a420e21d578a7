/**
 * The backend {@code "jetty"}: Jetty does HTTP, TLS and the upgrade, without servlets, annotations
 * and extensions.
 *
 * <p>On the raw connection, or on a stream of HTTP/2 ({@code ServerPipe}), the driver speaks
 * WebSocket. With {@link io.github.easywebsocket.jetty.JettyBackend#JETTY_WEBSOCKET} the core layer
 * of Jetty's WebSocket parses and generates frames instead ({@code JettyTransport}); its session,
 * which has a close handshake, time-outs and close reasons of its own, is replaced by one that
 * passes everything on to the core.
 */
@NullMarked
package io.github.easywebsocket.jetty;

import org.jspecify.annotations.NullMarked;
