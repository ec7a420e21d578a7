package io.github.easywebsocket;

import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** Calls the application's observer, and logs what it throws. */
final class SafeObserver implements Observer {

  private final Observer observer;
  private final AtomicBoolean warned = new AtomicBoolean();

  SafeObserver(Observer observer) {
    this.observer = observer;
  }

  @Override
  public void opened(WebSocketConnection connection) {
    call(() -> observer.opened(connection));
  }

  @Override
  public void closed(WebSocketConnection connection, CloseReason reason, Duration open) {
    call(() -> observer.closed(connection, reason, open));
  }

  @Override
  public void received(WebSocketConnection connection, boolean text, long bytes) {
    call(() -> observer.received(connection, text, bytes));
  }

  @Override
  public void sent(WebSocketConnection connection, boolean text, long bytes) {
    call(() -> observer.sent(connection, text, bytes));
  }

  @Override
  public void dropped(WebSocketConnection connection, boolean text, long bytes) {
    call(() -> observer.dropped(connection, text, bytes));
  }

  @Override
  public void queued(WebSocketConnection connection, long bytes) {
    call(() -> observer.queued(connection, bytes));
  }

  @Override
  public void handled(WebSocketConnection connection, Callback callback, long nanos) {
    call(() -> observer.handled(connection, callback, nanos));
  }

  @Override
  public void failed(WebSocketConnection connection, Throwable error) {
    call(() -> observer.failed(connection, error));
  }

  @Override
  public void rejected(int status, InetSocketAddress client) {
    call(() -> observer.rejected(status, client));
  }

  private void call(Runnable call) {
    try {
      call.run();
    } catch (Throwable e) {
      // it may do so for every message
      Level level = warned.compareAndSet(false, true) ? Level.WARNING : Level.DEBUG;
      Log.log(level, "the observer threw", e);
    }
  }
}
