/** The servers that are measured, each in a JVM of its own. */
@NullMarked
package io.github.easywebsocket.benchmarks.servers;

import org.jspecify.annotations.NullMarked;
