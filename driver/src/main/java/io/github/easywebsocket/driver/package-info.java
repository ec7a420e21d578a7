/** RFC 6455 and RFC 7692 over any byte pipe. */
@NullMarked
package io.github.easywebsocket.driver;

import org.jspecify.annotations.NullMarked;
