package io.github.easywebsocket.spi;

import io.github.easywebsocket.Compression;
import io.github.easywebsocket.Headers;
import io.github.easywebsocket.Limits;
import io.github.easywebsocket.Timeouts;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * What a client backend connects with.
 *
 * @param uri {@code ws} or {@code wss}, with a host and without a fragment
 * @param headers additional headers of the opening handshake
 * @param subprotocols the subprotocols to offer, in order of preference
 * @param tls the context for {@code wss}, or null for the JVM's default; host names are checked
 *     either way
 * @param limits the bounds of the connection
 * @param compression what to offer, see {@link Deflate#offer}, or null to offer nothing; only given
 *     to a backend that declares {@link Capability#COMPRESSION}
 * @param timeouts the backend enforces {@code handshake}, which bounds all of connecting; the core
 *     enforces the others
 * @param executor where the engine may run tasks of its own
 * @param options options of this backend, already checked to be its own
 */
public record ClientSettings(
    URI uri,
    Headers headers,
    List<String> subprotocols,
    @Nullable SSLContext tls,
    Limits limits,
    @Nullable Compression compression,
    Timeouts timeouts,
    Executor executor,
    Map<BackendOption<?>, Object> options) {

  /** Makes the lists unmodifiable. */
  public ClientSettings {
    subprotocols = List.copyOf(subprotocols);
    options = Map.copyOf(options);
  }

  /** These settings with another request. */
  public ClientSettings withRequest(URI to, Headers with) {
    return new ClientSettings(
        to, with, subprotocols, tls, limits, compression, timeouts, executor, options);
  }

  /** The value of an option of this backend, or the given default if it is not set. */
  public <T> T option(BackendOption<T> option, T ifAbsent) {
    Object value = options.get(option);
    return value == null ? ifAbsent : option.type().cast(value);
  }
}
