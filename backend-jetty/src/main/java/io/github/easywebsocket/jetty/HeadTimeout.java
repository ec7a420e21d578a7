package io.github.easywebsocket.jetty;

import java.time.Duration;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.CyclicTimeouts;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.NanoTime;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Ends connections that do not send the head of a request in time. Jetty's idle time-out alone lets
 * a client go on for ever that sends a byte now and then. A connection of HTTP/2 may take its time
 * as long as a request or a WebSocket is open on it.
 *
 * <p>One task of the scheduler looks at all of them: none is made for a connection.
 */
final class HeadTimeout extends CyclicTimeouts<HeadTimeout.Timer> implements Connection.Listener {

  private static final String ATTRIBUTE = HeadTimeout.class.getName();

  private final long nanos;
  private final Set<Timer> timers = ConcurrentHashMap.newKeySet();

  HeadTimeout(Scheduler scheduler, Duration time) {
    super(scheduler);
    this.nanos = time.toNanos();
  }

  @Override
  public void onOpened(Connection connection) {
    if (connection instanceof ConnectionMetaData http) {
      Timer timer = new Timer(connection);
      http.setAttribute(ATTRIBUTE, timer);
      timers.add(timer);
      timer.restart();
    }
  }

  /** Told once for each connection, also when it is upgraded. */
  @Override
  public void onClosed(Connection connection) {
    if (connection instanceof ConnectionMetaData http && timer(http) instanceof Timer timer) {
      timers.remove(timer);
    }
  }

  /** The head of a request is here: stops the clock until the request is answered. */
  static void headReceived(Request request) {
    if (timer(request.getConnectionMetaData()) instanceof Timer timer) {
      timer.stop();
      Request.addCompletionListener(request, failure -> timer.restart());
    }
  }

  private static @Nullable Object timer(ConnectionMetaData http) {
    return http.getAttribute(ATTRIBUTE);
  }

  @Override
  protected Iterator<Timer> iterator() {
    return timers.iterator();
  }

  @Override
  protected boolean onExpired(Timer timer) {
    if (timer.connection instanceof HTTP2Connection http2
        && !http2.getSession().getStreams().isEmpty()) {
      timer.restart();
      return false;
    }
    timer.connection.getEndPoint().close(); // the connection would answer 500 first
    return true;
  }

  /** The clock of one connection. */
  final class Timer implements CyclicTimeouts.Expirable {
    private final Connection connection;
    private volatile long expires = Long.MAX_VALUE;

    private Timer(Connection connection) {
      this.connection = connection;
    }

    private void restart() {
      expires = NanoTime.now() + nanos;
      schedule(this);
    }

    private void stop() {
      expires = Long.MAX_VALUE;
    }

    @Override
    public long getExpireNanoTime() {
      return expires;
    }
  }
}
