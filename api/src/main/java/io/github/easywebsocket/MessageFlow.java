package io.github.easywebsocket;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;

/**
 * Messages as reactive streams ({@link Flow}): what a connection receives as a publisher, what it
 * sends as a subscriber.
 *
 * <pre>{@code
 * builder.handler(MessageFlow.receiving(
 *     (connection, messages) -> messages.subscribe(mySubscriber)));
 * myPublisher.subscribe(MessageFlow.sending(connection));
 * }</pre>
 *
 * <p>A stream is whole only if its connection ends with code 1000, or without a code: so the end of
 * a publisher at one end of the connection is the end of the publisher at the other, and its
 * failure a failure.
 */
public final class MessageFlow {

  private MessageFlow() {}

  /**
   * Makes a handler that publishes what each connection receives.
   *
   * <p>A connection's publisher has one subscriber, which may come at any time; a second one is
   * told an {@link IllegalStateException}. A message that nobody has requested waits, and then
   * reading pauses, so that not more waits than was read already; leave {@link
   * WebSocketConnection#pauseReading()} and {@link WebSocketConnection#resumeReading()} alone.
   *
   * <p>The signals come one at a time, on the thread of the handlers, or of {@code request} if what
   * it asks for is there. After what was received, {@code onComplete} comes when the connection
   * closes with code 1000 or without a code; else {@code onError} with a {@link
   * WebSocketException}, of kind {@code CLOSED} if nothing but the close itself went wrong, or with
   * what {@code onOpen} threw.
   *
   * <p>Cancelling leaves the connection open, for it may still send: what it receives is dropped. A
   * subscriber that throws has cancelled, and closes the connection with 1011.
   *
   * @param onOpen called as {@link WebSocketHandler#onOpen}, with the publisher
   * @return good for any number of connections
   */
  public static WebSocketHandler receiving(WebSocketHandler.Event<Flow.Publisher<Message>> onOpen) {
    return new Receiving(Objects.requireNonNull(onOpen, "onOpen"));
  }

  /**
   * Makes a subscriber that sends what it is given. It requests a message when the one before is
   * handed to the transport, so it never fills the send queue.
   *
   * <p>{@code onComplete} closes the connection with 1000, after what was sent; {@code onError}
   * with 1011, and the failure is logged. The subscription is cancelled when the connection ends;
   * also when a send fails, and that closes with 1011, too.
   *
   * @return good for one subscription
   */
  public static Flow.Subscriber<Message> sending(WebSocketConnection connection) {
    return new OutgoingFlow(Objects.requireNonNull(connection, "connection"));
  }

  /** Leads each connection's events to its own publisher. */
  private static final class Receiving implements WebSocketHandler {

    private final Event<Flow.Publisher<Message>> onOpen;
    private final Map<WebSocketConnection, IncomingFlow> flows = new ConcurrentHashMap<>();

    Receiving(Event<Flow.Publisher<Message>> onOpen) {
      this.onOpen = onOpen;
    }

    @Override
    public void onOpen(WebSocketConnection connection) throws Exception {
      IncomingFlow flow = new IncomingFlow(connection);
      flows.put(connection, flow);
      onOpen.on(connection, flow);
    }

    private IncomingFlow flow(WebSocketConnection connection) {
      return Objects.requireNonNull(flows.get(connection));
    }

    @Override
    public void onMessage(WebSocketConnection connection, Message message) {
      flow(connection).add(message);
    }

    @Override
    public void onError(WebSocketConnection connection, Throwable error) throws Exception {
      WebSocketHandler.super.onError(connection, error); // logs it
      flow(connection).fail(error);
    }

    @Override
    public void onClose(WebSocketConnection connection, CloseReason reason) {
      flow(connection).end(reason);
      flows.remove(connection);
    }
  }
}
