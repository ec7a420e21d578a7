package io.github.easywebsocket;

import org.jspecify.annotations.Nullable;

/**
 * What the application has put beside its handlers.
 *
 * @param observer never throws; null for none
 * @param around null for none
 */
record Hooks(@Nullable Observer observer, @Nullable Around around) {

  static final Hooks NONE = new Hooks(null, null);

  /** The handler of one connection, with what is around its calls. */
  WebSocketHandler wrap(WebSocketHandler handler) {
    return observer == null && around == null
        ? handler
        : new HookedHandler(handler, observer, around);
  }
}
