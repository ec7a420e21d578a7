package io.github.easywebsocket.spi;

import io.github.easywebsocket.Compression;
import io.github.easywebsocket.WebSocketException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What two ends have agreed on for permessage-deflate (RFC 7692), and nothing that cannot be kept
 * exactly. Immutable; may be shared between connections.
 *
 * <p>The JDK's deflater always uses a window of 2^15 bytes, so an offer that asks for a smaller one
 * is declined.
 */
public final class Deflate {

  private static final String NAME = "permessage-deflate";
  private static final String SERVER_NO_TAKEOVER = "server_no_context_takeover";
  private static final String CLIENT_NO_TAKEOVER = "client_no_context_takeover";
  private static final String SERVER_WINDOW = "server_max_window_bits";
  private static final String CLIENT_WINDOW = "client_max_window_bits";
  private static final int WINDOW_BITS = 15;

  private final Compression compression;
  private final boolean tellsWindow;

  private Deflate(Compression compression, boolean tellsWindow) {
    this.compression = compression;
    this.tellsWindow = tellsWindow;
  }

  /**
   * What a server agrees to: the first of the client's offers that can be kept exactly.
   *
   * @param offers what the request's {@code Sec-WebSocket-Extensions} headers hold, in order
   * @param wanted what the server wants
   * @return what to answer with {@link #answer()}; null to answer nothing and not compress
   */
  public static @Nullable Deflate accept(List<Extension> offers, Compression wanted) {
    for (Extension offer : offers) {
      Deflate accepted = offer.name().equals(NAME) ? accept(offer, wanted) : null;
      if (accepted != null) {
        return accepted;
      }
    }
    return null;
  }

  private static @Nullable Deflate accept(Extension offer, Compression wanted) {
    Parameters asked = Parameters.of(offer);
    if (asked == null || (asked.serverWindow != 0 && asked.serverWindow != WINDOW_BITS)) {
      return null;
    }
    return new Deflate(asked.reduce(wanted), asked.serverWindow != 0);
  }

  /** What both ends have agreed on; the level and the smallest size are this end's own. */
  public Compression compression() {
    return compression;
  }

  /** The value of the response's {@code Sec-WebSocket-Extensions} header. */
  public String answer() {
    return NAME
        + (compression.serverContextTakeover() ? "" : "; " + SERVER_NO_TAKEOVER)
        + (compression.clientContextTakeover() ? "" : "; " + CLIENT_NO_TAKEOVER)
        + (tellsWindow ? "; " + SERVER_WINDOW + "=" + WINDOW_BITS : "");
  }

  /**
   * What a client offers.
   *
   * @param wanted what the client wants
   * @return the value of the request's {@code Sec-WebSocket-Extensions} header
   */
  public static String offer(Compression wanted) {
    return new Deflate(wanted, false).answer();
  }

  /**
   * What came of a client's offer.
   *
   * @param answers the elements of the response's {@code Sec-WebSocket-Extensions} headers
   * @param wanted as given to {@link #offer}
   * @return null if the server does not want to compress
   * @throws WebSocketException of kind {@code HANDSHAKE} if the answer does not fit the offer
   */
  public static @Nullable Deflate confirm(List<Extension> answers, Compression wanted)
      throws WebSocketException {
    if (answers.isEmpty()) {
      return null;
    }
    Extension only = answers.size() == 1 ? answers.get(0) : null;
    Parameters agreed = only != null && only.name().equals(NAME) ? Parameters.of(only) : null;
    if (agreed == null
        || agreed.clientWindow != 0 // was not offered
        || !(agreed.serverNoTakeover || wanted.serverContextTakeover())) {
      throw new WebSocketException(
          WebSocketException.Kind.HANDSHAKE,
          "the server answered with extensions that were not offered, or not in this way");
    }
    return new Deflate(agreed.reduce(wanted), false);
  }

  @Override
  public String toString() {
    return answer();
  }

  /** The parameters of §7.1, each at most once, with the values that they may have. */
  private static final class Parameters {

    boolean serverNoTakeover;
    boolean clientNoTakeover;
    int serverWindow; // 0 when absent
    int clientWindow;

    /** Null if some parameter is unknown, has a bad value, or is there twice. */
    static @Nullable Parameters of(Extension extension) {
      Parameters parameters = new Parameters();
      for (Extension.Parameter parameter : extension.parameters()) {
        if (!parameters.take(parameter.name(), parameter.value())) {
          return null;
        }
      }
      return parameters;
    }

    /** What is left of the context takeover that this end wants. */
    Compression reduce(Compression wanted) {
      return wanted
          .withServerContextTakeover(wanted.serverContextTakeover() && !serverNoTakeover)
          .withClientContextTakeover(wanted.clientContextTakeover() && !clientNoTakeover);
    }

    private boolean take(String name, @Nullable String value) {
      boolean first;
      switch (name) {
        case SERVER_NO_TAKEOVER:
          first = !serverNoTakeover;
          serverNoTakeover = true;
          return first && value == null;
        case CLIENT_NO_TAKEOVER:
          first = !clientNoTakeover;
          clientNoTakeover = true;
          return first && value == null;
        case SERVER_WINDOW:
          first = serverWindow == 0;
          serverWindow = bits(value);
          return first && serverWindow > 0;
        case CLIENT_WINDOW:
          first = clientWindow == 0;
          clientWindow = value == null ? WINDOW_BITS : bits(value);
          return first && clientWindow > 0;
        default:
          return false;
      }
    }

    /** The number from 8 to 15 that a value is, without leading zeros; -1 if it is not. */
    private static int bits(@Nullable String value) {
      for (int bits = 8; bits <= WINDOW_BITS; bits++) {
        if (Integer.toString(bits).equals(value)) {
          return bits;
        }
      }
      return -1;
    }
  }
}
