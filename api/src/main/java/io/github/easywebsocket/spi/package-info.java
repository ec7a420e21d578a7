/**
 * What a backend implements and what it is given: see {@code docs/adding-a-backend.md}.
 *
 * <p>A backend translates between an engine and {@link io.github.easywebsocket.spi.Receiver}; it
 * keeps no WebSocket state of its own. States, close codes, limits, queues, order and the
 * containment of exceptions live in the core, once.
 */
@NullMarked
package io.github.easywebsocket.spi;

import org.jspecify.annotations.NullMarked;
