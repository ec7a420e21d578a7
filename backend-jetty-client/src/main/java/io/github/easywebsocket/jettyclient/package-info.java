/**
 * The client backend {@code "jetty"}: Jetty does connections, TLS and HTTP/1.1, and our driver
 * WebSocket.
 *
 * <p>An {@code Attempt} looks the host up, connects, asks a proxy for a tunnel if there is one,
 * shakes hands ({@code ClientHandshake}) and then hands the connection to a {@code ClientPipe}.
 */
@NullMarked
package io.github.easywebsocket.jettyclient;

import org.jspecify.annotations.NullMarked;
