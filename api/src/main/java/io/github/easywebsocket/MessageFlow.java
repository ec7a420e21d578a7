package io.github.easywebsocket;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;

/**
 * Messages as reactive streams ({@link Flow}): a publisher of what a connection receives, and a
 * subscriber that sends.
 *
 * <pre>{@code
 * builder.handler(MessageFlow.receiving(
 *     (connection, messages) -> messages.subscribe(mySubscriber)));
 * myPublisher.subscribe(MessageFlow.sending(connection));
 * }</pre>
 *
 * <p>A stream is complete only if its connection ends with code 1000 or without a code. So when the
 * publisher at one end of a connection completes, the publisher at the other end completes, too;
 * and when one fails, the other fails.
 */
public final class MessageFlow {

  private MessageFlow() {}

  /**
   * Makes a handler that publishes what each connection receives.
   *
   * <p>The publisher of a connection takes one subscriber, which may come at any time; a second one
   * gets an {@link IllegalStateException} by {@code onError}. A message that nobody has requested
   * waits, and reading is paused meanwhile, so that no more waits than was read already; do not
   * call {@link WebSocketConnection#pauseReading()} and {@link WebSocketConnection#resumeReading()}
   * yourself.
   *
   * <p>The signals come one at a time, on the handlers' thread, or on the thread that calls {@code
   * request} if the message is there already. Once all that was received is delivered, {@code
   * onComplete} follows if the connection closed with code 1000 or without a code. Otherwise {@code
   * onError} follows: with a {@link WebSocketException}, of kind {@code CLOSED} if nothing but the
   * close itself went wrong, or with what {@code onOpen} threw.
   *
   * <p>Cancelling leaves the connection open, since it may still send; what it receives is dropped.
   * A subscriber that throws counts as cancelled, and the connection is closed with 1011.
   *
   * @param onOpen called as {@link WebSocketHandler#onOpen}, with the publisher
   * @return a handler for any number of connections
   */
  public static WebSocketHandler receiving(WebSocketHandler.Event<Flow.Publisher<Message>> onOpen) {
    return new Receiving(Objects.requireNonNull(onOpen, "onOpen"));
  }

  /**
   * Makes a subscriber that sends what it is given. It requests a message once the transport has
   * taken the one before, so it never fills the send queue.
   *
   * <p>{@code onComplete} closes the connection with 1000, after what was sent; {@code onError}
   * closes it with 1011, and logs the failure. The subscription is cancelled when the connection
   * ends, and also when a send fails, which closes the connection with 1011.
   *
   * @return a subscriber for one subscription
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
