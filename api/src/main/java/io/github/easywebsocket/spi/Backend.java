package io.github.easywebsocket.spi;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@link ServerBackend} and {@link ClientBackend} have in common: a name, and what the engine
 * can do.
 *
 * <p>Backends are found by {@link java.util.ServiceLoader}. The class is public and has a public
 * constructor without parameters, which does nothing costly. An instance keeps no state from one
 * server to the next.
 */
public interface Backend {

  /**
   * The version of this SPI. A backend returns this constant from {@link #spiVersion()}; since it
   * is a constant, the value that the backend was compiled against is in its class file.
   */
  int SPI_VERSION = 1;

  /** The name by which users choose this backend, in lower case, such as {@code "undertow"}. */
  String name();

  /** Returns {@link #SPI_VERSION}, as compiled into the backend. */
  int spiVersion();

  /**
   * What the engine can do beyond what the SPI demands. An option that needs anything else is
   * refused at start.
   */
  Set<Capability> capabilities();

  /**
   * The options that only this backend has, which it publishes as constants. Any other is refused
   * at start (EWS-110). Default: none.
   */
  default Set<BackendOption<?>> options() {
    return Set.of();
  }

  /**
   * What remains of {@link #capabilities()} under these options. Default: all of it.
   *
   * @param options options of this backend, as the user has set them
   */
  default Set<Capability> capabilities(Map<BackendOption<?>, Object> options) {
    return capabilities();
  }

  /**
   * Where this backend departs from a rule of CONTRACT.md for a reason that it cannot mend. Each
   * entry has the rule's number, words from the names of the tests that show it, a colon, and the
   * departure in one sentence, such as {@code "2.16 chunked body is put together: the engine reads
   * bodies with a length only"}. Without words it stands for all tests of the rule. Default: none.
   *
   * <p>The conformance suite checks each entry both ways: every test that it names must fail.
   */
  default Set<String> variances() {
    return Set.of();
  }

  /**
   * Why this backend cannot work here, such as a missing class of its engine; null if it can, which
   * is the default.
   */
  default @Nullable String unavailable() {
    return null;
  }
}
