package io.github.easywebsocket;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Verifier} decides about a handshake: {@link #accept()} or {@link #reject(int)}, and
 * what goes with the response. Immutable; each method returns a new one.
 */
public final class Verdict {

  private static final Verdict ACCEPT = new Verdict(101, null, Headers.EMPTY, "", null);

  private final int status;
  private final @Nullable String subprotocol;
  private final Headers headers;
  private final String body;
  private final @Nullable Object attachment;

  private Verdict(
      int status,
      @Nullable String subprotocol,
      Headers headers,
      String body,
      @Nullable Object attachment) {
    this.status = status;
    this.subprotocol = subprotocol;
    this.headers = headers;
    this.body = body;
    this.attachment = attachment;
  }

  /** Lets the connection open. */
  public static Verdict accept() {
    return ACCEPT;
  }

  /**
   * Refuses the connection.
   *
   * @param status the HTTP status of the response, from 300 to 599
   * @throws IllegalArgumentException if it is another one
   */
  public static Verdict reject(int status) {
    if (status < 300 || status > 599) {
      throw new IllegalArgumentException("a rejection's status is 300 to 599, not " + status);
    }
    return new Verdict(status, null, Headers.EMPTY, "", null);
  }

  /**
   * Chooses the subprotocol, in place of the server's own preference.
   *
   * @param name one of those that the client offers; if it is not, the client gets 500
   * @throws IllegalStateException if the connection is refused
   */
  public Verdict withSubprotocol(String name) {
    if (!accepted()) {
      throw new IllegalStateException("a rejection has no subprotocol");
    }
    return new Verdict(status, Objects.requireNonNull(name, "name"), headers, body, attachment);
  }

  /**
   * Attaches what was learnt about the client, such as its user, to the connection: {@link
   * WebSocketConnection#attachment()} returns it from the start, also in {@code onOpen}.
   *
   * @param object not copied; null for none
   * @throws IllegalStateException if the connection is refused
   */
  public Verdict withAttachment(@Nullable Object object) {
    if (!accepted()) {
      throw new IllegalStateException("a rejection has no connection to attach something to");
    }
    return new Verdict(status, subprotocol, headers, body, object);
  }

  /**
   * Adds a header to the response.
   *
   * @throws IllegalArgumentException if HTTP does not allow it, if it states the length of the
   *     body, or if the connection is accepted and it belongs to the handshake
   */
  public Verdict withHeader(String name, String value) {
    if (accepted()) {
      OpeningHandshake.requireNotReserved(name);
    }
    return new Verdict(
        status, subprotocol, headers.with(name, value).requireNoFraming(), body, attachment);
  }

  /**
   * Gives a rejection a body, as UTF-8. Its {@code Content-Type} is plain text unless a header says
   * otherwise.
   *
   * @throws IllegalStateException if the connection is accepted, or the status is 304
   */
  public Verdict withBody(String text) {
    if (accepted() || status == 304) {
      throw new IllegalStateException("a " + status + " response has no body");
    }
    return new Verdict(status, subprotocol, headers, Objects.requireNonNull(text, "text"), null);
  }

  /** Whether the connection may open: for a verifier around another one, which counts or logs. */
  public boolean accepted() {
    return status == 101;
  }

  /** The HTTP status of the response; 101 if the connection may open. */
  public int status() {
    return status;
  }

  @Nullable String subprotocol() {
    return subprotocol;
  }

  @Nullable Object attachment() {
    return attachment;
  }

  Headers headers() {
    return body.isEmpty() || headers.contains("Content-Type")
        ? headers
        : headers.with("Content-Type", "text/plain; charset=utf-8");
  }

  byte[] body() {
    return body.getBytes(StandardCharsets.UTF_8);
  }

  /** Whether it accepts, or with which status it rejects; what else there is may be a secret. */
  @Override
  public String toString() {
    return "Verdict[" + (accepted() ? "accept" : "reject " + status) + "]";
  }
}
