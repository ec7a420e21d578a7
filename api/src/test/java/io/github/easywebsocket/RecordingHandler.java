package io.github.easywebsocket;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what it is told, and does in each callback what the test asks. An event that the test
 * has not asserted is a failure, as is a breach of the grammar {@code onOpen (onMessage | onPing |
 * onPong)* onError? onClose} or of one at a time.
 */
final class RecordingHandler implements WebSocketHandler {

  /** What a test has done inside of a callback. */
  @FunctionalInterface
  interface Action {
    void run(WebSocketConnection connection) throws Exception;
  }

  private final List<String> events = new ArrayList<>(); // guarded by this
  private final List<String> breaches = new ArrayList<>(); // guarded by this
  private final Map<String, Action> actions = new HashMap<>();
  private final AtomicBoolean inside = new AtomicBoolean();
  private String last = "";

  /** In what form messages are wanted. */
  Delivery delivery = Delivery.MESSAGES;

  /** A handler that is told, too. */
  WebSocketHandler also =
      new WebSocketHandler() {
        @Override
        public void onError(WebSocketConnection connection, Throwable error) {} // logs nothing
      };

  private @Nullable IncomingMessage stream;

  private @Nullable Throwable error;

  /** Does something in each callback of a kind: open, text, binary, ping, pong, error, close. */
  void in(String kind, Action action) {
    actions.put(kind, action);
  }

  /** Throws something in each callback of a kind. */
  void throwsIn(String kind, Throwable thrown) {
    in(kind, connection -> sneak(thrown));
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void sneak(Throwable thrown) throws T {
    throw (T) thrown;
  }

  /** Asserts what it was told since the last time, exactly. */
  synchronized void saw(String... expected) {
    assertEquals(List.of(expected), List.copyOf(events));
    events.clear();
  }

  /** The message that is streamed, inside of the callback. */
  IncomingMessage stream() {
    return Objects.requireNonNull(stream, "onStream was not called");
  }

  /** What onError was told. */
  Throwable error() {
    return Objects.requireNonNull(error, "onError was not called");
  }

  /** What it was told since the last time. */
  synchronized List<String> take() {
    List<String> taken = List.copyOf(events);
    events.clear();
    return taken;
  }

  /** Forgets what it was told, when that is not what a test is about. */
  synchronized void forget() {
    events.clear();
  }

  /** Asserts that nothing is left unasserted, and that no rule was broken. */
  synchronized void verify() {
    assertEquals(List.of(), breaches, "breaches of the grammar");
    assertEquals(List.of(), List.copyOf(events), "events that no test expects");
  }

  private void told(WebSocketConnection connection, String kind, String detail) throws Exception {
    if (!inside.compareAndSet(false, true)) {
      breach(kind + " while another callback runs");
    }
    try {
      write(kind, detail);
      Action action = actions.get(kind);
      if (action != null) {
        action.run(connection);
      }
    } finally {
      inside.set(false);
    }
  }

  private synchronized void write(String kind, String detail) {
    boolean allowed =
        switch (last) {
          case "" -> kind.equals("open");
          case "close" -> false;
          case "error" -> kind.equals("close");
          default -> !kind.equals("open");
        };
    if (!allowed) {
      breach(kind + " after " + (last.isEmpty() ? "nothing" : last));
    }
    last = kind;
    events.add(detail.isEmpty() ? kind : kind + " " + detail);
  }

  private synchronized void breach(String what) {
    breaches.add(what);
  }

  @Override
  public void onOpen(WebSocketConnection connection) throws Exception {
    told(connection, "open", "");
    also.onOpen(connection);
  }

  @Override
  public void onMessage(WebSocketConnection connection, Message message) throws Exception {
    if (message.isText()) {
      told(connection, "text", message.text());
    } else {
      told(connection, "binary", hex(message.payload()));
    }
    also.onMessage(connection, message);
  }

  @Override
  public Delivery delivery() {
    return delivery;
  }

  @Override
  public void onPart(WebSocketConnection connection, MessagePart part) throws Exception {
    told(
        connection,
        "part",
        (part.isFirst() ? "first " : "")
            + (part.isLast() ? "last " : "")
            + (part.isText() ? "text " + part.text() : "binary " + hex(part.payload())));
  }

  @Override
  public void onStream(WebSocketConnection connection, IncomingMessage message) throws Exception {
    stream = message;
    told(connection, "stream", message.isText() ? "text" : "binary");
  }

  @Override
  public void onWritable(WebSocketConnection connection) throws Exception {
    told(connection, "writable", "");
  }

  @Override
  public void onPing(WebSocketConnection connection, ByteBuffer payload) throws Exception {
    told(connection, "ping", hex(payload));
  }

  @Override
  public void onPong(WebSocketConnection connection, ByteBuffer payload) throws Exception {
    told(connection, "pong", hex(payload));
  }

  @Override
  public void onError(WebSocketConnection connection, Throwable failure) throws Exception {
    error = failure;
    told(
        connection,
        "error",
        failure instanceof WebSocketException known
            ? known.kind().name()
            : failure.getClass().getSimpleName());
    also.onError(connection, failure);
  }

  @Override
  public void onClose(WebSocketConnection connection, CloseReason reason) throws Exception {
    told(connection, "close", reason.toString());
    also.onClose(connection, reason);
  }

  static String hex(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    if (copy.length > 125) {
      return copy.length + " bytes";
    }
    return HexFormat.of().formatHex(copy);
  }
}
