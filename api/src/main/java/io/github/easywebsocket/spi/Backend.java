package io.github.easywebsocket.spi;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@link ServerBackend} and {@link ClientBackend} have in common: how one is named, and what
 * it can do.
 *
 * <p>Found by {@link java.util.ServiceLoader}; the class is public, has a public constructor
 * without parameters, and does nothing costly in it. Instances hold no state between servers.
 */
public interface Backend {

  /**
   * The version of this SPI. A backend returns this constant from {@link #spiVersion()}; being a
   * constant, the value it was compiled against is kept in its class file.
   */
  int SPI_VERSION = 1;

  /** The name by which users choose this backend: lower case, such as {@code "undertow"}. */
  String name();

  /** Returns {@link #SPI_VERSION}, as compiled into the backend. */
  int spiVersion();

  /** What the engine can do beyond the SPI's duties; what is absent here is refused at start. */
  Set<Capability> capabilities();

  /**
   * The options that only this backend has, as it publishes them. One that is not among them is
   * refused at start (EWS-110). Default: none.
   */
  default Set<BackendOption<?>> options() {
    return Set.of();
  }

  /**
   * What of that is left with these options. Default: all.
   *
   * @param options options of this backend, as its users set them
   */
  default Set<Capability> capabilities(Map<BackendOption<?>, Object> options) {
    return capabilities();
  }

  /**
   * Where this backend's behaviour differs from a rule of CONTRACT.md for a reason it cannot mend:
   * the rule's number, words of the names of the tests that show it, a colon, and the difference in
   * one sentence, such as {@code "2.16 chunked body is put together: the engine reads bodies with a
   * length only"}. Without words it is about all tests of the rule.
   *
   * <p>The conformance suite checks each both ways: every test that it names must fail.
   */
  default Set<String> variances() {
    return Set.of();
  }

  /**
   * Why this backend cannot work here, such as a class of the engine that is missing; null when it
   * can.
   */
  default @Nullable String unavailable() {
    return null;
  }
}
