/**
 * The server backend {@code "undertow"}: Undertow does HTTP, TLS and the upgrade, the driver speaks
 * WebSocket on the raw connection.
 */
@NullMarked
package io.github.easywebsocket.undertow;

import org.jspecify.annotations.NullMarked;
