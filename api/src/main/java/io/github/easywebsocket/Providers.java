package io.github.easywebsocket;

import io.github.easywebsocket.spi.Backend;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The backends that there are, as {@link ServiceLoader} finds them. A broken one is kept to be
 * shown, and does not hide the others.
 *
 * @param <B> the kind of backend
 */
final class Providers<B extends Backend> {

  /**
   * A provider that cannot be used.
   *
   * @param name the backend's; null if it did not come so far as to tell
   * @param provider the name of its class; empty if not even that is known
   * @param what what is wrong with it
   */
  record Broken(@Nullable String name, String provider, String what) {

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

  private final Class<B> type;
  private final String word;
  private final Map<String, B> found = new LinkedHashMap<>();
  private final Map<String, String> ambiguous = new LinkedHashMap<>();
  private final List<Broken> broken = new ArrayList<>();

  /**
   * None yet.
   *
   * @param word the kind, for messages
   */
  Providers(Class<B> type, String word) {
    this.type = type;
    this.word = word;
  }

  /** Those that can be used, by name. */
  Map<String, B> found() {
    return Collections.unmodifiableMap(found);
  }

  /** By name, why it does not tell which one is meant. */
  Map<String, String> ambiguous() {
    return Collections.unmodifiableMap(ambiguous);
  }

  /** Those that cannot be used. */
  List<Broken> broken() {
    return Collections.unmodifiableList(broken);
  }

  /** Adds what a class loader finds. */
  void load(ClassLoader loader) {
    Iterator<ServiceLoader.Provider<B>> providers =
        ServiceLoader.load(type, loader).stream().iterator();
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
    String reason = BackendChecks.unusable(backend);
    if (reason != null) {
      addBroken(backend, reason);
      return;
    }
    B before = found.putIfAbsent(backend.name(), backend);
    if (before != null && before.getClass() != backend.getClass()) {
      ambiguous.put(
          backend.name(),
          "EWS-107 two "
              + word
              + " backends are called \""
              + backend.name()
              + "\": "
              + where(before)
              + " and "
              + where(backend)
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
  static String where(Backend backend) {
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
}
