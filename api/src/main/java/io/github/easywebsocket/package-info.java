/**
 * The user API: {@link io.github.easywebsocket.WebSocketServer}, {@link
 * io.github.easywebsocket.WebSocketClient} and what they hand to handlers.
 *
 * <p>Every rule of behaviour is numbered in {@code CONTRACT.md} and holds on every backend.
 */
@NullMarked
package io.github.easywebsocket;

import org.jspecify.annotations.NullMarked;
