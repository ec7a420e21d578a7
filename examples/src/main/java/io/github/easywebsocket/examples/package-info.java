/** Programs to run and to read. */
@NullMarked
package io.github.easywebsocket.examples;

import org.jspecify.annotations.NullMarked;
