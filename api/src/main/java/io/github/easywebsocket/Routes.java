package io.github.easywebsocket;

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
