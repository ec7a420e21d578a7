/**
 * An example of a backend: an engine of one thread on plain JDK NIO, with the driver on top.
 *
 * <p>Four classes, as every byte-level backend has: the provider, the server, a request that waits
 * for its answer, and the pipe. Only {@link io.github.easywebsocket.examples.nio.RequestHead},
 * which parses HTTP, would be the engine's own anywhere else. It is made for reading: HTTP/1.1
 * without chunked bodies, keep-alive and TLS.
 */
@NullMarked
package io.github.easywebsocket.examples.nio;

import org.jspecify.annotations.NullMarked;
