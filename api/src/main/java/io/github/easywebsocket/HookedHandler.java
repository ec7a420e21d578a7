package io.github.easywebsocket;

import io.github.easywebsocket.Observer.Callback;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The handler of one connection, observed and with {@link Around} around each call. */
final class HookedHandler implements WebSocketHandler {

  private final WebSocketHandler handler;
  private final @Nullable Observer observer;
  private final @Nullable Around around;
  private long openedAt;
  private long parts; // the bytes of those of a message

  HookedHandler(WebSocketHandler handler, @Nullable Observer observer, @Nullable Around around) {
    this.handler = handler;
    this.observer = observer;
    this.around = around;
  }

  @Override
  public void onOpen(WebSocketConnection connection) throws Exception {
    openedAt = System.nanoTime();
    if (observer != null) {
      observer.opened(connection);
    }
    call(connection, Callback.OPEN, () -> handler.onOpen(connection));
  }

  @Override
  public void onMessage(WebSocketConnection connection, Message message) throws Exception {
    if (observer != null) {
      observer.received(connection, message.isText(), message.size());
    }
    call(connection, Callback.MESSAGE, () -> handler.onMessage(connection, message));
  }

  @Override
  public Delivery delivery() {
    return handler.delivery();
  }

  @Override
  public void onPart(WebSocketConnection connection, MessagePart part) throws Exception {
    parts = part.isFirst() ? part.size() : parts + part.size();
    if (observer != null && part.isLast()) {
      observer.received(connection, part.isText(), parts);
    }
    call(connection, Callback.PART, () -> handler.onPart(connection, part));
  }

  @Override
  public void onStream(WebSocketConnection connection, IncomingMessage message) throws Exception {
    try {
      call(connection, Callback.STREAM, () -> handler.onStream(connection, message));
    } finally {
      if (observer != null) {
        observer.received(connection, message.isText(), message.received());
      }
    }
  }

  @Override
  public void onWritable(WebSocketConnection connection) throws Exception {
    call(connection, Callback.WRITABLE, () -> handler.onWritable(connection));
  }

  @Override
  public void onPing(WebSocketConnection connection, ByteBuffer payload) throws Exception {
    call(connection, Callback.PING, () -> handler.onPing(connection, payload));
  }

  @Override
  public void onPong(WebSocketConnection connection, ByteBuffer payload) throws Exception {
    call(connection, Callback.PONG, () -> handler.onPong(connection, payload));
  }

  @Override
  public void onError(WebSocketConnection connection, Throwable error) throws Exception {
    if (observer != null) {
      observer.failed(connection, error);
    }
    call(connection, Callback.ERROR, () -> handler.onError(connection, error));
  }

  @Override
  public void onClose(WebSocketConnection connection, CloseReason reason) throws Exception {
    try {
      call(connection, Callback.CLOSE, () -> handler.onClose(connection, reason));
    } finally {
      if (observer != null) {
        observer.closed(connection, reason, Duration.ofNanos(System.nanoTime() - openedAt));
      }
    }
  }

  private void call(WebSocketConnection connection, Callback which, Around.Call call)
      throws Exception {
    if (observer == null) {
      callAround(connection, call);
      return;
    }
    long start = System.nanoTime();
    try {
      callAround(connection, call);
    } finally {
      observer.handled(connection, which, System.nanoTime() - start);
    }
  }

  private void callAround(WebSocketConnection connection, Around.Call call) throws Exception {
    if (around == null) {
      call.run();
      return;
    }
    Once once = new Once(call);
    try {
      around.call(connection, once);
    } finally {
      once.over = true;
    }
    if (once.runs != 1) {
      throw new IllegalStateException(
          "around(…) must run the call exactly once; it has run it " + once.runs + " times");
    }
  }

  /** Runs a call the first time, and on one thread only. */
  private static final class Once implements Around.Call {
    private final Around.Call call;
    private final Thread caller = Thread.currentThread();

    // the caller's
    private int runs;
    private boolean over;

    Once(Around.Call call) {
      this.call = call;
    }

    @Override
    public void run() throws Exception {
      if (Thread.currentThread() != caller || over || ++runs > 1) {
        throw new IllegalStateException(
            "around(…) runs each call once, on the thread it was given to, before it returns");
      }
      call.run();
    }
  }
}
