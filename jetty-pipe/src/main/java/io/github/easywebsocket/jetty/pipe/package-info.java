/** The driver's pipe on a connection of Jetty's, and the threads that read it. */
@NullMarked
package io.github.easywebsocket.jetty.pipe;

import org.jspecify.annotations.NullMarked;
