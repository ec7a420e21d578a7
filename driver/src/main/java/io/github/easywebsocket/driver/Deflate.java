package io.github.easywebsocket.driver;

import io.github.easywebsocket.WebSocketException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What two ends have agreed on about permessage-deflate, RFC 7692: nothing that cannot be kept
 * exactly. Immutable; may be shared between connections.
 *
 * <p>The JDK's deflater always uses a window of 2^15 bytes, so an end that asks the other for a
 * smaller one is refused.
 */
public final class Deflate {

  private static final String NAME = "permessage-deflate";
  private static final String SERVER_NO_TAKEOVER = "server_no_context_takeover";
  private static final String CLIENT_NO_TAKEOVER = "client_no_context_takeover";
  private static final String SERVER_WINDOW = "server_max_window_bits";
  private static final String CLIENT_WINDOW = "client_max_window_bits";
  private static final int WINDOW_BITS = 15;

  private final DeflateOptions options;
  private final boolean serverTakesOver;
  private final boolean clientTakesOver;
  private final boolean tellsWindow;

  private Deflate(
      DeflateOptions options,
      boolean serverTakesOver,
      boolean clientTakesOver,
      boolean tellsWindow) {
    this.options = options;
    this.serverTakesOver = serverTakesOver;
    this.clientTakesOver = clientTakesOver;
    this.tellsWindow = tellsWindow;
  }

  /**
   * What a server agrees to: the first of the client's offers that can be kept exactly.
   *
   * @param offers the values of the request's {@code Sec-WebSocket-Extensions} headers, in order
   * @param options what the server wants
   * @return what to answer with {@link #answer()}; null to answer nothing and not compress
   */
  public static @Nullable Deflate accept(List<String> offers, DeflateOptions options) {
    for (Extension offer : Extension.parse(offers)) {
      Deflate accepted = offer.name().equals(NAME) ? accept(offer, options) : null;
      if (accepted != null) {
        return accepted;
      }
    }
    return null;
  }

  private static @Nullable Deflate accept(Extension offer, DeflateOptions options) {
    Parameters asked = Parameters.of(offer);
    if (asked == null || (asked.serverWindow != 0 && asked.serverWindow != WINDOW_BITS)) {
      return null;
    }
    return new Deflate(
        options,
        options.serverTakesOver() && !asked.serverNoTakeover,
        options.clientTakesOver() && !asked.clientNoTakeover,
        asked.serverWindow != 0);
  }

  /** The value of the response's {@code Sec-WebSocket-Extensions} header. */
  public String answer() {
    return NAME
        + (serverTakesOver ? "" : "; " + SERVER_NO_TAKEOVER)
        + (clientTakesOver ? "" : "; " + CLIENT_NO_TAKEOVER)
        + (tellsWindow ? "; " + SERVER_WINDOW + "=" + WINDOW_BITS : "");
  }

  /**
   * What a client offers.
   *
   * @param options what the client wants
   * @return the value of the request's {@code Sec-WebSocket-Extensions} header
   */
  public static String offer(DeflateOptions options) {
    return new Deflate(options, options.serverTakesOver(), options.clientTakesOver(), false)
        .answer();
  }

  /**
   * What a client's offer has led to.
   *
   * @param answers the values of the response's {@code Sec-WebSocket-Extensions} headers
   * @param options as given to {@link #offer}
   * @return null if the server does not want to compress
   * @throws WebSocketException of kind {@code HANDSHAKE} if the answer is not one to this offer
   */
  public static @Nullable Deflate confirm(List<String> answers, DeflateOptions options)
      throws WebSocketException {
    if (answers.isEmpty()) {
      return null;
    }
    List<Extension> extensions = Extension.parse(answers);
    Extension only = extensions.size() == 1 ? extensions.get(0) : null;
    Parameters agreed = only != null && only.name().equals(NAME) ? Parameters.of(only) : null;
    if (agreed == null
        || agreed.clientWindow != 0 // was not offered
        || !(agreed.serverNoTakeover || options.serverTakesOver())) {
      throw new WebSocketException(
          WebSocketException.Kind.HANDSHAKE,
          "the server answered with extensions that were not offered, or not in this way");
    }
    return new Deflate(
        options,
        !agreed.serverNoTakeover,
        options.clientTakesOver() && !agreed.clientNoTakeover,
        false);
  }

  /** Inflates what the other end of a connection sends. */
  MessageInflater inflater(boolean server, int limit) {
    return new MessageInflater(server ? clientTakesOver : serverTakesOver, limit);
  }

  /** Compresses what this end of a connection sends. */
  MessageDeflater deflater(boolean server) {
    return new MessageDeflater(
        server ? serverTakesOver : clientTakesOver, options.level(), options.minSize());
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
