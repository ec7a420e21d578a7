package io.github.easywebsocket;

import java.lang.System.Logger.Level;
import java.util.Objects;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Sends what it is given on one connection, one message at a time. Safe from any thread. */
final class OutgoingFlow implements Flow.Subscriber<Message> {

  private final WebSocketConnection connection;
  private Flow.@Nullable Subscription subscription; // guarded by this

  OutgoingFlow(WebSocketConnection connection) {
    this.connection = connection;
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    Objects.requireNonNull(given, "subscription");
    if (!take(given)) {
      given.cancel();
      return;
    }
    given.request(1);
    connection.closed().thenRun(given::cancel);
  }

  private synchronized boolean take(Flow.Subscription given) {
    boolean first = subscription == null;
    if (first) {
      subscription = given;
    }
    return first;
  }

  private synchronized Flow.Subscription subscription() {
    return Objects.requireNonNull(subscription, "onSubscribe was not called");
  }

  @Override
  public void onNext(Message message) {
    Flow.Subscription from = subscription();
    connection
        .send(message)
        .whenComplete(
            (sent, failure) -> {
              if (failure == null) {
                from.request(1);
              } else {
                from.cancel();
                connection.close(CloseReason.INTERNAL_ERROR, "");
              }
            });
  }

  @Override
  public void onError(Throwable failure) {
    Objects.requireNonNull(failure, "failure");
    Log.log(Level.WARNING, connection + ": the publisher failed", failure);
    connection.close(CloseReason.INTERNAL_ERROR, "");
  }

  @Override
  public void onComplete() {
    connection.close();
  }
}
