package io.github.easywebsocket.jfr;

import io.github.easywebsocket.CloseReason;
import io.github.easywebsocket.Observer;
import io.github.easywebsocket.WebSocketConnection;
import java.time.Duration;

/**
 * Commits events to the JDK's Flight Recorder, for {@code observer(…)} of a builder.
 *
 * <table>
 *   <caption>Events, and whether a recording has them by default</caption>
 *   <tr><th>name</th><th></th><th>what</th></tr>
 *   <tr><td>{@code easywebsocket.Opened}</td><td>on</td>
 *       <td>a connection has opened: its path and peer</td></tr>
 *   <tr><td>{@code easywebsocket.Closed}</td><td>on</td>
 *       <td>a connection is over: its close code, and how long it was open</td></tr>
 *   <tr><td>{@code easywebsocket.SlowCallback}</td><td>on</td>
 *       <td>a call of a handler took long</td></tr>
 *   <tr><td>{@code easywebsocket.Received}</td><td>off</td>
 *       <td>a message came: its kind and length</td></tr>
 *   <tr><td>{@code easywebsocket.Sent}</td><td>off</td>
 *       <td>a message was sent: its kind and length</td></tr>
 * </table>
 *
 * <p>{@code -XX:StartFlightRecording:+easywebsocket.Sent#enabled=true} turns on one that is off.
 *
 * <p>Each event has the connection's id, and none has a query, a header, a close reason or anything
 * of a message. While nothing is recorded, an event costs one check; without this observer,
 * nothing. Safe from any thread; one observer may serve many servers and clients.
 */
public final class JfrObserver implements Observer {

  private static final Duration SLOW = Duration.ofMillis(20);

  private final long slowNanos;

  /** Makes an observer for which callbacks are slow from 20 ms on. */
  public JfrObserver() {
    this(SLOW);
  }

  /**
   * Makes an observer.
   *
   * @param slow a callback that takes at least this long is an event {@code SlowCallback}; zero for
   *     all
   * @throws IllegalArgumentException if it is negative
   */
  public JfrObserver(Duration slow) {
    if (slow.isNegative()) {
      throw new IllegalArgumentException("slow must not be negative, but is " + slow);
    }
    this.slowNanos = slow.toNanos();
  }

  @Override
  public void opened(WebSocketConnection connection) {
    OpenedEvent event = new OpenedEvent();
    if (event.shouldCommit()) {
      event.connection = connection.id();
      event.path = connection.handshake().path();
      event.peer = String.valueOf(connection.remoteAddress());
      event.commit();
    }
  }

  @Override
  public void closed(WebSocketConnection connection, CloseReason reason, Duration open) {
    ClosedEvent event = new ClosedEvent();
    if (event.shouldCommit()) {
      event.connection = connection.id();
      event.code = reason.code();
      event.open = open.toNanos();
      event.commit();
    }
  }

  @Override
  public void received(WebSocketConnection connection, boolean text, long bytes) {
    new ReceivedEvent().commit(connection, text, bytes);
  }

  @Override
  public void sent(WebSocketConnection connection, boolean text, long bytes) {
    new SentEvent().commit(connection, text, bytes);
  }

  @Override
  public void handled(WebSocketConnection connection, Callback callback, long nanos) {
    if (nanos < slowNanos) {
      return;
    }
    SlowCallbackEvent event = new SlowCallbackEvent();
    if (event.shouldCommit()) {
      event.connection = connection.id();
      event.callback = callback.name();
      event.took = nanos;
      event.commit();
    }
  }
}
