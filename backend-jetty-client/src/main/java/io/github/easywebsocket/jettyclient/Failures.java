package io.github.easywebsocket.jettyclient;

import static io.github.easywebsocket.WebSocketException.Kind.HANDSHAKE;
import static io.github.easywebsocket.WebSocketException.Kind.IO;
import static io.github.easywebsocket.WebSocketException.Kind.TIMEOUT;

import io.github.easywebsocket.WebSocketException;
import java.io.EOFException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What a user is told of an attempt that has failed: what happened, and what to do. */
final class Failures {

  private Failures() {}

  static WebSocketException refused(Target target, Answer answer) {
    int status = answer.status();
    String advice =
        switch (status) {
          case 301, 302, 303, 307, 308 ->
              "; redirects are not followed: connect to the address it gives, if you trust it";
          case 401, 403 -> "; it may want other headers, such as Authorization or Origin";
          case 404 -> "; there is nothing for WebSockets at this path";
          default -> " in place of 101 Switching Protocols";
        };
    return WebSocketException.refused(
        status, answer.headers(), target + " answered " + status + advice, null);
  }

  static WebSocketException refusedByProxy(Target target, Answer answer) {
    int status = answer.status();
    return WebSocketException.refused(
        status,
        answer.headers(),
        "the proxy refuses a connection to "
            + target
            + ": it answered "
            + status
            + (status == 407 ? "; it wants credentials, in the header Proxy-Authorization" : ""),
        null);
  }

  static WebSocketException notAHandshake(
      Target target, Answer answer, String wrong, @Nullable Throwable cause) {
    return WebSocketException.refused(
        answer.status(),
        answer.headers(),
        target + " accepted, but not as RFC 6455 requires: " + wrong,
        cause);
  }

  static WebSocketException timedOut(Target target, Duration time, @Nullable Throwable cause) {
    return new WebSocketException(
        TIMEOUT,
        target + " did not complete the handshake within " + time.toMillis() + " ms",
        cause);
  }

  /**
   * What has failed, as it is or in a {@link WebSocketException}.
   *
   * @param way the target, and the proxy on the way to it
   */
  static Throwable explain(String way, Throwable failure) {
    if (failure instanceof WebSocketException || failure instanceof Error) {
      return failure;
    }
    if (failure instanceof ProtocolException) { // what came is not shown: it may be anything
      return new WebSocketException(
          HANDSHAKE,
          way + " gave no answer of HTTP/1.1 with a head of at most 16 KiB" + tryTls(way),
          failure);
    }
    return new WebSocketException(
        IO, "cannot connect to " + way + ": " + reason(way, failure), failure);
  }

  private static String reason(String way, Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnknownHostException) {
        return "the name of the host is unknown";
      }
      if (cause instanceof ConnectException) {
        return "nothing accepts TCP connections there, or a firewall refuses them";
      }
      if (cause instanceof SSLException) {
        return "TLS failed: " + cause.getMessage();
      }
    }
    if (failure instanceof EOFException || failure instanceof ClosedChannelException) {
      return "it ended the connection without an answer" + tryTls(way);
    }
    return failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }

  private static String tryTls(String way) {
    return way.startsWith("wss:") ? "" : "; if it speaks TLS, use wss://";
  }
}
