package io.github.easywebsocket;

import io.github.easywebsocket.Providers.Broken;
import io.github.easywebsocket.spi.Backend;
import io.github.easywebsocket.spi.ClientBackend;
import io.github.easywebsocket.spi.ServerBackend;
import java.lang.System.Logger.Level;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds the backend. In this order: one name given in code, the system property, the environment
 * variable, the first of several names given in code, the only one there is. Anything else fails
 * and says what to do; nothing is ever chosen by class-path order or priority. {@code
 * docs/errors.md} explains each code.
 *
 * @param <B> the kind of backend
 */
final class Backends<B extends Backend> {

  /**
   * What differs between servers and clients.
   *
   * @param word for messages
   * @param property the system property that names a backend
   * @param variable the environment variable that names a backend
   * @param artifacts the artifact that adds each backend of this project, by the backend's name
   */
  private record Kind<B extends Backend>(
      Class<B> type,
      String word,
      String property,
      String variable,
      Map<String, String> artifacts) {}

  private static final Kind<ServerBackend> SERVER =
      new Kind<>(
          ServerBackend.class,
          "server",
          "easywebsocket.backend",
          "EASY_WEBSOCKET_BACKEND",
          Map.of(
              "undertow", "easy-websocket-backend-undertow",
              "jetty", "easy-websocket-backend-jetty"));

  private static final Kind<ClientBackend> CLIENT =
      new Kind<>(
          ClientBackend.class,
          "client",
          "easywebsocket.client.backend",
          "EASY_WEBSOCKET_CLIENT_BACKEND",
          Map.of(
              "jetty", "easy-websocket-backend-jetty-client",
              "jdk", "easy-websocket-backend-jdk-client"));

  private final Kind<B> kind;
  private final List<ClassLoader> loaders;
  private final Function<String, @Nullable String> properties;
  private final Function<String, @Nullable String> environment;
  private final Map<String, B> found; // by name, usable
  private final Map<String, String> ambiguous; // by name, why
  private final List<Broken> broken;

  private Backends(
      Kind<B> kind,
      List<ClassLoader> loaders,
      Function<String, @Nullable String> properties,
      Function<String, @Nullable String> environment) {
    this.kind = kind;
    this.loaders = loaders;
    this.properties = properties;
    this.environment = environment;
    Providers<B> providers = new Providers<>(kind.type(), kind.word());
    loaders.forEach(providers::load);
    this.found = providers.found();
    this.ambiguous = providers.ambiguous();
    this.broken = providers.broken();
  }

  static Backends<ServerBackend> servers() {
    return new Backends<>(SERVER, loaders(), System::getProperty, System::getenv);
  }

  static Backends<ClientBackend> clients() {
    return new Backends<>(CLIENT, loaders(), System::getProperty, System::getenv);
  }

  /** For tests: server backends of one class loader, with settings of the test's. */
  static Backends<ServerBackend> servers(
      ClassLoader loader,
      Function<String, @Nullable String> properties,
      Function<String, @Nullable String> environment) {
    return new Backends<>(SERVER, List.of(loader), properties, environment);
  }

  private static List<ClassLoader> loaders() {
    Set<ClassLoader> loaders = new LinkedHashSet<>();
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    if (context != null) {
      loaders.add(context);
    }
    ClassLoader own = Backends.class.getClassLoader();
    if (own != null) {
      loaders.add(own);
    }
    return List.copyOf(loaders);
  }

  /**
   * Chooses.
   *
   * @param names given in code: a single one decides, of several the first that is there is taken
   *     if no setting names another; empty for none
   */
  B choose(List<String> names) throws WebSocketException {
    if (names.size() == 1) {
      return named(names, "backend(…)");
    }
    String property = properties.apply(kind.property());
    if (property != null && !property.isBlank()) {
      return named(List.of(property.strip()), "the system property " + kind.property());
    }
    String variable = environment.apply(kind.variable());
    if (variable != null && !variable.isBlank()) {
      return named(List.of(variable.strip()), "the environment variable " + kind.variable());
    }
    if (!names.isEmpty()) {
      return logged(named(names, "backend(…)"));
    }
    if (found.size() == 1) {
      return logged(named(List.copyOf(found.keySet()), ""));
    }
    throw failure(found.isEmpty() ? none() : several());
  }

  /** What could have been chosen in place of it, were it not broken, is worth a line. */
  private B logged(B chosen) {
    if (!broken.isEmpty()) {
      Log.log(
          Level.WARNING,
          "the " + kind.word() + " backend is \"" + chosen.name() + "\"." + shownBroken());
    }
    return chosen;
  }

  private B named(List<String> names, String by) throws WebSocketException {
    for (String name : names) {
      String why = ambiguous.get(name);
      if (why != null) {
        throw failure(why);
      }
      B backend = found.get(name);
      if (backend != null) {
        return backend;
      }
    }
    for (Broken one : broken) {
      if (names.stream().anyMatch(one::isCalled)) {
        throw failure(unusable(one, "It was asked for by " + by));
      }
    }
    for (Broken one : broken) {
      for (String name : names) {
        if (one.isLikelyCalled(name)) {
          String likely = "It is likely the " + kind.word() + " backend \"" + name + "\"";
          throw failure(unusable(one, likely + ", asked for by " + by));
        }
      }
    }
    throw failure(unknown(names, by));
  }

  // ---- what to do, in words

  private String unusable(Broken one, String asked) {
    List<Broken> others = broken.stream().filter(other -> other != one).toList();
    return one.what()
        + ". "
        + asked
        + ". "
        + shownFound()
        + (others.isEmpty() ? "" : " Not usable either: " + join(others) + ".");
  }

  private String none() {
    return "EWS-101 there is no "
        + kind.word()
        + " backend. Searched with ServiceLoader: "
        + loaders
        + ". Add one of "
        + coordinates()
        + " to the class path. If it is there already and this is a single (\"fat\") jar, its"
        + " META-INF/services files were not merged: with maven-shade-plugin use"
        + " ServicesResourceTransformer."
        + shownBroken();
  }

  private String several() {
    return "EWS-102 there are several "
        + kind.word()
        + " backends: "
        + found.values().stream().map(Providers::where).collect(Collectors.joining(", "))
        + ". Choose one in code, backend(\""
        + anUnambiguous()
        + "\"), or with -D"
        + kind.property()
        + "=…, or the environment variable "
        + kind.variable()
        + "."
        + ambiguous.values().stream().map(why -> " " + why + ".").collect(Collectors.joining())
        + shownBroken();
  }

  private String anUnambiguous() {
    return found.keySet().stream()
        .filter(name -> !ambiguous.containsKey(name))
        .findFirst()
        .orElse("…");
  }

  private String unknown(List<String> names, String by) {
    String name = names.get(0);
    String nearest = nearest(name);
    String artifact = missingArtifact(name, nearest);
    return "EWS-103 there is no "
        + kind.word()
        + " backend "
        + names.stream().map(n -> "\"" + n + "\"").collect(Collectors.joining(" or "))
        + ", asked for by "
        + by
        + ". "
        + (nearest == null ? "" : "Did you mean \"" + nearest + "\"? ")
        + shownFound()
        + (artifact == null ? "" : " To add it: io.github.easywebsocket:" + artifact + ".")
        + shownBroken();
  }

  /**
   * The artifact that adds the backend, or else the one that is likely meant; null if none does.
   */
  private @Nullable String missingArtifact(String name, @Nullable String nearest) {
    String meant = kind.artifacts().containsKey(name) ? name : nearest;
    return meant == null || found.containsKey(meant) ? null : kind.artifacts().get(meant);
  }

  private String coordinates() {
    return kind.artifacts().values().stream()
        .sorted()
        .map(artifact -> "io.github.easywebsocket:" + artifact)
        .collect(Collectors.joining(", "));
  }

  private String shownFound() {
    return "Found: " + (found.isEmpty() ? "none" : String.join(", ", found.keySet())) + ".";
  }

  private String shownBroken() {
    return broken.isEmpty() ? "" : " Found but not usable: " + join(broken) + ".";
  }

  private static String join(List<Broken> broken) {
    return broken.stream().map(Broken::what).collect(Collectors.joining("; "));
  }

  private @Nullable String nearest(String name) {
    Set<String> known = new LinkedHashSet<>(found.keySet());
    known.addAll(kind.artifacts().keySet());
    return Spelling.nearest(name, known);
  }

  private static WebSocketException failure(String message) {
    return new WebSocketException(WebSocketException.Kind.BACKEND, message);
  }
}
