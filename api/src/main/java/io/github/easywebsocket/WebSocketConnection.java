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
 * calls. A stage returned here completes exactly once. What depends on it runs on the thread that
 * completes it, often one of the engine's, so use the stage's {@code …Async} methods for work that
 * blocks.
 *
 * <p>Implemented by this library only: later versions may add methods.
 */
public interface WebSocketConnection {

  /**
   * Sends a message. While the send queue is full, this by default waits for room, provided that
   * the calling thread may block; on one of the engine's threads, such as a handler's under {@code
   * inline()}, the send fails instead. Under the other policies of {@link Limits.Overflow} it never
   * waits.
   *
   * @return completes when the transport has the message: written, or in a bounded buffer that is
   *     about to be. Fails with a {@link WebSocketException}: of kind {@code CLOSED} if the
   *     connection is closing, closed or ends first, {@code QUEUE_FULL} if the send queue has no
   *     room (see {@link Limits#overflow()}). A closed connection fails the stage; it never makes
   *     this throw
   */
  CompletionStage<Void> send(Message message);

  /**
   * Sends a text message. To send the same text to many connections, make one {@link Message#text}
   * for all of them.
   *
   * @return as {@link #send(Message)}; fails with an {@link IllegalArgumentException} if the text
   *     has a lone surrogate
   */
  CompletionStage<Void> send(CharSequence text);

  /**
   * Sends the bytes that remain in the buffer as a binary message. They are copied before this
   * returns; the buffer's position does not change.
   *
   * @return as {@link #send(Message)}
   */
  CompletionStage<Void> send(ByteBuffer bytes);

  /**
   * Sends these bytes as a binary message. They are copied before this returns.
   *
   * @return as {@link #send(Message)}
   */
  CompletionStage<Void> send(byte[] bytes);

  /**
   * Subscribes to a topic of this server, so that this connection is sent what is published there,
   * until {@link #unsubscribe} or the end of the connection, just before {@code onClose}. A topic
   * exists as long as it has a subscriber; all endpoints of a server share its topics.
   *
   * @param topic any name of 1 to 256 characters, in which case counts
   * @return true if the subscription is new; false if there was one, or the connection is not open,
   *     in which case nothing happens
   * @throws IllegalStateException if the connection has as many topics as {@link
   *     WebSocketServer.Builder#maxTopicsPerConnection} allows
   * @throws IllegalArgumentException if the name is empty or too long
   * @throws UnsupportedOperationException if this is a client's connection
   */
  boolean subscribe(String topic);

  /**
   * Ends a subscription. What was published before may still arrive.
   *
   * @return whether there was one
   */
  boolean unsubscribe(String topic);

  /**
   * The topics that this connection is subscribed to; from {@code onClose} on, those it had last.
   *
   * @return a copy
   */
  Set<String> topics();

  /**
   * Sends a message to every connection that is subscribed to a topic, except this one, which need
   * not be subscribed itself. Otherwise as {@link WebSocketServer#publish}.
   *
   * @return how many connections the message was sent to
   * @throws UnsupportedOperationException if this is a client's connection
   */
  int publish(String topic, Message message);

  /**
   * Begins a text message that is sent in parts. Nothing is sent before its first part.
   *
   * @return takes the parts, from one thread at a time
   */
  OutgoingMessage startText();

  /** Begins a binary message that is sent in parts, as {@link #startText()}. */
  OutgoingMessage startBinary();

  /**
   * Whether this is a good time to send: the send queue is at most half full. Once it was fuller
   * than that, this is false until the queue is nearly empty, and then {@link
   * WebSocketHandler#onWritable} is called. While a message is sent in parts, this is about the
   * room for its parts. Also false if the connection is not open.
   */
  boolean isWritable();

  /**
   * Stops reading from the peer, which slows it down, until {@link #resumeReading()}; what has been
   * read already is still delivered. The idle time-out does not run meanwhile. Closing the
   * connection resumes reading. Does nothing if reading is paused already.
   */
  void pauseReading();

  /** Resumes reading after {@link #pauseReading()}. */
  void resumeReading();

  /**
   * Sends a ping.
   *
   * @return completes with the time until the pong arrived; fails with a {@link WebSocketException}
   *     of kind {@code CLOSED} if the connection ends first
   */
  CompletionStage<Duration> ping();

  /** Closes with code 1000 and no reason; see {@link #close(int, String)}. */
  default void close() {
    close(CloseReason.NORMAL, "");
  }

  /**
   * Begins to close the connection: what was sent before still goes out, then the close frame. From
   * now on sends fail, and no further message is delivered. If the peer does not answer within the
   * close time-out, the connection is aborted. Does nothing if the connection is closing already:
   * the first close wins.
   *
   * @param code 1000–1003, 1007–1014 or 3000–4999
   * @param reason for the peer; if it is longer than 123 bytes of UTF-8, it is cut between
   *     characters
   * @throws IllegalArgumentException if the code may not be sent; nothing happens then
   */
  void close(int code, String reason);

  /** Ends the connection at once, without a close handshake; its close code is 1006. */
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

  /** A number that no other connection of this server, or of this client, has. */
  long id();

  /** The request that opened the connection. */
  Handshake handshake();

  /** The version of the protocol, {@code "13"}. */
  default String version() {
    return Handshake.VERSION;
  }

  /** The subprotocol agreed on, or null if there is none. */
  @Nullable String subprotocol();

  /**
   * The address of the peer; for a client behind {@linkplain WebSocketServer.Builder#trustedProxies
   * trusted proxies}, the client's own. Null if the engine does not tell.
   */
  @Nullable InetSocketAddress remoteAddress();

  /**
   * The object that the application attached last, at first by {@link Verdict#withAttachment}; null
   * if there is none.
   */
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
