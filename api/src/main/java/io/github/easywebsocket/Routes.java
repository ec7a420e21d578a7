package io.github.easywebsocket;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The endpoints of a server that runs, by path. */
final class Routes {

  /**
   * What a server does with the requests of one endpoint.
   *
   * @param path null for every path that no other has
   * @param handlers gives the handler of a connection
   * @param makesHandlers whether {@code handlers} is the application's code
   * @param verifier null for none
   * @param compression null for none
   */
  record Route(
      @Nullable PathPattern path,
      Function<Handshake, ? extends WebSocketHandler> handlers,
      boolean makesHandlers,
      @Nullable Verifier verifier,
      List<String> subprotocols,
      Headers headers,
      Origins origins,
      Limits limits,
      @Nullable Compression compression) {}

  /** The route of a request, and its path's variables. */
  record Match(Route route, Map<String, String> variables) {}

  private final List<Route> routes; // the one that is to be tried first comes first

  Routes(List<Route> routes) {
    this.routes = routes.stream().sorted(Routes::compare).toList();
    for (int i = 1; i < this.routes.size(); i++) {
      Route before = this.routes.get(i - 1);
      Route route = this.routes.get(i);
      if (compare(before, route) == 0) {
        throw new IllegalArgumentException(
            "endpoint: no request can tell \""
                + before.path()
                + "\" from \""
                + route.path()
                + "\"; one path has one endpoint");
      }
    }
  }

  /** The routes of a server that is described so. */
  static Routes of(WebSocketServer.Builder server, Limits limits) {
    List<Route> routes = new ArrayList<>();
    for (Endpoint endpoint : server.endpoints) {
      routes.add(route(endpoint, server, limits));
    }
    if (server.endpoints.isEmpty()
        || server.path != null
        || server.hasHandler()
        || server.handlers != null) {
      routes.add(
          new Route(
              server.path,
              handlers(server, server.handlers, server.isInline()),
              server.handlers != null,
              server.verifier,
              server.subprotocols == null ? List.of() : server.subprotocols,
              server.headers,
              server.origins,
              limits,
              server.compression));
    }
    return new Routes(routes);
  }

  /** What an endpoint does not say is as its server has it. */
  private static Route route(Endpoint endpoint, WebSocketServer.Builder server, Limits limits) {
    List<String> offered =
        endpoint.subprotocols != null ? endpoint.subprotocols : server.subprotocols;
    return new Route(
        endpoint.path(),
        handlers(endpoint, endpoint.handlers, server.isInline()),
        endpoint.handlers != null,
        endpoint.verifier != null ? endpoint.verifier : server.verifier,
        offered == null ? List.of() : offered,
        server.headers.with(endpoint.headers),
        endpoint.origins != null ? endpoint.origins : server.origins,
        endpoint.limits.apply(limits),
        endpoint.compressionOr(server.compression));
  }

  private static Function<Handshake, ? extends WebSocketHandler> handlers(
      EndpointOptions<?> options,
      @Nullable Function<Handshake, ? extends WebSocketHandler> factory,
      boolean inline) {
    if (factory == null) {
      WebSocketHandler shared = options.effectiveHandler();
      Session.requireDeliverable(shared, inline);
      return handshake -> shared;
    }
    if (options.hasHandler()) {
      throw new IllegalArgumentException(
          "handlers(…) makes a handler for each connection, so handler(…) and the functions"
              + " on…(…) would never be called; set either");
    }
    return factory;
  }

  private static int compare(Route one, Route other) {
    if (one.path() == null || other.path() == null) {
      return Boolean.compare(one.path() == null, other.path() == null);
    }
    return one.path().compareTo(other.path());
  }

  /** The route for a path; null if there is none. */
  @Nullable Match find(String path) {
    for (Route route : routes) {
      PathPattern pattern = route.path();
      Map<String, String> variables = pattern == null ? Map.of() : pattern.match(path);
      if (variables != null) {
        return new Match(route, variables);
      }
    }
    return null;
  }

  /** Whether any endpoint wants compression. */
  boolean compress() {
    return routes.stream().anyMatch(route -> route.compression() != null);
  }

  /** The longest message that any endpoint takes. */
  int maxMessageSize() {
    return routes.stream().mapToInt(route -> route.limits().maxMessageSize()).max().orElse(1);
  }
}
