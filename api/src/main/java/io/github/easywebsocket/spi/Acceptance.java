package io.github.easywebsocket.spi;

import io.github.easywebsocket.Headers;
import io.github.easywebsocket.Limits;
import org.jspecify.annotations.Nullable;

/**
 * How a request is accepted: what the response says, and who receives what follows.
 *
 * @param acceptKey the value of {@code Sec-WebSocket-Accept}; empty for an extended CONNECT, whose
 *     answer has none
 * @param subprotocol the value of {@code Sec-WebSocket-Protocol}, or null to leave it out
 * @param headers further headers of the response, {@code Sec-WebSocket-Extensions} among them if
 *     there is a {@code deflate}
 * @param limits the bounds of this connection
 * @param deflate how messages are compressed in either direction, or null if they are not; always
 *     null for a backend that does not declare {@link Capability#COMPRESSION}
 * @param receiver is told everything that happens on the connection
 */
public record Acceptance(
    String acceptKey,
    @Nullable String subprotocol,
    Headers headers,
    Limits limits,
    @Nullable Deflate deflate,
    Receiver receiver) {}
