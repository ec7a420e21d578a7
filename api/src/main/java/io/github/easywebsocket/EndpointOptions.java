package io.github.easywebsocket;

import io.github.easywebsocket.WebSocketHandler.Event;
import io.github.easywebsocket.WebSocketHandler.Signal;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What can be set for a client, for a whole server, and for one endpoint of a server: the handlers,
 * and how the peer is greeted and bounded.
 *
 * @param <B> the class that has these options
 */
abstract class EndpointOptions<B extends EndpointOptions<B>> {

  final Callbacks callbacks = new Callbacks();
  @Nullable WebSocketHandler handler;
  @Nullable List<String> subprotocols;
  Headers headers = Headers.EMPTY;

  /** Makes the limits of those that are there without this. */
  UnaryOperator<Limits> limits = UnaryOperator.identity();

  @Nullable Compression compression;

  EndpointOptions() {}

  abstract B self();

  /**
   * Sets one handler for everything, in place of the {@code on…} functions; setting both is an
   * {@link IllegalArgumentException} at the start.
   */
  public B handler(WebSocketHandler handler) {
    this.handler = Objects.requireNonNull(handler, "handler");
    return self();
  }

  /** Called as {@link WebSocketHandler#onOpen}. */
  public B onOpen(Signal function) {
    callbacks.open = Objects.requireNonNull(function);
    return self();
  }

  /**
   * Called as {@link WebSocketHandler#onMessage}. With {@link #onText} or {@link #onBinary} as
   * well, this is called first, then the one that fits.
   */
  public B onMessage(Event<Message> function) {
    callbacks.message = Objects.requireNonNull(function);
    return self();
  }

  /**
   * Called for each text message, with its text. Without {@link #onBinary} and {@link #onMessage},
   * binary messages are dropped.
   */
  public B onText(Event<String> function) {
    callbacks.text = Objects.requireNonNull(function);
    return self();
  }

  /**
   * Called for each binary message, with its read-only payload, which is yours to keep. Without
   * {@link #onText} and {@link #onMessage}, text messages are dropped.
   */
  public B onBinary(Event<ByteBuffer> function) {
    callbacks.binary = Objects.requireNonNull(function);
    return self();
  }

  /**
   * Called as {@link WebSocketHandler#onPart}: messages arrive in parts and are never whole in
   * memory. Excludes {@code onMessage}, {@code onText}, {@code onBinary} and {@code onStream}.
   */
  public B onPart(Event<MessagePart> function) {
    callbacks.part = Objects.requireNonNull(function);
    return self();
  }

  /**
   * Called as {@link WebSocketHandler#onStream}: messages are read as they arrive and are never
   * whole in memory. Excludes {@code onMessage}, {@code onText}, {@code onBinary} and {@code
   * onPart}, and {@code inline()}.
   */
  public B onStream(Event<IncomingMessage> function) {
    callbacks.stream = Objects.requireNonNull(function);
    return self();
  }

  /** Called as {@link WebSocketHandler#onWritable}. */
  public B onWritable(Signal function) {
    callbacks.writable = Objects.requireNonNull(function);
    return self();
  }

  /** Called as {@link WebSocketHandler#onPing}. */
  public B onPing(Event<ByteBuffer> function) {
    callbacks.ping = Objects.requireNonNull(function);
    return self();
  }

  /** Called as {@link WebSocketHandler#onPong}. */
  public B onPong(Event<ByteBuffer> function) {
    callbacks.pong = Objects.requireNonNull(function);
    return self();
  }

  /** Called as {@link WebSocketHandler#onError}, in place of its default, which logs. */
  public B onError(Event<Throwable> function) {
    callbacks.error = Objects.requireNonNull(function);
    return self();
  }

  /** Called as {@link WebSocketHandler#onClose}. */
  public B onClose(Event<CloseReason> function) {
    callbacks.close = Objects.requireNonNull(function);
    return self();
  }

  /**
   * Sets the bounds of each connection, {@link #maxMessageSize} among them: call that after this.
   * Default {@link Limits#DEFAULT}.
   */
  public B limits(Limits limits) {
    Objects.requireNonNull(limits, "limits");
    this.limits = others -> limits;
    return self();
  }

  /**
   * Sets the longest message accepted from the peer, in bytes; see {@link Limits#maxMessageSize()}.
   * Default 1 MiB.
   */
  public B maxMessageSize(int bytes) {
    Limits.DEFAULT.withMaxMessageSize(bytes); // throws if it is wrong
    UnaryOperator<Limits> before = limits;
    limits = others -> before.apply(others).withMaxMessageSize(bytes);
    return self();
  }

  /**
   * Compresses messages if the peer can do so, too (permessage-deflate, RFC 7692). Default: no
   * compression; {@link Compression} says why. Needs a backend with the capability {@code
   * COMPRESSION}.
   */
  public B compression(Compression compression) {
    this.compression = Objects.requireNonNull(compression, "compression");
    return self();
  }

  /**
   * Sets the subprotocols (RFC 6455 §1.9), in order of preference: a client offers them; a server
   * takes the first of its own that the client offers, or none. Default: none.
   *
   * @throws IllegalArgumentException if a name is no token, or is there twice
   */
  public B subprotocols(String... names) {
    for (String name : names) {
      if (!Headers.isToken(name)) {
        throw new IllegalArgumentException(
            "subprotocols: \"" + Log.printable(name) + "\" is not a token");
      }
    }
    if (List.of(names).stream().distinct().count() != names.length) {
      throw new IllegalArgumentException("subprotocols: a name is there twice");
    }
    subprotocols = List.of(names);
    return self();
  }

  /**
   * Adds a header to the opening handshake: a server adds it to its 101 response, a client to its
   * request.
   *
   * @throws IllegalArgumentException if HTTP does not allow it, or it belongs to the handshake
   */
  public B header(String name, String value) {
    Headers more = headers.with(name, value);
    OpeningHandshake.requireNotReserved(name);
    headers = more;
    return self();
  }

  boolean hasHandler() {
    return handler != null || !callbacks.isEmpty();
  }

  /** The handler that is given, or is made of the functions that are. */
  WebSocketHandler effectiveHandler() {
    if (handler != null && !callbacks.isEmpty()) {
      throw new IllegalArgumentException(
          "handler(…) is told of all that happens, so the functions on…(…) would never be called;"
              + " set either");
    }
    if (handler == null && callbacks.contradict()) {
      throw new IllegalArgumentException(
          "onPart(…), onStream(…) and the functions for whole messages exclude each other");
    }
    return handler != null ? handler : callbacks.copy();
  }
}
