/** The backend on Undertow's raw connection. */
@NullMarked
package io.github.easywebsocket.undertow;

import org.jspecify.annotations.NullMarked;
