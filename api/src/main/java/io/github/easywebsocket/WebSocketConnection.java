package io.github.easywebsocket;

import io.github.easywebsocket.spi.Transport;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One end of a WebSocket connection.
 *
 * <p>All methods may be called from any thread, also inside a handler. Sends keep the order of the
 * calls. A stage returned here completes exactly once; what depends on it runs on the thread that
 * completes it, often the engine's, so use the {@code …Async} methods of the stage for work that
 * blocks.
 */
public interface WebSocketConnection {

  /**
   * Sends a message. While the send queue is full this waits for room, by default and where the
   * calling thread may: not on one of the engine's, as a handler's under {@code inline()}, where
   * the send fails instead. With {@link Limits.Overflow#FAIL} and the other policies it never
   * waits.
   *
   * @return completes when the message is handed to the transport: written, or in a bounded buffer
   *     that is about to be. Fails with a {@link WebSocketException}, of kind {@code CLOSED} when
   *     the connection is closing, closed or ends before, {@code QUEUE_FULL} when the send queue
   *     has no room (see {@link Limits#overflow()}). Nothing is thrown for a closed connection
   */
  CompletionStage<Void> send(Message message);

  /**
   * Sends a text message. To send it to many, make one {@link Message#text} for all.
   *
   * @return as {@link #send(Message)}; fails with an {@link IllegalArgumentException} when the text
   *     holds a lone surrogate
   */
  CompletionStage<Void> send(CharSequence text);

  /**
   * Sends a binary message of the bytes that remain in the buffer. They are copied before this
   * returns; the buffer's position does not change.
   *
   * @return as {@link #send(Message)}
   */
  CompletionStage<Void> send(ByteBuffer bytes);

  /**
   * Sends a binary message of these bytes, which are copied before this returns.
   *
   * @return as {@link #send(Message)}
   */
  CompletionStage<Void> send(byte[] bytes);

  /**
   * Subscribes to a topic of this server: what is published to it is sent to this connection, too.
   * Ends with {@link #unsubscribe} or with the connection, just before {@code onClose}. A topic is
   * there as long as someone subscribes to it; all endpoints of a server share its topics.
   *
   * @param topic any name of 1 to 256 characters; case counts
   * @return whether that is new; false also if the connection is not open, and then nothing happens
   * @throws IllegalStateException if the connection has as many topics as {@link
   *     WebSocketServer.Builder#maxTopicsPerConnection} allows
   * @throws IllegalArgumentException if the name is empty or too long
   * @throws UnsupportedOperationException if this is a client's connection
   */
  boolean subscribe(String topic);

  /**
   * Ends a subscription. What has been published before may still arrive.
   *
   * @return whether there was one
   */
  boolean unsubscribe(String topic);

  /**
   * The topics that this connection subscribes to; once it has ended, also inside of {@code
   * onClose}, those it had last.
   *
   * @return a copy
   */
  Set<String> topics();

  /**
   * Sends a message to all that subscribe to a topic but this connection, which need not be one of
   * them. Otherwise as {@link WebSocketServer#publish}.
   *
   * @return how many connections the message was sent to
   * @throws UnsupportedOperationException if this is a client's connection
   */
  int publish(String topic, Message message);

  /**
   * Begins a text message that is sent in parts. Nothing happens before its first part.
   *
   * @return takes the parts; good for one thread at a time
   */
  OutgoingMessage startText();

  /** Begins a binary message that is sent in parts, as {@link #startText()}. */
  OutgoingMessage startBinary();

  /**
   * Whether it is a good time to send: the send queue is not more than half full. Once it was, this
   * is false until the queue is nearly empty, and then {@link WebSocketHandler#onWritable} is
   * called. While a message is sent in parts, this tells of the room for its parts. Also false when
   * the connection is not open.
   */
  boolean isWritable();

  /**
   * Reads no more from the peer until {@link #resumeReading()}, so that it is slowed down; what has
   * been read already is still delivered. The idle time-out does not count meanwhile. A connection
   * that closes reads again. Does nothing if it is paused already.
   */
  void pauseReading();

  /** Reads again after {@link #pauseReading()}. */
  void resumeReading();

  /**
   * Sends a ping.
   *
   * @return completes with the time until the pong came; fails with a {@link WebSocketException} of
   *     kind {@code CLOSED} when the connection ends before
   */
  CompletionStage<Duration> ping();

  /** Closes with code 1000 and no reason; see {@link #close(int, String)}. */
  default void close() {
    close(CloseReason.NORMAL, "");
  }

  /**
   * Begins to close: what was sent before still goes out, then the close frame. Sends fail from now
   * on, and no further message is delivered. If the peer does not answer within the close time-out,
   * the connection is aborted. Does nothing if the connection is closing already: the first close
   * wins.
   *
   * @param code 1000–1003, 1007–1014 or 3000–4999
   * @param reason for the peer; cut at a character if longer than 123 bytes of UTF-8
   * @throws IllegalArgumentException if the code may not be sent; nothing happens then
   */
  void close(int code, String reason);

  /** Ends the connection at once, without a close handshake: code 1006. */
  void abort();

  /**
   * The end of the connection.
   *
   * @return completes with the reason when {@code onClose} has returned; never fails
   */
  CompletionStage<CloseReason> closed();

  /** The state of the connection. */
  ReadyState readyState();

  /** Whether the state is {@link ReadyState#OPEN}. */
  default boolean isOpen() {
    return readyState() == ReadyState.OPEN;
  }

  /** The bytes of messages that are waiting to be handed to the operating system. */
  long pendingBytes();

  /** A number that no other connection of the same server or client has. */
  long id();

  /** The request that opened the connection. */
  Handshake handshake();

  /** The protocol's version, {@code "13"}. */
  default String version() {
    return Handshake.VERSION;
  }

  /** The subprotocol agreed on, or null if there is none. */
  @Nullable String subprotocol();

  /**
   * The address of the peer, of a client behind {@linkplain WebSocketServer.Builder#trustedProxies
   * trusted proxies} its own; null if the engine does not tell.
   */
  @Nullable InetSocketAddress remoteAddress();

  /** What the application has attached, at first by {@link Verdict#withAttachment}; or null. */
  @Nullable Object attachment();

  /** Attaches an object to the connection, or null to attach none. */
  void attach(@Nullable Object attachment);

  /**
   * The engine's own object behind the connection, for what this API does not offer. What is done
   * with it is outside of the contract.
   *
   * @return the object, or null if the engine has none of that type
   * @see Transport#unwrap
   */
  <T> @Nullable T unwrap(Class<T> type);
}
