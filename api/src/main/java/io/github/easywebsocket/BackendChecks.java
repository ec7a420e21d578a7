package io.github.easywebsocket;

import io.github.easywebsocket.spi.Backend;
import io.github.easywebsocket.spi.BackendOption;
import io.github.easywebsocket.spi.Capability;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whether a backend can do what is asked of it, before it is started. What fails says what to do;
 * {@code docs/errors.md} explains each code.
 */
final class BackendChecks {

  private BackendChecks() {}

  /** Refuses an instance that the application made, if it is as unusable as one that is found. */
  static <B extends Backend> B usable(B instance) throws WebSocketException {
    String reason = unusable(instance);
    if (reason != null) {
      throw failure(reason);
    }
    return instance;
  }

  /** Why a backend cannot be used, though it could be made; null if it can. */
  static @Nullable String unusable(Backend backend) {
    if (backend.spiVersion() != Backend.SPI_VERSION) {
      return "EWS-105 "
          + Providers.where(backend)
          + " is made for version "
          + backend.spiVersion()
          + " of the SPI, and this is version "
          + Backend.SPI_VERSION
          + ": use the same version of all easy-websocket artifacts";
    }
    String reason;
    try {
      reason = backend.unavailable();
    } catch (LinkageError missing) {
      return cannotRun(backend, missing);
    }
    return reason == null
        ? null
        : "EWS-104 " + Providers.where(backend) + " cannot be used here: " + reason;
  }

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
    String nearest = Spelling.nearest(option.name(), names);
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
                .map(BackendChecks::typed)
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
        WebSocketException.Kind.BACKEND, cannotRun(backend, missing), missing);
  }

  private static String cannotRun(Backend backend, LinkageError missing) {
    return "EWS-104 "
        + Providers.where(backend)
        + " cannot run: "
        + missing
        + ". Its engine is not on the class path, or in another version: let the build tool"
        + " resolve the dependencies of its artifact"
        + (backend.getClass().getModule().isNamed()
            ? "; or the engine does not run as a module: put the backend on the class path"
            : "");
  }

  private static WebSocketException failure(String message) {
    return new WebSocketException(WebSocketException.Kind.BACKEND, message);
  }
}
