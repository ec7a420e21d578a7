package io.github.easywebsocket;

/**
 * The one place around every callback of the handlers, whatever thread runs it: for what a thread
 * is to know meanwhile, such as a logger's context, a span or a transaction.
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
 * <p>The verifier, the HTTP handler and a factory of handlers run without it: there is no
 * connection yet. So do {@code onLost} and {@code onRetry} of a {@link ReconnectingClient}: there
 * is none any more; {@code onRestored} is a part of the {@code onOpen} that it runs around.
 */
@FunctionalInterface
public interface Around {

  /**
   * Runs a callback, exactly once, on this thread and before it returns. If it does not, or throws,
   * that is as if the handler had thrown; what the callback throws, it may catch.
   */
  void call(WebSocketConnection connection, Call call) throws Exception;

  /** One call of a method of a {@link WebSocketHandler}. */
  @FunctionalInterface
  interface Call {
    /**
     * Calls the handler.
     *
     * @throws Exception what the handler throws
     * @throws IllegalStateException if it has run, or on another thread
     */
    void run() throws Exception;
  }
}
