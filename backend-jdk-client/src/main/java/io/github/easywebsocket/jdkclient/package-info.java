/** The client backend {@code "jdk"}, on {@link java.net.http.WebSocket}. */
@NullMarked
package io.github.easywebsocket.jdkclient;

import org.jspecify.annotations.NullMarked;
