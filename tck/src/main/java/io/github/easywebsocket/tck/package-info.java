/**
 * The conformance suite: proves that a backend keeps every rule of CONTRACT.md.
 *
 * <p>One class with one method binds a backend:
 *
 * <pre>{@code
 * class MyServerTckTest extends ServerBackendTck {
 *   @Override
 *   protected ServerBackend backend() {
 *     return new MyBackend();
 *   }
 * }
 * }</pre>
 *
 * <p>{@link io.github.easywebsocket.tck.ServerBackendTck} and {@link
 * io.github.easywebsocket.tck.ClientBackendTck} are all there is to use. The tests are in the
 * interfaces {@code …Rules}, one for each section of the contract; those of sections 1 and 3 to 6
 * run for both ends. A test's name begins with its rule's number. The other end is always a {@code
 * RawPeer}: a socket of the suite's own that speaks bytes, and so can break the protocol.
 */
@NullMarked
package io.github.easywebsocket.tck;

import org.jspecify.annotations.NullMarked;
