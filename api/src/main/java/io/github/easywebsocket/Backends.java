package io.github.easywebsocket;

import io.github.easywebsocket.spi.Backend;
import io.github.easywebsocket.spi.BackendOption;
import io.github.easywebsocket.spi.Capability;
import io.github.easywebsocket.spi.ClientBackend;
import io.github.easywebsocket.spi.ServerBackend;
import java.lang.System.Logger.Level;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

  /**
   * A provider that cannot be used.
   *
   * @param name the backend's; null if it did not come so far as to tell
   * @param provider the name of its class; empty if not even that is known
   * @param what what is wrong with it
   */
  private record Broken(@Nullable String name, String provider, String what) {

    boolean isCalled(String other) {
      return other.equals(name);
    }

    boolean isLikelyCalled(String other) {
      return name == null
          && !other.isEmpty()
          && provider.toLowerCase(Locale.ROOT).contains(other.toLowerCase(Locale.ROOT));
    }
  }

  /** In what the ServiceLoader says of a provider that it cannot load. */
  private static final Pattern PROVIDER = Pattern.compile(": Provider (\\S+) ");

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

  private final Map<String, B> found = new LinkedHashMap<>(); // by name, usable
  private final Map<String, String> ambiguous = new LinkedHashMap<>(); // by name, why
  private final List<Broken> broken = new ArrayList<>();

  private Backends(
      Kind<B> kind,
      List<ClassLoader> loaders,
      Function<String, @Nullable String> properties,
      Function<String, @Nullable String> environment) {
    this.kind = kind;
    this.loaders = loaders;
    this.properties = properties;
    this.environment = environment;
    loaders.forEach(this::load);
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

  // ---- loading: a broken provider is kept to be shown, and does not hide the others

  private void load(ClassLoader loader) {
    Iterator<ServiceLoader.Provider<B>> providers =
        ServiceLoader.load(kind.type(), loader).stream().iterator();
    int failures = 0;
    while (failures < 100) {
      try {
        if (!providers.hasNext()) {
          return;
        }
        add(providers.next().get());
      } catch (ServiceConfigurationError | RuntimeException | LinkageError e) {
        failures++;
        addBroken(unloadable(e));
      }
    }
  }

  private void add(B backend) {
    String where = where(backend);
    if (backend.spiVersion() != Backend.SPI_VERSION) {
      addBroken(
          backend,
          "EWS-105 "
              + where
              + " is made for version "
              + backend.spiVersion()
              + " of the SPI, and this is version "
              + Backend.SPI_VERSION
              + ": use the same version of all easy-websocket artifacts");
      return;
    }
    String reason = backend.unavailable();
    if (reason != null) {
      addBroken(backend, "EWS-104 " + where + " cannot be used here: " + reason);
      return;
    }
    B before = found.putIfAbsent(backend.name(), backend);
    if (before != null && before.getClass() != backend.getClass()) {
      ambiguous.put(
          backend.name(),
          "EWS-107 two "
              + kind.word()
              + " backends are called \""
              + backend.name()
              + "\": "
              + where(before)
              + " and "
              + where
              + ". Take one off the class path, or give an instance: backend(new …())");
    }
  }

  private void addBroken(B backend, String what) {
    addBroken(new Broken(backend.name(), backend.getClass().getName(), what));
  }

  private void addBroken(Broken one) {
    if (!broken.contains(one)) {
      broken.add(one); // two class loaders may find the same one
    }
  }

  private static Broken unloadable(Throwable e) {
    Throwable cause = e.getCause();
    String what = e instanceof ServiceConfigurationError ? e.getMessage() : e.toString();
    Matcher provider = PROVIDER.matcher(String.valueOf(what));
    return new Broken(
        null,
        provider.find() ? provider.group(1) : "",
        "EWS-104 a provider cannot be loaded: " + what + (cause == null ? "" : " (" + cause + ")"));
  }

  /** Name, version and jar of a backend, as far as they can be known. */
  private static String where(Backend backend) {
    Class<?> type = backend.getClass();
    String version = type.getPackage().getImplementationVersion();
    CodeSource source = type.getProtectionDomain().getCodeSource();
    return "\""
        + backend.name()
        + "\""
        + (version == null ? "" : " " + version)
        + " ("
        + type.getName()
        + (source == null ? "" : " in " + source.getLocation())
        + ")";
  }

  // ---- choosing

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
        + found.values().stream().map(Backends::where).collect(Collectors.joining(", "))
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
    return nearest(name, known);
  }

  /** The known name that differs by the fewest letters, if by a third of them at most. */
  private static @Nullable String nearest(String name, Collection<String> known) {
    String best = null;
    int least = name.length() / 3 + 1;
    for (String candidate : known) {
      int distance = distance(name.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
      if (!candidate.equals(name) && distance < least) {
        least = distance;
        best = candidate;
      }
    }
    return best;
  }

  /** The Levenshtein distance. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }

  // ---- checking what is asked of a backend

  /** Refuses options that the backend does not have. */
  static void checkOptions(Backend backend, Set<BackendOption<?>> options)
      throws WebSocketException {
    for (BackendOption<?> option : options) {
      if (!option.backend().equals(backend.name())) {
        throw failure(
            "EWS-108 the option "
                + option
                + " belongs to the backend \""
                + option.backend()
                + "\", and this is \""
                + backend.name()
                + "\". Leave it out, or choose backend(\""
                + option.backend()
                + "\")");
      }
      if (!backend.options().contains(option)) {
        throw failure(unknown(backend, option));
      }
    }
  }

  private static String unknown(Backend backend, BackendOption<?> option) {
    List<String> names = backend.options().stream().map(BackendOption::name).sorted().toList();
    String nearest = nearest(option.name(), names);
    return "EWS-110 the backend \""
        + backend.name()
        + "\" has no option "
        + typed(option)
        + ". "
        + (nearest == null ? "" : "Did you mean " + nearest + "? ")
        + "It has: "
        + (names.isEmpty()
            ? "none"
            : backend.options().stream()
                .map(Backends::typed)
                .sorted()
                .collect(Collectors.joining(", ")))
        + ". Use the constants of its class";
  }

  private static String typed(BackendOption<?> option) {
    return option.name() + " (" + option.type().getSimpleName() + ")";
  }

  /** Refuses an option whose capability the backend has not declared. */
  static void require(
      Backend backend, Map<BackendOption<?>, Object> options, Capability capability, String option)
      throws WebSocketException {
    Set<Capability> capabilities = backend.capabilities(options);
    if (!capabilities.contains(capability)) {
      throw failure(
          "EWS-106 "
              + option
              + " needs the capability "
              + capability
              + ", which the backend \""
              + backend.name()
              + "\" does not have"
              + (options.isEmpty() ? "" : " with the options " + options.keySet())
              + "; it has "
              + capabilities
              + ". Leave the option out, or choose another backend");
    }
  }

  /** Refuses an option that belongs to the engine in which the server is mounted. */
  static void refuse(Backend backend, boolean given, String option) throws WebSocketException {
    if (given) {
      throw failure(
          "EWS-109 "
              + option
              + " is not for the backend \""
              + backend.name()
              + "\", which is mounted in an engine that the application runs. Leave it out, and"
              + " configure that engine");
    }
  }

  /** The backend's engine, or a part of it, is not on the class path. */
  static WebSocketException engineMissing(Backend backend, LinkageError missing) {
    return new WebSocketException(
        WebSocketException.Kind.BACKEND,
        "EWS-104 "
            + where(backend)
            + " cannot run: "
            + missing
            + ". Its engine is not on the class path, or in another version: let the build tool"
            + " resolve the dependencies of its artifact"
            + (backend.getClass().getModule().isNamed()
                ? "; or the engine does not run as a module: put the backend on the class path"
                : ""),
        missing);
  }

  private static WebSocketException failure(String message) {
    return new WebSocketException(WebSocketException.Kind.BACKEND, message);
  }
}
