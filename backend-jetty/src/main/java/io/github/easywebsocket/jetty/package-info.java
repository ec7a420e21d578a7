/** The backend on Jetty's WebSocket. */
@NullMarked
package io.github.easywebsocket.jetty;

import org.jspecify.annotations.NullMarked;
