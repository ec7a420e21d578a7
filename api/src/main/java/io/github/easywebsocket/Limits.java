package io.github.easywebsocket;

import java.util.Objects;

/**
 * The bounds of one connection. Take {@link #DEFAULT} and change what you need: {@code
 * Limits.DEFAULT.withMaxMessageSize(64 << 10)}. Versions to come may add components, so do not call
 * the constructor.
 *
 * @param maxMessageSize the longest message taken from the peer, in bytes of payload (UTF-8 bytes
 *     for text), all fragments together; a longer one is refused with 1009 before it is buffered.
 *     Default 1 MiB. More memory for each connection that sends so much
 * @param maxFragments the most fragments of one message. Default 1,024; 1009 beyond
 * @param sendQueueBytes the most bytes waiting to be sent on one connection, 64 added for each
 *     message; then {@code overflow} decides. A single message is always taken by an empty queue.
 *     Default 1 MiB
 * @param sendQueueMessages the most messages waiting to be sent on one connection; then {@code
 *     overflow} decides. Default 16,384, which {@code sendQueueBytes} reaches first
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
     * Waits for room if the calling thread may block, and fails the send if not. A thread that may
     * not block is one of the engine's, such as a handler's under {@code inline()}, and the one
     * that looks at the time-outs. A broadcast and a publish never wait: the send to that
     * connection fails.
     */
    BLOCK,
    /**
     * Fails that send, the newest, with {@link WebSocketException.Kind#QUEUE_FULL}; the connection
     * goes on.
     */
    FAIL,
    /**
     * Fails the oldest send that waits with {@link WebSocketException.Kind#QUEUE_FULL}, as many as
     * it takes to make room, and takes the new one: for what is worth most when it is new.
     */
    DROP_OLDEST,
    /**
     * Fails that send with {@link WebSocketException.Kind#QUEUE_FULL} and closes the connection
     * with 1008: for a peer that would do nothing with a stream that has gaps. What waits is not
     * sent, and {@code onError} is told.
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
