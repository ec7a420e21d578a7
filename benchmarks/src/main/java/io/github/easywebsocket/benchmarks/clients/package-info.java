/** Clients to be measured, each on one connection to an echo server. */
@NullMarked
package io.github.easywebsocket.benchmarks.clients;

import org.jspecify.annotations.NullMarked;
