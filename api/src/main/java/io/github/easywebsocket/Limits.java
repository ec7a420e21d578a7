package io.github.easywebsocket;

import java.util.Objects;

/**
 * The bounds of one connection. Start from {@link #DEFAULT} and change what you need: {@code
 * Limits.DEFAULT.withMaxMessageSize(64 << 10)}. Do not call the constructor, since later versions
 * may add components.
 *
 * @param maxMessageSize the longest message accepted from the peer, in bytes of payload (for text,
 *     of UTF-8), all fragments together; a longer one is refused with 1009 before it is buffered.
 *     Default 1 MiB. A peer can make the server hold this much memory for each connection
 * @param maxFragments the most fragments of one message; 1009 beyond. Default 1,024
 * @param sendQueueBytes the most bytes that may wait to be sent on one connection, where each
 *     message counts 64 bytes more than it has; then {@code overflow} decides. An empty queue takes
 *     a message of any size. Default 1 MiB
 * @param sendQueueMessages the most messages that may wait to be sent on one connection; then
 *     {@code overflow} decides. Default 16,384, but {@code sendQueueBytes} is reached first
 * @param overflow what a send does when the queue is full. Default {@link Overflow#BLOCK}
 * @param maxHttpBody the longest body of a plain HTTP request, in bytes; 413 beyond. Default 64 KiB
 */
public record Limits(
    int maxMessageSize,
    int maxFragments,
    int sendQueueBytes,
    int sendQueueMessages,
    Overflow overflow,
    int maxHttpBody) {

  /** What a send does when the connection's queue is full. */
  public enum Overflow {
    /**
     * Waits for room if the calling thread may block; otherwise fails the send. The engine's
     * threads may not block, so neither may a handler under {@code inline()}, and the thread that
     * looks at the time-outs may not either. A broadcast or publish never waits: it fails the send
     * to that connection.
     */
    BLOCK,
    /**
     * Fails the new send with {@link WebSocketException.Kind#QUEUE_FULL}; the connection goes on.
     */
    FAIL,
    /**
     * Takes the new send, and makes room for it by failing the oldest ones that wait with {@link
     * WebSocketException.Kind#QUEUE_FULL}: for data that is worth most when it is new.
     */
    DROP_OLDEST,
    /**
     * Fails the new send with {@link WebSocketException.Kind#QUEUE_FULL} and closes the connection
     * with 1008: for peers that have no use for a stream with gaps. What waits is not sent, and
     * {@code onError} is called. Clients that reconnect may take 1008 as final, as {@link
     * ReconnectingClient} does by default; see {@link ReconnectingClient.Builder#finalCodes}.
     */
    CLOSE
  }

  /** The defaults. */
  public static final Limits DEFAULT =
      new Limits(1 << 20, 1024, 1 << 20, 1 << 14, Overflow.BLOCK, 64 << 10);

  /** Checks that every bound is positive. */
  public Limits {
    Require.positive("maxMessageSize", maxMessageSize);
    Require.positive("maxFragments", maxFragments);
    Require.positive("sendQueueBytes", sendQueueBytes);
    Require.positive("sendQueueMessages", sendQueueMessages);
    Require.positive("maxHttpBody", maxHttpBody);
    Objects.requireNonNull(overflow, "overflow");
  }

  /** These limits with another {@code maxMessageSize}. */
  public Limits withMaxMessageSize(int bytes) {
    return new Limits(
        bytes, maxFragments, sendQueueBytes, sendQueueMessages, overflow, maxHttpBody);
  }

  /** These limits with another {@code maxFragments}. */
  public Limits withMaxFragments(int fragments) {
    return new Limits(
        maxMessageSize, fragments, sendQueueBytes, sendQueueMessages, overflow, maxHttpBody);
  }

  /** These limits with another {@code sendQueueBytes}. */
  public Limits withSendQueueBytes(int bytes) {
    return new Limits(
        maxMessageSize, maxFragments, bytes, sendQueueMessages, overflow, maxHttpBody);
  }

  /** These limits with another {@code sendQueueMessages}. */
  public Limits withSendQueueMessages(int messages) {
    return new Limits(
        maxMessageSize, maxFragments, sendQueueBytes, messages, overflow, maxHttpBody);
  }

  /** These limits with another {@code overflow}. */
  public Limits withOverflow(Overflow policy) {
    return new Limits(
        maxMessageSize, maxFragments, sendQueueBytes, sendQueueMessages, policy, maxHttpBody);
  }

  /** These limits with another {@code maxHttpBody}. */
  public Limits withMaxHttpBody(int bytes) {
    return new Limits(
        maxMessageSize, maxFragments, sendQueueBytes, sendQueueMessages, overflow, bytes);
  }
}
