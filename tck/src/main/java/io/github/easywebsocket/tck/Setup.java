package io.github.easywebsocket.tck;

import io.github.easywebsocket.Limits;
import io.github.easywebsocket.Timeouts;
import io.github.easywebsocket.WebSocketClient;
import io.github.easywebsocket.WebSocketServer;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Options that servers and clients share, as a test sets them. */
final class Setup {

  private Limits limits = Limits.DEFAULT;
  private Timeouts timeouts = Timeouts.DEFAULT;
  private @Nullable Executor executor;
  private boolean inline;
  private boolean smallWindow;

  Setup(boolean inline) {
    this.inline = inline;
  }

  Setup limits(Limits value) {
    limits = value;
    return this;
  }

  Setup timeouts(Timeouts value) {
    timeouts = value;
    return this;
  }

  Setup executor(Executor value) {
    executor = value;
    inline = false;
    return this;
  }

  /** Gives the peer a small receive window. */
  Setup smallWindow() {
    smallWindow = true;
    return this;
  }

  boolean hasSmallWindow() {
    return smallWindow;
  }

  void apply(WebSocketServer.Builder builder) {
    builder.limits(limits).timeouts(timeouts);
    if (inline) {
      builder.inline();
    }
    if (executor != null) {
      builder.executor(executor);
    }
  }

  void apply(WebSocketClient.Builder builder) {
    builder.limits(limits).timeouts(timeouts);
    if (inline) {
      builder.inline();
    }
    if (executor != null) {
      builder.executor(executor);
    }
  }
}
