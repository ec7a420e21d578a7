package io.github.easywebsocket.jetty;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.CyclicTimeout;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Ends connections that do not send the head of a request in time. Jetty's idle time-out alone lets
 * a client go on for ever that sends a byte now and then. A connection of HTTP/2 may take its time
 * as long as a request or a WebSocket is open on it.
 */
final class HeadTimeout implements Connection.Listener {

  private static final String ATTRIBUTE = HeadTimeout.class.getName();

  private final Scheduler scheduler;
  private final long nanos;

  HeadTimeout(Scheduler scheduler, Duration time) {
    this.scheduler = scheduler;
    this.nanos = time.toNanos();
  }

  @Override
  public void onOpened(Connection connection) {
    if (connection instanceof ConnectionMetaData http) {
      Timer timer = new Timer(connection);
      http.setAttribute(ATTRIBUTE, timer);
      timer.restart();
    }
  }

  /** Told once for each connection, also when it is upgraded. */
  @Override
  public void onClosed(Connection connection) {
    if (connection instanceof ConnectionMetaData http && timer(http) instanceof Timer timer) {
      timer.destroy();
    }
  }

  /** The head of a request is here: stops the clock until the request is answered. */
  static void headReceived(Request request) {
    if (timer(request.getConnectionMetaData()) instanceof Timer timer) {
      timer.cancel();
      Request.addCompletionListener(request, failure -> timer.restart());
    }
  }

  private static @Nullable Object timer(ConnectionMetaData http) {
    return http.getAttribute(ATTRIBUTE);
  }

  private final class Timer extends CyclicTimeout {
    private final Connection connection;

    Timer(Connection connection) {
      super(scheduler);
      this.connection = connection;
    }

    void restart() {
      schedule(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void onTimeoutExpired() {
      if (connection instanceof HTTP2Connection http2
          && !http2.getSession().getStreams().isEmpty()) {
        restart();
      } else {
        connection.getEndPoint().close(); // the connection would answer 500 first
      }
    }
  }
}
