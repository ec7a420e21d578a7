package io.github.easywebsocket.tck;

import io.github.easywebsocket.CloseReason;
import io.github.easywebsocket.IncomingMessage;
import io.github.easywebsocket.Message;
import io.github.easywebsocket.MessagePart;
import io.github.easywebsocket.WebSocketConnection;
import io.github.easywebsocket.WebSocketHandler;
import io.github.easywebsocket.tck.Recording.Call;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** A handler that records all calls, and does in them what a test asks for. */
final class Events implements WebSocketHandler {

  /** What a test does inside of a call. */
  @FunctionalInterface
  interface Action {
    /**
     * Runs inside of the call.
     *
     * @param argument the call's argument; null in onOpen
     */
    void run(WebSocketConnection connection, @Nullable Object argument) throws Exception;
  }

  private final Duration patience;
  private final Map<WebSocketConnection, Recording> recordings = new ConcurrentHashMap<>();
  private final List<Recording> all = new CopyOnWriteArrayList<>();
  private final BlockingQueue<Recording> opened = new LinkedBlockingQueue<>();
  private final Map<Call, Action> actions = new ConcurrentHashMap<>();
  private volatile Delivery delivery = Delivery.MESSAGES;

  /**
   * Makes a handler.
   *
   * @param patience how long a test waits for each call
   */
  Events(Duration patience) {
    this.patience = patience;
  }

  /** Does something inside of each such call from now on. */
  Events on(Call call, Action action) {
    actions.put(call, action);
    return this;
  }

  /** Takes messages in this form, on connections that open from now on. */
  Events take(Delivery form) {
    delivery = form;
    return this;
  }

  /** The next connection that has opened; its onOpen is not yet expected. */
  Recording opening() throws InterruptedException {
    Recording recording = Patience.next(opened, patience);
    if (recording == null) {
      throw new AssertionError(
          "expected the call onOpen, seen: none within " + patience.toMillis() + " ms");
    }
    return recording;
  }

  /** The next connection that has opened. */
  Recording opened() throws InterruptedException {
    return opening().expectOpen();
  }

  /** Whether a connection has opened that the test has not taken. */
  boolean hasOpened() {
    return !opened.isEmpty();
  }

  /** The recordings of all connections. */
  List<Recording> all() {
    return all;
  }

  /** Forgets a connection that has ended; calls after that are those of another. */
  void forget(Recording recording) {
    recordings.remove(recording.connection());
    all.remove(recording);
  }

  private Recording recording(WebSocketConnection connection) {
    return recordings.computeIfAbsent(
        connection,
        c -> {
          Recording recording = new Recording(c, patience);
          all.add(recording);
          opened.add(recording);
          return recording;
        });
  }

  private void called(WebSocketConnection connection, Call call, @Nullable Object argument)
      throws Exception {
    called(connection, call, argument, argument);
  }

  private void called(
      WebSocketConnection connection,
      Call call,
      @Nullable Object toRecord,
      @Nullable Object argument)
      throws Exception {
    Recording recording = recording(connection);
    recording.begin(call, toRecord);
    try {
      Action action = actions.get(call);
      if (action != null) {
        action.run(connection, argument);
      }
    } finally {
      recording.end();
    }
  }

  @Override
  public void onOpen(WebSocketConnection connection) throws Exception {
    called(connection, Call.OPEN, null);
  }

  @Override
  public void onMessage(WebSocketConnection connection, Message message) throws Exception {
    called(connection, Call.MESSAGE, message);
  }

  @Override
  public Delivery delivery() {
    return delivery;
  }

  @Override
  public void onPart(WebSocketConnection connection, MessagePart part) throws Exception {
    called(connection, Call.PART, part);
  }

  @Override
  public void onStream(WebSocketConnection connection, IncomingMessage message) throws Exception {
    called(connection, Call.STREAM, message.isText() ? "text" : "binary", message);
  }

  @Override
  public void onWritable(WebSocketConnection connection) throws Exception {
    called(connection, Call.WRITABLE, null);
  }

  @Override
  public void onPing(WebSocketConnection connection, ByteBuffer payload) throws Exception {
    called(connection, Call.PING, Recording.text(payload));
  }

  @Override
  public void onPong(WebSocketConnection connection, ByteBuffer payload) throws Exception {
    called(connection, Call.PONG, Recording.text(payload));
  }

  @Override
  public void onError(WebSocketConnection connection, Throwable error) throws Exception {
    called(connection, Call.ERROR, error);
  }

  @Override
  public void onClose(WebSocketConnection connection, CloseReason reason) throws Exception {
    called(connection, Call.CLOSE, reason);
  }
}
