package io.github.easywebsocket;

import io.github.easywebsocket.OpeningHandshake.Refusal;
import io.github.easywebsocket.Routes.Route;
import io.github.easywebsocket.spi.Acceptance;
import io.github.easywebsocket.spi.Deflate;
import io.github.easywebsocket.spi.Exchange;
import io.github.easywebsocket.spi.ServerSettings;
import java.net.InetSocketAddress;
import java.util.List;
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

  private static final String FACTORY = "the factory of handlers";

  private final Rules rules;
  private final Connections connections;
  private final Answers answers = new Answers();

  Acceptor(Rules rules, Connections connections) {
    this.rules = rules;
    this.connections = connections;
  }

  /** The answers that are under way. */
  Answers answers() {
    return answers;
  }

  @Override
  public void accept(Exchange exchange) {
    Answer answer = new Answer(exchange, connections, answers);
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
    if (answers.areStopping()) {
      answer.refuse(Answers.STOPS);
      return;
    }
    if (target == null) {
      answer.refuse(Refusal.of(400, "The path of the request is not valid."));
      return;
    }
    Refusal refusal = checkRequest(exchange, target, headers);
    if (refusal != null) {
      answer.refuse(refusal);
    } else if (answer.handshake) {
      handshake(answer, target, headers);
    } else {
      plainHttp(answer, target, headers);
    }
  }

  /** What is asked of every request, in this order; null if it is in order. */
  private @Nullable Refusal checkRequest(Exchange exchange, RequestTarget target, Headers headers) {
    if (headers.lines() > ServerSettings.MAX_HEADER_LINES) {
      return Refusal.of(431, "The request has too many headers.");
    }
    if (!Hosts.isNamed(exchange.protocol(), headers)) {
      return Refusal.of(400, "A request has one Host header, with a host in it.");
    }
    if (target.contradicts(headers)) {
      return Refusal.of(400, "The request names two hosts.");
    }
    if (!rules.hosts().allow(headers)) {
      return Refusal.of(421, "This server is not reached by this name; see allowedHosts.");
    }
    return null;
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
    Refusal refusal = checkHandshake(exchange, route, headers);
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
      answer.ask(
          "the verifier", () -> accept(answer, route, handshake, verifier.verify(handshake)));
    } else if (route.makesHandlers()) {
      answer.ask(FACTORY, () -> accept(answer, route, handshake, Verdict.accept()));
    } else {
      accept(answer, route, handshake, Verdict.accept());
    }
  }

  /** What is asked of an opening handshake, before the application is; null if it is in order. */
  private @Nullable Refusal checkHandshake(Exchange exchange, Route route, Headers headers) {
    Refusal refusal = OpeningHandshake.check(exchange, headers);
    if (refusal != null) {
      return refusal;
    }
    boolean tls = rules.proxies().tls(exchange.remoteAddress(), exchange.tls() != null, headers);
    return route.origins().allow(headers, tls)
        ? null
        : Refusal.of(403, "Pages of this origin may not connect; see allowedOrigins.");
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
    if (!reserve(answer)) {
      return;
    }
    Session session = session(answer, route, handshake);
    if (session == null) {
      return;
    }
    answer.asked = Answer.ENGINE;
    try {
      session.attach(verdict.attachment());
      answer.exchange.upgrade(
          acceptance(answer.exchange, route, handshake, verdict, subprotocol, session));
    } catch (RuntimeException | Error e) {
      session.closed(e);
      throw e;
    }
  }

  private static Acceptance acceptance(
      Exchange exchange,
      Route route,
      Handshake handshake,
      Verdict verdict,
      @Nullable String subprotocol,
      Session session) {
    Headers headers = route.headers().with(verdict.headers());
    Deflate deflate = deflate(route, handshake, session);
    if (deflate != null) {
      headers = headers.with("Sec-WebSocket-Extensions", deflate.answer());
    }
    boolean http2 = exchange.connectProtocol() != null;
    String key = http2 ? "" : OpeningHandshake.acceptKey(handshake.headers());
    return new Acceptance(key, subprotocol, headers, route.limits(), deflate, session);
  }

  /** Takes a place for a connection; false if there is none, and then the client is told. */
  private boolean reserve(Answer answer) {
    InetSocketAddress client = answer.client;
    if (!connections.reserveFrom(client, rules.maxConnectionsPerAddress())) {
      answer.refuse(Refusal.tooMuch(429, "There are too many connections from your address."));
      return false;
    }
    if (answers.areStopping() || !connections.reserve(rules.maxConnections())) {
      connections.unreserveFrom(client);
      answer.refuse(Refusal.tooMuch(503, "The server has no room for another connection."));
      return false;
    }
    return true;
  }

  /** The connection for a place that was taken; null if the client has an answer meanwhile. */
  private @Nullable Session session(Answer answer, Route route, Handshake handshake) {
    InetSocketAddress client = answer.client;
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
      if (session != null && answer.take()) {
        answers.end(answer);
      } else {
        connections.unreserveFrom(client);
        connections.unreserve();
        session = null;
      }
    }
    return session;
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

  private void plainHttp(Answer answer, RequestTarget target, Headers headers) {
    HttpHandler http = rules.http();
    if (answer.exchange.connectProtocol() != null) {
      answer.refuse(Refusal.of(501, "This server speaks WebSocket only."));
    } else if (answer.exchange.method().equals("CONNECT")) { // a 2xx would begin a tunnel
      answer.refuse(Refusal.of(400, "This server is no proxy."));
    } else if (http == null) {
      answer.refuse(Refusal.of(403, "This server speaks WebSocket only."));
    } else if (!OpeningHandshake.hasBody(headers)) {
      ask(http, answer, target, headers, new byte[0]);
    } else if (!OpeningHandshake.hasKnownCoding(headers)) {
      answer.refuse(Refusal.of(400, "The body's coding is not known."));
    } else {
      readBody(http, answer, target, headers);
    }
  }

  private void readBody(HttpHandler http, Answer answer, RequestTarget target, Headers headers) {
    answer.watch(408);
    answer
        .exchange
        .body(rules.maxHttpBody())
        .whenComplete(
            (body, failure) -> {
              if (failure == null) {
                answer.bodyLeft = false;
                ask(http, answer, target, headers, body);
              } else {
                answer.refuse(
                    Refusal.of(413, "The body of the request is too long, or did not come whole."));
              }
            });
  }

  private static void ask(
      HttpHandler http, Answer answer, RequestTarget target, Headers headers, byte[] body) {
    answer.ask("the HTTP handler", () -> respond(http, answer, target, headers, body));
  }

  private static void respond(
      HttpHandler http, Answer answer, RequestTarget target, Headers headers, byte[] body)
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
}
