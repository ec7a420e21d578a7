package io.github.easywebsocket;

import java.nio.ByteBuffer;

/**
 * Calls the handler of one connection. Here is decided what it is no more told: nothing of the peer
 * once we have closed, no second {@code onError} and no second {@code onClose}. What it throws ends
 * the connection, which is the session's doing; what {@code onError} and {@code onClose} throw is
 * logged.
 *
 * <p>The handlers' thread only, one call at a time: see {@link Inbox}.
 */
final class HandlerCalls {

  @FunctionalInterface
  private interface Call {
    void run() throws Exception;
  }

  private final Session session;
  private final WebSocketHandler handler;
  private final Lifecycle lifecycle;
  private boolean errorTold;
  private boolean closeTold;

  HandlerCalls(Session session, WebSocketHandler handler, Lifecycle lifecycle) {
    this.session = session;
    this.handler = handler;
    this.lifecycle = lifecycle;
  }

  void open() {
    call(() -> handler.onOpen(session));
  }

  void writable() {
    call(() -> handler.onWritable(session));
  }

  // ---- what came from the peer

  void message(Message message) { // without call(…), since this is the hot path
    if (lifecycle.dropsInput()) {
      return;
    }
    try {
      handler.onMessage(session, message);
    } catch (Throwable e) {
      session.handlerThrew(e);
    }
  }

  void part(MessagePart part) {
    callWithInput(() -> handler.onPart(session, part));
  }

  /** The message is over for its reader when the handler has returned. */
  void stream(IncomingMessage message) {
    callWithInput(
        () -> {
          try {
            handler.onStream(session, message);
          } catch (Throwable e) {
            if (!message.isBrokenBy(e)) { // the end of the connection is told by onClose
              throw e;
            }
          }
        });
    message.close();
  }

  void ping(byte[] payload) {
    ByteBuffer view = ByteBuffer.wrap(payload).asReadOnlyBuffer(); // the pong shares it
    callWithInput(() -> handler.onPing(session, view));
  }

  void pong(byte[] payload) {
    ByteBuffer view = ByteBuffer.wrap(payload).asReadOnlyBuffer();
    callWithInput(() -> handler.onPong(session, view));
  }

  private void callWithInput(Call call) {
    if (!lifecycle.dropsInput()) {
      call(call);
    }
  }

  private void call(Call call) {
    try {
      call.run();
    } catch (Throwable e) {
      session.handlerThrew(e);
    }
  }

  // ---- the end, each once

  void error(Throwable failure) {
    if (errorTold) {
      session.log("a second failure of the connection", failure);
      return;
    }
    errorTold = true;
    try {
      handler.onError(session, failure);
    } catch (Throwable e) {
      session.log("onError threw", e);
    }
  }

  void close(CloseReason how) {
    if (closeTold) {
      return;
    }
    closeTold = true;
    try {
      handler.onClose(session, how);
    } catch (Throwable e) {
      session.log("onClose threw", e);
    }
  }
}
