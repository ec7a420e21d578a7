/** The load generator: one process, one thread, which checks every byte that comes back. */
@NullMarked
package io.github.easywebsocket.benchmarks.load;

import org.jspecify.annotations.NullMarked;
