package io.github.easywebsocket.examples;

import io.github.easywebsocket.CloseReason;
import io.github.easywebsocket.Endpoint;
import io.github.easywebsocket.Handshake;
import io.github.easywebsocket.Limits;
import io.github.easywebsocket.Message;
import io.github.easywebsocket.StaticFiles;
import io.github.easywebsocket.WebSocketConnection;
import io.github.easywebsocket.WebSocketServer;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Sessions that outlive their connections: a client that comes back within a minute is who it was,
 * and gets what it missed, in order and once. Events and queries go both ways. Takes what {@link
 * Echo} takes, and has a page to try it, best in two tabs.
 *
 * <p>All messages are text:
 *
 * <pre>
 * I:id n          from the server, and first: the session's id; it has got n messages from the client
 * 0               a ping, and its answer: a page cannot send one of WebSocket's own
 * E:name data     an event
 * Q:number text   a query
 * A:number text   the answer to the query of that number, good for 3 seconds
 * </pre>
 *
 * <p>Each side counts the events, queries and answers that it gets from the other, and keeps the
 * last that it has sent. A client comes back with {@code ?r=id&got=n}, n being its count; the
 * server tells its own, and then both send what the other has not got. The server closes with 4404
 * if there is no such session any more, or what was missed is more than is kept; with 4409 if the
 * session goes on over another connection; with 1013 if there are too many. A client that closes
 * with 1000 has left for good.
 *
 * <p>Who knows an id has the session, so it cannot be guessed; use it over {@code wss}. Proxies log
 * queries: where there are users, let a session be resumed only by the user that a verifier has
 * found out. Sessions are in memory, and end with the server.
 */
public final class Sessions {

  static final int NO_SUCH_SESSION = 4404;
  static final int RESUMED_ELSEWHERE = 4409;

  private static final Pattern MESSAGE =
      Pattern.compile("([EQA]):(\\S+)(?: (.*))?", Pattern.DOTALL);
  private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N} ]{1,30}");
  private static final Pattern ZONE = Pattern.compile("[\\w+/-]{1,40}");

  private final Map<String, Session> sessions = new ConcurrentHashMap<>();
  private final SecureRandom random = new SecureRandom();
  private final LongSupplier clock;
  private final int most;

  /** Keeps as many sessions at most, with a clock in nanoseconds. */
  Sessions(int most, LongSupplier clock) {
    this.most = most;
    this.clock = clock;
  }

  /** Starts the server, which runs until the process is asked to end. */
  public static void main(String[] args) throws IOException {
    Sessions sessions = new Sessions(1000, System::nanoTime);
    WebSocketServer server = sessions.start(Echo.builder(Integer.getInteger("port", 8080)));
    Executors.newScheduledThreadPool(1, Sessions::daemon)
        .scheduleWithFixedDelay(sessions::sweep, 250, 250, TimeUnit.MILLISECONDS);
    System.out.printf("http://localhost:%d/ on %s%n", server.port(), server.backend());
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "sessions");
    thread.setDaemon(true);
    return thread;
  }

  WebSocketServer start(WebSocketServer.Builder builder) throws IOException {
    Endpoint endpoint =
        Endpoint.at("/ws")
            .limits(
                Limits.DEFAULT
                    .withMaxMessageSize(4 << 10)
                    .withOverflow(Limits.Overflow.CLOSE)) // the client comes back for the rest
            .onOpen(this::open)
            .onText(this::receive)
            .onClose(Sessions::close);
    return builder
        .endpoint(endpoint)
        .http(StaticFiles.classPath(Sessions.class, "sessions"))
        .stopOnShutdown()
        .start();
  }

  /** Ends what has taken too long; called a few times a second. */
  void sweep() {
    sessions.values().removeIf(Session::sweep);
  }

  // ---- connections

  private void open(WebSocketConnection connection) {
    Handshake handshake = connection.handshake();
    String id = handshake.parameter("r");
    Session session = id == null ? create() : sessions.get(id);
    if (session == null) {
      connection.close(id == null ? CloseReason.TRY_AGAIN_LATER : NO_SUCH_SESSION, "");
      return;
    }
    connection.attach(session);
    if (!session.resume(connection, id == null ? 0 : number(handshake.parameter("got")))) {
      connection.close(NO_SUCH_SESSION, "");
    } else if (id == null) {
      session.query("zone").thenAccept(zone -> locate(session, zone));
    }
  }

  private synchronized @Nullable Session create() {
    if (sessions.size() >= most) {
      return null;
    }
    byte[] bits = new byte[16];
    random.nextBytes(bits);
    Session session = new Session(HexFormat.of().formatHex(bits), clock);
    sessions.put(session.id, session);
    return session;
  }

  private static void close(WebSocketConnection connection, CloseReason reason) {
    if (connection.attachment() instanceof Session session) {
      session.lose(connection, reason);
    }
  }

  /** A number of digits only; -1 if it is none. */
  private static long number(@Nullable String digits) {
    return digits != null && digits.matches("\\d{1,18}") ? Long.parseLong(digits) : -1;
  }

  // ---- messages

  private void receive(WebSocketConnection connection, String text) {
    Matcher message = MESSAGE.matcher(text);
    if (text.equals("0")) {
      connection.send("0");
    } else if (!message.matches()) {
      connection.close(CloseReason.PROTOCOL_ERROR, "");
    } else if (connection.attachment() instanceof Session session) {
      String data = message.group(3) == null ? "" : message.group(3);
      session.receive(connection, () -> handle(session, message.group(1), message.group(2), data));
    }
  }

  private void handle(Session session, String kind, String name, String data) {
    switch (kind) {
      case "E" -> happen(session, name, data);
      case "Q" -> session.send("A:" + name + " " + answer(session, data));
      default -> session.answered(number(name), data);
    }
  }

  private void happen(Session session, String event, String data) {
    if (event.equals("name") && NAME.matcher(data).matches()) {
      session.name = data;
    } else if (event.equals("say")) {
      Message said = Message.text("E:said " + session.name + ": " + data); // one for all
      sessions.values().forEach(each -> each.send(said));
    }
  }

  private static void locate(Session session, String zone) {
    if (ZONE.matcher(zone).matches()) {
      session.zone = zone;
    }
  }

  private String answer(Session session, String question) {
    return switch (question) {
      case "name" -> session.name;
      case "time" -> Instant.now().toString();
      case "who" ->
          sessions.values().stream()
              .filter(each -> !each.isOver())
              .limit(50) // an answer is kept, too
              .map(each -> each.name + " (" + (each.isHere() ? each.zone : "away") + ")")
              .sorted()
              .collect(Collectors.joining(", "));
      default -> "";
    };
  }
}
