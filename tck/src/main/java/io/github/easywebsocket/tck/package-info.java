/** The conformance suite of backends. */
@NullMarked
package io.github.easywebsocket.tck;

import org.jspecify.annotations.NullMarked;
