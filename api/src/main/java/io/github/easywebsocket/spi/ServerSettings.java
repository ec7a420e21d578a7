package io.github.easywebsocket.spi;

import io.github.easywebsocket.Limits;
import io.github.easywebsocket.Timeouts;
import java.net.InetSocketAddress;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * What a server backend is started with.
 *
 * @param address where to bind; port 0 asks for any free port
 * @param tls the context for TLS, or null for plain TCP; only given to a backend that declares
 *     {@link Capability#TLS}. The engines that it creates are ready for a server: the backend
 *     creates one for each connection, and does not change the protocols and what it asks of
 *     clients. For blocking sockets, {@code getSocketFactory().createSocket(socket, null, true)}
 *     does the same
 * @param http2 whether to speak HTTP/2 as well: with TLS if ALPN agrees on it, on plain TCP with
 *     clients that begin with it; only true for a backend that declares {@link Capability#HTTP2}
 * @param limits the bounds of each connection; the engine's own bounds must not be lower
 * @param timeouts the engine enforces two of them: {@code handshake}, from the accepted TCP
 *     connection or the previous answer to the end of the request's head, and {@code write} while a
 *     response makes no progress. The core enforces all others
 * @param maxHeaderBytes the longest request head in bytes, request line included; beyond it the
 *     engine answers 431, 414 or 400
 * @param maxTcpConnections the most TCP connections that the engine may have open, whatever they
 *     are used for; then it accepts no more until one ends
 * @param options options of this backend, already checked to be its own
 */
public record ServerSettings(
    InetSocketAddress address,
    @Nullable SSLContext tls,
    boolean http2,
    Limits limits,
    Timeouts timeouts,
    int maxHeaderBytes,
    int maxTcpConnections,
    Map<BackendOption<?>, Object> options) {

  /** How many headers a request may have; the core answers 431 if there are more. */
  public static final int MAX_HEADER_LINES = 200;

  /** Makes the options unmodifiable. */
  public ServerSettings {
    options = Map.copyOf(options);
  }

  /** The value of an option of this backend, or the given default if it is not set. */
  public <T> T option(BackendOption<T> option, T ifAbsent) {
    Object value = options.get(option);
    return value == null ? ifAbsent : option.type().cast(value);
  }
}
