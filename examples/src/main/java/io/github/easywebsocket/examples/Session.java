package io.github.easywebsocket.examples;

import io.github.easywebsocket.CloseReason;
import io.github.easywebsocket.Message;
import io.github.easywebsocket.WebSocketConnection;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One client over all of its connections, of which one is the current one or, while it is away,
 * none. See {@link Sessions} for the protocol.
 *
 * <p>Safe from any thread. No send waits, since one that finds the queue full closes its connection
 * instead ({@code Overflow.CLOSE}); so they are made under the lock, in the order in which they are
 * counted. Code of the application never runs under it.
 */
final class Session {

  static final Duration GRACE = Duration.ofSeconds(60);
  static final Duration QUERY_TIME = Duration.ofSeconds(3);
  static final int MOST_QUERIES = 10;
  static final int MOST_KEPT = 100;
  static final int MOST_KEPT_BYTES = 64 << 10; // below sendQueueBytes, or a resume would never end

  private record Query(CompletableFuture<String> answer, long asked) {}

  final String id;

  // what the application keeps of its client
  volatile String name = "somebody";
  volatile String zone = "nowhere";

  private final LongSupplier clock;
  private final ReentrantLock turn = new ReentrantLock(); // of the message that is handled

  // guarded by this
  private @Nullable WebSocketConnection connection;
  private long lostAt;
  private boolean ended;
  private long received;
  private long sent;
  private final Deque<Message> kept = new ArrayDeque<>(); // the last of those sent
  private int keptBytes;
  private long asked;
  private final Map<Long, Query> queries = new HashMap<>();

  Session(String id, LongSupplier clock) {
    this.id = id;
    this.clock = clock;
    this.lostAt = clock.getAsLong();
  }

  // ---- connections

  /**
   * Goes on over this connection, whose client has got so many messages; a connection that is still
   * there is probably one that has died without a word, and ends.
   *
   * @return false if it cannot: the session is over, or what is missing is no longer kept
   */
  synchronized boolean resume(WebSocketConnection next, long got) {
    if (ended || got > sent || got < sent - kept.size()) {
      return false;
    }
    WebSocketConnection old = connection;
    connection = next;
    next.send("I:" + id + " " + received);
    kept.stream().skip(kept.size() - (sent - got)).forEach(next::send);
    if (old != null) {
      old.close(Sessions.RESUMED_ELSEWHERE, "");
    }
    return true;
  }

  /** A connection has ended; that of one which is no longer the current one comes late. */
  synchronized void lose(WebSocketConnection last, CloseReason reason) {
    if (last == connection) {
      connection = null;
      lostAt = clock.getAsLong();
      ended |= reason.code() == CloseReason.NORMAL; // only a client says that
    }
  }

  /** Whether the client has a connection, as far as anybody knows. */
  synchronized boolean isHere() {
    return connection != null;
  }

  synchronized boolean isOver() {
    return ended;
  }

  /**
   * Ends what has taken too long: queries, and a client's absence.
   *
   * @return whether the session is over
   */
  boolean sweep() {
    long now = clock.getAsLong();
    List<CompletableFuture<String>> unanswered = new ArrayList<>();
    boolean over;
    synchronized (this) {
      ended |= connection == null && now - lostAt >= GRACE.toNanos();
      over = ended;
      queries
          .values()
          .removeIf(
              query ->
                  (ended || now - query.asked >= QUERY_TIME.toNanos())
                      && unanswered.add(query.answer));
    }
    unanswered.forEach(answer -> answer.completeExceptionally(new TimeoutException("no answer")));
    return over;
  }

  // ---- messages

  /**
   * Counts a message and has it handled. What comes over a connection that is no longer the current
   * one is not counted, so the client sends it again; and where the last message of one connection
   * is still being handled, the first of the next waits. One that the handler throws at is counted:
   * it does not come again.
   */
  void receive(WebSocketConnection from, Runnable handler) {
    turn.lock();
    try {
      if (counts(from)) {
        handler.run();
      }
    } finally {
      turn.unlock();
    }
  }

  private synchronized boolean counts(WebSocketConnection from) {
    if (from != connection) {
      return false;
    }
    received++;
    return true;
  }

  void send(String text) {
    send(Message.text(text));
  }

  /** Sends a message, now or when the client comes back. */
  synchronized void send(Message message) {
    sent++;
    kept.add(message);
    keptBytes += message.size();
    while (kept.size() > MOST_KEPT || keptBytes > MOST_KEPT_BYTES) {
      keptBytes -= kept.remove().size();
    }
    if (connection != null) {
      connection.send(message);
    }
  }

  /**
   * Asks the client.
   *
   * @return fails if it does not answer in time, its session ends, or too much is asked already
   */
  synchronized CompletionStage<String> query(String question) {
    if (ended || queries.size() == MOST_QUERIES) {
      return CompletableFuture.failedFuture(new IllegalStateException("cannot be asked"));
    }
    CompletableFuture<String> answer = new CompletableFuture<>();
    queries.put(++asked, new Query(answer, clock.getAsLong()));
    send("Q:" + asked + " " + question);
    return answer;
  }

  /** The client has answered; too late if nobody waits for it any more. */
  void answered(long number, String text) {
    Query query;
    synchronized (this) {
      query = queries.remove(number);
    }
    if (query != null) {
      query.answer.complete(text);
    }
  }
}
