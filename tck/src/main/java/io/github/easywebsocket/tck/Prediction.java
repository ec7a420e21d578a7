package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.CloseReason;
import io.github.easywebsocket.WebSocketException;
import io.github.easywebsocket.WebSocketException.Kind;
import io.github.easywebsocket.tck.Recording.Call;
import io.github.easywebsocket.tck.Recording.Event;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a connection must make of the bytes that a peer sends; an {@link Oracle} tells it.
 *
 * @param events the messages, pings and pongs, in order
 * @param codes of the peer's close frame, or those with one of which the connection fails; empty if
 *     nothing in the bytes ends it
 * @param reason that of the peer's close frame
 * @param failure whether the connection fails
 * @param due whether that must be noticed though no more bytes come: not inside of a header, and
 *     bad text or bad data not before the end of its message
 */
record Prediction(
    List<Event> events, Set<Integer> codes, String reason, boolean failure, boolean due) {

  /** Whether nothing in the bytes ends the connection. */
  boolean leavesItOpen() {
    return codes.isEmpty();
  }

  /** The messages among the events. */
  List<Event> messages() {
    return messages(events);
  }

  private static List<Event> messages(List<Event> events) {
    return events.stream().filter(event -> event.call() == Call.MESSAGE).toList();
  }

  /**
   * Checks what the application was told, if it did nothing and the peer ended TCP behind its
   * bytes.
   *
   * @param exact whether failures are noticed as soon as can be
   */
  void expect(List<Event> told, boolean exact) {
    Told seen = new Told(told);
    if (failure && !due && !exact) {
      assertTrue(
          begins(events, seen.events), () -> "expected first: " + events + ", seen: " + told);
      assertTrue(Set.of(1002, 1006, 1007, 1009).contains(seen.end.code()), () -> "seen: " + told);
      return;
    }
    assertEquals(events, seen.events, "what is told before the end");
    if (leavesItOpen()) {
      assertEquals(new CloseReason(1006, ""), seen.end, "the end");
      assertEquals(null, seen.error, "1.6: the error");
      return;
    }
    assertTrue(codes.contains(seen.end.code()), () -> "one of " + codes + ", seen: " + seen.end);
    assertEquals(failure ? "" : reason, seen.end.reason(), "the reason of the end");
    assertEquals(failure ? kind(seen.end.code()) : null, kind(seen.error), "the kind of the error");
  }

  /** The same for a peer that reset the connection, so that the last bytes may be lost. */
  void expectReset(List<Event> told) {
    Told seen = new Told(told);
    assertTrue(begins(seen.events, events), () -> "expected: " + events + ", seen: " + told);
    assertEquals(new CloseReason(1006, ""), seen.end, "the end");
    assertEquals(null, seen.error, "1.6: the error");
  }

  /**
   * The same where the application ended the connection with the code in its message of that
   * number: it is told no other (5.9).
   *
   * @param error what it threw, if it did
   */
  void expectEndedAt(int number, int code, @Nullable Throwable error, List<Event> told) {
    Told seen = new Told(told);
    assertEquals(
        messages().subList(0, number + 1), messages(seen.events), "messages up to the end");
    assertTrue(
        code == seen.end.code() || seen.end.code() == 1006, () -> code + " or 1006: " + seen.end);
    assertEquals(error, seen.error, "the error");
  }

  /** Checks only that the messages are right as far as they go, whatever ends the connection. */
  void expectMessagesAsFarAsTheyGo(List<Event> told) {
    List<Event> seen = messages(new Told(told).events);
    assertTrue(
        begins(seen, messages()) || begins(messages(), seen),
        () -> "expected: " + messages() + ", seen: " + told);
  }

  private static boolean begins(List<Event> beginning, List<Event> all) {
    return beginning.size() <= all.size() && all.subList(0, beginning.size()).equals(beginning);
  }

  private static @Nullable Kind kind(int code) {
    return switch (code) {
      case 1002 -> Kind.PROTOCOL;
      case 1007 -> Kind.INVALID_TEXT;
      case 1009 -> Kind.MESSAGE_TOO_BIG;
      default -> null;
    };
  }

  private static @Nullable Kind kind(@Nullable Throwable error) {
    if (error != null && !(error instanceof WebSocketException)) {
      throw new AssertionError("an exception that no rule tells of", error);
    }
    return error instanceof WebSocketException known ? known.kind() : null;
  }

  /** What the application was told, taken apart. */
  private static final class Told {
    final List<Event> events;
    final @Nullable Throwable error;
    final CloseReason end;

    Told(List<Event> all) {
      int last = all.size() - 1;
      if (!(all.get(last).argument() instanceof CloseReason reason)) {
        throw new AssertionError("no onClose: " + all);
      }
      end = reason;
      boolean failed = last > 0 && all.get(last - 1).call() == Call.ERROR;
      error = failed ? (Throwable) all.get(last - 1).argument() : null;
      events = all.subList(0, failed ? last - 1 : last);
    }
  }
}
