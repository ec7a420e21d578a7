package io.github.easywebsocket;

import io.github.easywebsocket.OpeningHandshake.Refusal;
import io.github.easywebsocket.Routes.Route;
import io.github.easywebsocket.spi.Acceptance;
import io.github.easywebsocket.spi.Deflate;
import io.github.easywebsocket.spi.Exchange;
import io.github.easywebsocket.spi.ServerSettings;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Answers every request of a server: makes a connection of it, has the HTTP handler answer it, or
 * refuses it. The engine's thread only checks; the verifier and the HTTP handler run where handlers
 * run.
 */
final class Acceptor implements Consumer<Exchange> {

  /**
   * What the server was configured with.
   *
   * @param http null for none
   * @param maxHttpBody in bytes
   */
  record Rules(
      Routes routes,
      Hosts hosts,
      Proxies proxies,
      @Nullable HttpHandler http,
      int maxHttpBody,
      int maxConnections,
      int maxConnectionsPerAddress) {}

  private static final Headers CLOSE = Headers.of("Connection", "close");
  private static final String ENGINE = "the engine";
  private static final String FACTORY = "the factory of handlers";

  private final Rules rules;
  private final Connections connections;
  private final Set<Thread> userThreads = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;

  Acceptor(Rules rules, Connections connections) {
    this.rules = rules;
    this.connections = connections;
  }

  /** From now on every request gets 503. */
  void stop() {
    stopping = true;
  }

  /** Whether the calling thread runs a verifier, the HTTP handler or the observer. */
  boolean onHandlerThread() {
    return userThreads.contains(Thread.currentThread());
  }

  @Override
  public void accept(Exchange exchange) {
    Answer answer = new Answer(exchange);
    try {
      dispatch(answer);
    } catch (Throwable e) {
      answer.failed(e);
    }
  }

  private void dispatch(Answer answer) {
    Exchange exchange = answer.exchange;
    RequestTarget target = RequestTarget.parse(exchange.target());
    Headers headers = validHeaders(exchange);
    if (headers == null) {
      answer.refuse(Refusal.of(400, "A header of the request is not valid."));
      return;
    }
    answer.bodyLeft = OpeningHandshake.hasBody(headers);
    answer.client = rules.proxies().client(exchange.remoteAddress(), headers);
    answer.path = target == null ? "" : Log.printable(target.path());
    answer.handshake = OpeningHandshake.isWanted(exchange, headers);
    if (stopping) {
      answer.refuse(Refusal.of(503, "The server stops."));
    } else if (target == null) {
      answer.refuse(Refusal.of(400, "The path of the request is not valid."));
    } else if (headers.lines() > ServerSettings.MAX_HEADER_LINES) {
      answer.refuse(Refusal.of(431, "The request has too many headers."));
    } else if (!Hosts.isNamed(exchange.protocol(), headers)) {
      answer.refuse(Refusal.of(400, "A request has one Host header, with a host in it."));
    } else if (target.contradicts(headers)) {
      answer.refuse(Refusal.of(400, "The request names two hosts."));
    } else if (!rules.hosts().allow(headers)) {
      answer.refuse(Refusal.of(421, "This server is not reached by this name; see allowedHosts."));
    } else if (answer.handshake) {
      handshake(answer, target, headers);
    } else if (exchange.connectProtocol() != null) {
      answer.refuse(Refusal.of(501, "This server speaks WebSocket only."));
    } else if (rules.http() != null) {
      readBody(answer, target, headers, rules.http());
    } else {
      answer.refuse(Refusal.of(403, "This server speaks WebSocket only."));
    }
  }

  /** Engines differ in what they let pass; {@link Headers} does not. Null if one is not valid. */
  private static @Nullable Headers validHeaders(Exchange exchange) {
    try {
      return exchange.headers();
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  // ---- WebSocket

  private void handshake(Answer answer, RequestTarget target, Headers headers) {
    Exchange exchange = answer.exchange;
    Routes.Match match = rules.routes().find(target.path());
    if (match == null) {
      answer.refuse(Refusal.of(404, "There is no WebSocket at this path."));
      return;
    }
    Route route = match.route();
    Refusal refusal = OpeningHandshake.check(exchange, headers);
    boolean tls = rules.proxies().tls(exchange.remoteAddress(), exchange.tls() != null, headers);
    if (refusal == null && !route.origins().allow(headers, tls)) {
      refusal = Refusal.of(403, "Pages of this origin may not connect; see allowedOrigins.");
    }
    if (refusal != null) {
      answer.refuse(refusal);
      return;
    }
    Handshake handshake =
        new Handshake(
            target.path(),
            match.variables(),
            target.query(),
            headers,
            answer.client,
            exchange.tls());
    Verifier verifier = route.verifier();
    if (verifier != null) {
      run(
          answer,
          "the verifier",
          () -> accept(answer, route, handshake, verifier.verify(handshake)));
    } else if (route.makesHandlers()) {
      run(answer, FACTORY, () -> accept(answer, route, handshake, Verdict.accept()));
    } else {
      accept(answer, route, handshake, Verdict.accept());
    }
  }

  private void accept(Answer answer, Route route, Handshake handshake, @Nullable Verdict verdict) {
    if (verdict == null) {
      throw new IllegalStateException("the verifier returned null; return a Verdict");
    }
    if (!verdict.accepted()) {
      answer.respond(verdict.status(), verdict.headers(), verdict.body());
      return;
    }
    String subprotocol = subprotocol(route, handshake, verdict);
    InetSocketAddress client = answer.client;
    if (!connections.reserveFrom(client, rules.maxConnectionsPerAddress())) {
      answer.refuse(Refusal.tooMuch(429, "There are too many connections from your address."));
      return;
    }
    if (stopping || !connections.reserve(rules.maxConnections())) {
      connections.unreserveFrom(client);
      answer.refuse(Refusal.tooMuch(503, "The server has no room for another connection."));
      return;
    }
    Session session = null;
    answer.asked = FACTORY;
    try {
      session =
          new Session(
              connections,
              handler(route, handshake),
              handshake,
              route.limits(),
              connections.nextId());
    } finally {
      if (session == null || !answer.take()) {
        connections.unreserveFrom(client);
        connections.unreserve();
        session = null;
      }
    }
    if (session == null) {
      return; // answered meanwhile
    }
    answer.asked = ENGINE;
    session.attach(verdict.attachment());
    Headers headers = route.headers().with(verdict.headers());
    Deflate deflate = deflate(route, handshake, session);
    if (deflate != null) {
      headers = headers.with("Sec-WebSocket-Extensions", deflate.answer());
    }
    String key =
        answer.exchange.connectProtocol() == null
            ? OpeningHandshake.acceptKey(handshake.headers())
            : "";
    try {
      answer.exchange.upgrade(
          new Acceptance(key, subprotocol, headers, route.limits(), deflate, session));
    } catch (RuntimeException | Error e) {
      session.closed(e);
      throw e;
    }
  }

  /** What is agreed on about compression; nothing if messages are delivered in parts. */
  private static @Nullable Deflate deflate(Route route, Handshake handshake, Session session) {
    return session.takesParts()
        ? null
        : OpeningHandshake.deflate(handshake.headers(), route.compression());
  }

  private static WebSocketHandler handler(Route route, Handshake handshake) {
    WebSocketHandler handler = route.handlers().apply(handshake);
    if (handler == null) {
      throw new IllegalStateException("handlers(…) returned null; return a WebSocketHandler");
    }
    return handler;
  }

  private static @Nullable String subprotocol(Route route, Handshake handshake, Verdict verdict) {
    List<String> offered = handshake.subprotocols();
    String chosen = verdict.subprotocol();
    if (chosen != null) {
      if (!offered.contains(chosen)) {
        throw new IllegalStateException(
            "the verifier chose the subprotocol \"" + chosen + "\", which was not offered");
      }
      return chosen;
    }
    for (String ours : route.subprotocols()) {
      if (offered.contains(ours)) {
        return ours;
      }
    }
    return null;
  }

  // ---- plain HTTP

  private void readBody(Answer answer, RequestTarget target, Headers headers, HttpHandler http) {
    if (!OpeningHandshake.hasBody(headers)) {
      run(answer, "the HTTP handler", () -> respond(answer, target, headers, http, new byte[0]));
      return;
    }
    if (!OpeningHandshake.hasKnownCoding(headers)) {
      answer.refuse(Refusal.of(400, "The body's coding is not known."));
      return;
    }
    answer.watch(408);
    answer
        .exchange
        .body(rules.maxHttpBody())
        .whenComplete(
            (body, failure) -> {
              if (failure == null) {
                answer.bodyLeft = false;
                run(answer, "the HTTP handler", () -> respond(answer, target, headers, http, body));
              } else {
                answer.refuse(
                    Refusal.of(413, "The body of the request is too long, or did not come whole."));
              }
            });
  }

  private static void respond(
      Answer answer, RequestTarget target, Headers headers, HttpHandler http, byte[] body)
      throws Exception {
    Exchange exchange = answer.exchange;
    HttpHandler.Response response =
        http.handle(
            new HttpHandler.Request(
                exchange.method(), target.path(), target.query(), headers, body, answer.client));
    if (response == null) {
      throw new IllegalStateException("the HTTP handler returned null; return a Response");
    }
    answer.respond(response.status(), response.headers(), response.body());
  }

  // ---- user code

  @FunctionalInterface
  private interface UserCode {
    void run() throws Exception;
  }

  /** Runs user code where handlers run; the client gets 503 if it takes too long. */
  private void run(Answer answer, String asked, UserCode code) {
    answer.asked = asked;
    answer.watch(503);
    Runnable guarded =
        () -> {
          if (answer.isGiven()) {
            return; // too late
          }
          userThreads.add(Thread.currentThread());
          try {
            code.run();
          } catch (Throwable e) {
            answer.failed(e);
          } finally {
            userThreads.remove(Thread.currentThread());
          }
        };
    Executor executor = connections.executor();
    if (executor == null) {
      guarded.run();
      return;
    }
    try {
      executor.execute(guarded);
    } catch (Throwable e) {
      answer.rejected(e);
    }
  }

  /** The answer of one exchange: given once, by whoever comes first. */
  private final class Answer implements Connections.Waiting {
    final Exchange exchange;

    /** Where the client is, as far as known; set before other threads answer, as is the next. */
    InetSocketAddress client;

    /** Whether it is of an opening handshake. */
    boolean handshake;

    /** For the log: the path, printable, and who is asked for the answer; set one after another. */
    String path = "";

    String asked = ENGINE;

    /** Whether a body may be there that was not read; the answer is the connection's last then. */
    volatile boolean bodyLeft = true;

    private final AtomicBoolean given = new AtomicBoolean();
    private final long deadline;
    private volatile int tooLate; // the status past the deadline; 0 while the time does not count

    Answer(Exchange exchange) {
      this.exchange = exchange;
      this.client = exchange.remoteAddress();
      this.deadline = connections.nanoTime() + connections.timeouts().handshake().toNanos();
    }

    /** From now on the time counts; past it the client gets the status. */
    void watch(int status) {
      tooLate = status;
      connections.watch(this);
    }

    boolean isGiven() {
      return given.get();
    }

    /** Whether the caller is the one who answers. */
    boolean take() {
      if (tooLate != 0) {
        connections.unwatch(this);
      }
      return given.compareAndSet(false, true);
    }

    void respond(int status, Headers headers, byte[] body) {
      if (take()) {
        observe(status);
        boolean last = bodyLeft && !headers.listContains("Connection", "close");
        exchange.respond(status, last ? CLOSE.with(headers) : headers, body);
      }
    }

    void refuse(Refusal refusal) {
      respond(refusal.status(), refusal.headers(), refusal.bytes());
    }

    private void observe(int status) {
      Observer observer = connections.hooks().observer();
      if (observer == null || !handshake) {
        return;
      }
      boolean outermost = userThreads.add(Thread.currentThread());
      observer.rejected(status, client);
      if (outermost) {
        userThreads.remove(Thread.currentThread());
      }
    }

    void failed(Throwable failure) {
      Log.log(Level.WARNING, asked + " threw at \"" + path + "\": the client gets 500", failure);
      refuse(Refusal.of(500, "The server failed to answer."));
    }

    void rejected(Throwable rejection) {
      Log.rejection(
          () -> "the executor rejected " + asked + " at \"" + path + "\": the client gets 503",
          rejection);
      refuse(Refusal.tooMuch(503, "The server has too much to do."));
    }

    @Override
    public void sweep(long now) {
      if (now - deadline >= 0) {
        refuse(Refusal.of(tooLate, "The answer took too long.").with("Connection", "close"));
      }
    }
  }
}
