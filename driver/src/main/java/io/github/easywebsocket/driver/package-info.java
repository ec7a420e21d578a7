/**
 * RFC 6455 and RFC 7692 over any byte pipe.
 *
 * <p>A backend whose engine hands over a raw connection makes it a {@link
 * io.github.easywebsocket.driver.BytePipe}, gives each connection a {@link
 * io.github.easywebsocket.driver.WebSocketDriver}, and tells that what it reads.
 */
@NullMarked
package io.github.easywebsocket.driver;

import org.jspecify.annotations.NullMarked;
