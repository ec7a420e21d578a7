package io.github.easywebsocket;

/**
 * Wraps every callback of the handlers, whatever thread it runs on: for what the thread is to know
 * meanwhile, such as a logger's context, a span or a transaction.
 *
 * <pre>{@code
 * .around((connection, call) -> {
 *   MDC.put("connection", String.valueOf(connection.id()));
 *   try {
 *     call.run();
 *   } finally {
 *     MDC.remove("connection");
 *   }
 * })
 * }</pre>
 *
 * <p>It does not wrap the verifier, the HTTP handler and a factory of handlers, which run before
 * there is a connection, nor {@code onLost} and {@code onRetry} of a {@link ReconnectingClient},
 * which run when there is none any more. {@code onRestored} is a part of the {@code onOpen} that is
 * wrapped.
 */
@FunctionalInterface
public interface Around {

  /**
   * Runs the callback, exactly once, on this thread, and before this method returns. Not to do so
   * is the same as if the handler had thrown, and so is anything thrown here; what the callback
   * throws may be caught.
   */
  void call(WebSocketConnection connection, Call call) throws Exception;

  /** One call of a method of {@link WebSocketHandler}. */
  @FunctionalInterface
  interface Call {
    /**
     * Calls the handler.
     *
     * @throws Exception what the handler throws
     * @throws IllegalStateException if it has run already, or on another thread
     */
    void run() throws Exception;
  }
}
