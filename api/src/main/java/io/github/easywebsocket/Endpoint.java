package io.github.easywebsocket;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Describes what a server does at one of its paths, for {@link WebSocketServer.Builder#endpoint}.
 *
 * <pre>{@code
 * WebSocketServer.builder()
 *     .endpoint(Endpoint.at("/echo").onMessage((connection, message) -> connection.send(message)))
 *     .endpoint(Endpoint.at("/rooms/{room}").handlers(handshake -> new Room(handshake.variable("room"))))
 *     .start();
 * }</pre>
 *
 * <p>What is not set here is as on the server: the verifier, origins, subprotocols, limits and
 * compression. Headers are added to the server's. Handlers are never the server's.
 *
 * <p>Not safe from several threads. A server that has been started does not change any more.
 */
public final class Endpoint extends EndpointOptions<Endpoint> {

  private final PathPattern path;
  @Nullable Function<Handshake, ? extends WebSocketHandler> handlers;
  @Nullable Verifier verifier;
  @Nullable Origins origins;
  private boolean withoutCompression;

  private Endpoint(PathPattern path) {
    this.path = path;
  }

  /**
   * Begins to describe an endpoint.
   *
   * <p>Paths are compared percent-decoded and without regard to case. A segment in braces is a
   * variable: it matches any one segment that is not empty, and {@link Handshake#variable} returns
   * that. Where several endpoints match, the first segment in which they differ decides: one that
   * is spelled out wins over a variable.
   *
   * @param path such as {@code "/ws"} or {@code "/rooms/{room}"}; decoded, so {@code "/a b"} rather
   *     than {@code "/a%20b"}
   * @throws IllegalArgumentException if no request can have such a path
   */
  public static Endpoint at(String path) {
    return new Endpoint(PathPattern.of(path));
  }

  @Override
  Endpoint self() {
    return this;
  }

  PathPattern path() {
    return path;
  }

  /**
   * Makes a handler for each connection, as {@link WebSocketServer.Builder#handlers} does.
   *
   * @param factory called for each handshake that is accepted
   */
  public Endpoint handlers(Function<Handshake, ? extends WebSocketHandler> factory) {
    handlers = Objects.requireNonNull(factory, "factory");
    return this;
  }

  /** Sets what decides which handshakes become connections. Default: the server's verifier. */
  public Endpoint verifier(Verifier verifier) {
    this.verifier = Objects.requireNonNull(verifier, "verifier");
    return this;
  }

  /**
   * Lets web pages of these other origins connect, as {@link
   * WebSocketServer.Builder#allowedOrigins} does. Default: those of the server.
   */
  public Endpoint allowedOrigins(String... origins) {
    this.origins = Origins.allowing(List.of(origins));
    return this;
  }

  @Override
  public Endpoint compression(Compression compression) {
    withoutCompression = false;
    return super.compression(compression);
  }

  /**
   * Turns compression off here, whatever the server does: for messages that hold a secret beside
   * text of an attacker, or that are compressed already.
   */
  public Endpoint withoutCompression() {
    withoutCompression = true;
    return this;
  }

  /** How it compresses; null for not at all. */
  @Nullable Compression compressionOr(@Nullable Compression servers) {
    if (withoutCompression) {
      return null;
    }
    return compression != null ? compression : servers;
  }
}
