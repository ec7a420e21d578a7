/** Micrometer's meters of connections and messages. */
@NullMarked
package io.github.easywebsocket.micrometer;

import org.jspecify.annotations.NullMarked;
