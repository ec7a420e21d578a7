package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.CloseReason;
import io.github.easywebsocket.Message;
import io.github.easywebsocket.MessagePart;
import io.github.easywebsocket.WebSocketConnection;
import io.github.easywebsocket.WebSocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What a handler is told of one connection, in its order. Each {@code expect} waits for the next
 * call and fails when it is another. Whatever the test is about, it is noted when calls overlap,
 * break the grammar of rule 1.1, or do not see what an earlier one wrote; and what a test has not
 * expected is found at its end.
 */
final class Recording {

  /** A method of the handler. */
  enum Call {
    OPEN,
    MESSAGE,
    PART,
    STREAM,
    /** May come at any time; no test need expect it. */
    WRITABLE,
    PING,
    PONG,
    ERROR,
    CLOSE
  }

  /** A call with its argument; for pings and pongs that is the payload as text. */
  record Event(Call call, @Nullable Object argument) {
    @Override
    public String toString() {
      if (argument instanceof Message message && message.isText() && message.size() <= 40) {
        return "MESSAGE \"" + Wire.printable(message.text()) + "\"";
      }
      return argument == null ? call.toString() : call + " " + argument;
    }
  }

  private final WebSocketConnection connection;
  private final Duration patience;
  private final BlockingQueue<Event> unseen = new LinkedBlockingQueue<>();
  private final List<String> history = new ArrayList<>(); // guarded by this
  private final List<String> violations = new ArrayList<>(); // guarded by this
  private @Nullable Call last; // guarded by this
  private boolean hadError; // guarded by this

  private final AtomicInteger inside = new AtomicInteger();
  private final AtomicInteger calls = new AtomicInteger();
  private int unsafeCalls; // plain: each call must see what the one before wrote
  private volatile boolean restIgnored;

  Recording(WebSocketConnection connection, Duration patience) {
    this.connection = connection;
    this.patience = patience;
  }

  /** The connection. */
  WebSocketConnection connection() {
    return connection;
  }

  // ---- the handler's side

  /** A call begins. */
  void begin(Call call, @Nullable Object argument) {
    Event event = new Event(call, argument);
    if (inside.getAndIncrement() != 0) {
      violation("1.7: " + event + " begins before the call before it has returned");
    }
    if (++unsafeCalls != calls.incrementAndGet()) {
      violation("1.7: " + event + " does not see what an earlier call wrote");
    }
    synchronized (this) {
      history.add(event.toString());
      checkGrammar(event);
    }
    if (call != Call.WRITABLE) {
      unseen.add(event);
    }
  }

  /** A call is about to return. */
  void end() {
    inside.decrementAndGet();
  }

  private synchronized void checkGrammar(Event event) {
    Call call = event.call();
    if (last == Call.CLOSE) {
      violation("1.4: " + event + " comes after CLOSE");
    } else if ((last == null) != (call == Call.OPEN)) {
      violation("1.1: " + event + " comes after " + last);
    } else if (hadError && call != Call.CLOSE) {
      violation("1.5: " + event + " comes after ERROR");
    }
    hadError |= call == Call.ERROR;
    last = call;
  }

  private synchronized void violation(String what) {
    violations.add(what);
  }

  // ---- the test's side

  /** The next call, which must be of that kind. */
  private @Nullable Object expect(Call call, String expected) throws InterruptedException {
    Event event = Patience.next(unseen, patience);
    if (event == null) {
      throw new AssertionError(
          "expected the call " + expected + ", seen: none within " + patience.toMillis() + " ms");
    }
    if (event.call() != call) {
      throw new AssertionError("expected the call " + expected + ", seen: " + event);
    }
    return event.argument();
  }

  Recording expectOpen() throws InterruptedException {
    expect(Call.OPEN, "onOpen");
    return this;
  }

  /** The next call, which must be of a message. */
  Message expectMessage(String expected) throws InterruptedException {
    return assertInstanceOf(Message.class, expect(Call.MESSAGE, "onMessage with " + expected));
  }

  Recording expectText(String text) throws InterruptedException {
    Message message = expectMessage("\"" + text + "\"");
    assertEquals(Message.text(text), message, () -> "message " + shown(message));
    return this;
  }

  Recording expectBinary(byte... payload) throws InterruptedException {
    Message message = expectMessage("binary " + Frame.hex(payload, 16));
    assertEquals(Message.binary(payload), message, () -> "message " + shown(message));
    return this;
  }

  private static String shown(Message message) {
    return message.isText() ? "\"" + message.text() + "\"" : message.toString();
  }

  /** The next call, which must be of a part. */
  MessagePart expectPart(String expected) throws InterruptedException {
    return assertInstanceOf(MessagePart.class, expect(Call.PART, "onPart with " + expected));
  }

  /** A message that is to be read while it comes. */
  Recording expectStream(String kind) throws InterruptedException {
    assertEquals(kind, expect(Call.STREAM, "onStream"), "kind of the message");
    return this;
  }

  Recording expectPing(String payload) throws InterruptedException {
    assertEquals(payload, expect(Call.PING, "onPing"), "payload of the ping");
    return this;
  }

  Recording expectPong(String payload) throws InterruptedException {
    assertEquals(payload, expect(Call.PONG, "onPong"), "payload of the pong");
    return this;
  }

  /** Expects onError with a WebSocketException of the kind. */
  Recording expectError(WebSocketException.Kind kind) throws InterruptedException {
    Object error = expect(Call.ERROR, "onError with kind " + kind);
    WebSocketException failure = assertInstanceOf(WebSocketException.class, error);
    assertEquals(kind, failure.kind(), () -> "kind of " + failure);
    return this;
  }

  /** Expects onError with this very object. */
  Recording expectError(Throwable thrown) throws InterruptedException {
    assertSame(thrown, expect(Call.ERROR, "onError with " + thrown));
    return this;
  }

  /** Expects onError and returns what it was given. */
  Throwable expectError() throws InterruptedException {
    return assertInstanceOf(Throwable.class, expect(Call.ERROR, "onError"));
  }

  Recording expectClose(int code) throws InterruptedException {
    return expectClose(code, "");
  }

  /** Expects onClose with the code and reason. */
  Recording expectClose(int code, String reason) throws InterruptedException {
    CloseReason expected = new CloseReason(code, reason);
    assertEquals(expected, expect(Call.CLOSE, "onClose with " + expected), "reason of the end");
    return this;
  }

  /** Expects onClose with the code after messages, pings and pongs of any kind. */
  Recording skipToClose(int code) throws InterruptedException {
    return skipToClose(List.of(code));
  }

  /** Expects onClose with one of the codes after messages, pings and pongs of any kind. */
  Recording skipToClose(List<Integer> codes) throws InterruptedException {
    Event next = Patience.next(unseen, patience);
    while (next != null && next.call() != Call.CLOSE && next.call() != Call.ERROR) {
      next = Patience.next(unseen, patience);
    }
    boolean good =
        next != null && next.argument() instanceof CloseReason r && codes.contains(r.code());
    assertTrue(good, "expected the call onClose with " + codes + ", seen: " + next);
    return this;
  }

  /** All calls up to onClose and with it, whatever they are. */
  List<Event> allToClose() throws InterruptedException {
    List<Event> all = new ArrayList<>();
    Event next;
    do {
      next = Patience.next(unseen, patience);
      if (next == null) {
        throw new AssertionError(
            "expected the call onClose, seen: none within " + patience.toMillis() + " ms, " + all);
      }
      all.add(next);
    } while (next.call() != Call.CLOSE);
    return all;
  }

  /** Whether a call waits to be expected. */
  boolean hasNext() {
    return !unseen.isEmpty();
  }

  /** What comes after this is of no interest; the grammar is checked all the same. */
  void ignoreRest() {
    restIgnored = true;
  }

  /** Notes calls that the test has not expected; call before the test's own clean-up. */
  void checkNothingUnexpected() {
    for (Event event : unseen) {
      if (!restIgnored && event.call() != Call.OPEN && event.call() != Call.CLOSE) {
        violation("unexpected call " + event);
      }
    }
  }

  /** Checks that the connection has ended, and gives what was wrong with it. */
  synchronized List<String> findings() {
    if (last != Call.CLOSE) {
      violation("1.3: onClose was not called, though the server or client has stopped");
    }
    return List.copyOf(violations);
  }

  @Override
  public synchronized String toString() {
    List<String> shown =
        history.size() <= 30
            ? history
            : history.subList(history.size() - 30, history.size()); // the end tells most
    return String.join(", ", shown);
  }

  /** A payload as text. */
  static String text(ByteBuffer payload) {
    return StandardCharsets.UTF_8.decode(payload.duplicate()).toString();
  }
}
