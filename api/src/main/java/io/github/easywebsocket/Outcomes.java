package io.github.easywebsocket;

import static io.github.easywebsocket.WebSocketException.Kind.CLOSED;

import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the sends of one connection, as senders and the observer are told.
 *
 * <p>A send is one of three things, so that most cost nothing: {@link #TAKEN}, {@link Refused}, or
 * a {@link Sending} that waits. The holder of the outbox's token completes those.
 */
final class Outcomes {

  /** A send that the transport has taken at once; not for users, who could complete it. */
  static final CompletableFuture<Void> TAKEN = CompletableFuture.completedFuture(null);

  private static final CompletionStage<Void> DONE = CompletableFuture.completedStage(null);

  /** A send that has failed at once. */
  static final class Refused extends CompletableFuture<Void> {
    final Throwable why;

    Refused(Throwable why) {
      this.why = why;
    }
  }

  private final Session session;
  private final @Nullable Observer observer;

  /** Runs what depends on a send; others see one that is not theirs. */
  private @Nullable Thread completing;

  Outcomes(Session session, @Nullable Observer observer) {
    this.session = session;
    this.observer = observer;
  }

  /** What the sender gets. */
  static CompletionStage<Void> stage(CompletableFuture<Void> sending) {
    if (sending instanceof Refused refused) {
      return CompletableFuture.failedStage(refused.why);
    }
    return sending == TAKEN ? DONE : sending.minimalCompletionStage();
  }

  // ---- the holder of the token

  /** The transport has taken a message at once. */
  CompletableFuture<Void> taken(Message message) {
    observe(message);
    return TAKEN;
  }

  /** Completes a send that had to wait; {@code cause} is null if the transport has taken it. */
  void complete(Sending sending, @Nullable Throwable cause) {
    completing = Thread.currentThread();
    if (cause == null) {
      observe(sending);
      sending.complete(null);
    } else {
      sending.completeExceptionally(cause);
    }
    completing = null;
  }

  /** A message in parts counts when its last part is sent. */
  private void observe(Sending sending) {
    OutgoingMessage message = sending.of;
    if (message == null) {
      observe(sending.message);
    } else {
      message.sent += sending.message.size();
      if (observer != null && sending.last) {
        observer.sent(session, message.isText(), message.sent);
      }
    }
  }

  private void observe(Message message) {
    if (observer != null) {
      observer.sent(session, message.isText(), message.size());
    }
  }

  // ---- any thread

  /** Whether the calling thread runs what depends on a send: it must not wait for others. */
  boolean isCompleting() {
    return completing == Thread.currentThread();
  }

  /** Why a send fails that the connection no longer takes. */
  WebSocketException closed() {
    return new WebSocketException(
        CLOSED,
        "not sent: the connection is "
            + (session.isOpen()
                ? "failing"
                : session.readyState().name().toLowerCase(Locale.ROOT)));
  }

  /** Why a send fails that the transport has failed. */
  static WebSocketException failed(Throwable cause) {
    return cause instanceof WebSocketException e
        ? e
        : new WebSocketException(CLOSED, "not sent: the connection failed", cause);
  }
}
