package io.github.easywebsocket;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Why a connection ended: the close code and reason (RFC 6455 §7.4) that came first, from either
 * end.
 *
 * @param code the close code: 1005 if the close frame had none, 1006 if the connection ended
 *     without a close handshake
 * @param reason the reason, empty if there was none; a peer's may hold anything, control characters
 *     included
 */
public record CloseReason(int code, String reason) {

  /** The purpose of the connection is fulfilled. */
  public static final int NORMAL = 1000;

  /** The server stops, the user leaves the page, or the connection was idle for too long. */
  public static final int GOING_AWAY = 1001;

  /** The peer broke the protocol. */
  public static final int PROTOCOL_ERROR = 1002;

  /** A kind of message that this end does not accept. */
  public static final int UNSUPPORTED_DATA = 1003;

  /** The close frame had no code. Never on the wire. */
  public static final int NO_STATUS = 1005;

  /** The connection ended without a close handshake. Never on the wire. */
  public static final int ABNORMAL = 1006;

  /** A text message that is not UTF-8. */
  public static final int INVALID_PAYLOAD = 1007;

  /** A message breaks this end's policy; also used when no other code fits. */
  public static final int POLICY_VIOLATION = 1008;

  /** A message over the limit. */
  public static final int MESSAGE_TOO_BIG = 1009;

  /** The server has not agreed to an extension that the client insists on. */
  public static final int MANDATORY_EXTENSION = 1010;

  /** A failure inside this end, such as a handler that threw. */
  public static final int INTERNAL_ERROR = 1011;

  /** The server restarts: reconnect after a random delay. */
  public static final int SERVICE_RESTART = 1012;

  /** The server is overloaded: reconnect later. */
  public static final int TRY_AGAIN_LATER = 1013;

  /** A gateway got an invalid answer from the server behind it; as HTTP's 502. */
  public static final int BAD_GATEWAY = 1014;

  /** The client is not authenticated, or no longer; as HTTP's 401. */
  public static final int UNAUTHORIZED = 3000;

  /** The client is authenticated but not allowed; as HTTP's 403. */
  public static final int FORBIDDEN = 3003;

  /** The most bytes of UTF-8 a reason may have, RFC 6455 §5.5. */
  static final int MAX_REASON_BYTES = 123;

  /** Checks that the reason is not null. */
  public CloseReason {
    Objects.requireNonNull(reason, "reason");
  }

  /** Whether a close handshake took place: the code is not 1006. */
  public boolean clean() {
    return code != ABNORMAL;
  }

  /** Whether RFC 6455 §7.4 and its registry allow the code in a close frame. */
  static boolean mayBeSent(int code) {
    return (code >= 1000 && code <= 1003)
        || (code >= 1007 && code <= 1014)
        || (code >= 3000 && code <= 4999);
  }

  /** What the application asks to send: a code that may be sent, the reason cut to what fits. */
  static CloseReason toSend(int code, String reason) {
    if (!mayBeSent(code)) {
      throw new IllegalArgumentException(
          "close code " + code + " may not be sent; use 1000-1003, 1007-1014 or 3000-4999");
    }
    return new CloseReason(code, cut(reason));
  }

  /** The longest beginning of the reason that has at most 123 bytes and splits no character. */
  private static String cut(String reason) {
    if (reason.length() <= MAX_REASON_BYTES / 3
        || reason.getBytes(StandardCharsets.UTF_8).length <= MAX_REASON_BYTES) {
      return reason;
    }
    int bytes = 0;
    int end = 0;
    while (true) {
      int character = reason.codePointAt(end);
      bytes += character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
      if (bytes > MAX_REASON_BYTES) {
        return reason.substring(0, end);
      }
      end += Character.charCount(character);
    }
  }

  @Override
  public String toString() {
    return reason.isEmpty() ? Integer.toString(code) : code + " " + Log.printable(reason);
  }
}
