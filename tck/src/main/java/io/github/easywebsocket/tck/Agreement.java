package io.github.easywebsocket.tck;

import io.github.easywebsocket.Compression;

/**
 * Parameters of both ends of a connection that compresses, and how the peer cuts its messages.
 *
 * @param offer the peer's
 * @param fragment the most bytes of a fragment
 */
record Agreement(Compression compression, String offer, int fragment) {

  /** Of messages that are not cut. */
  Agreement(Compression compression, String offer) {
    this(compression, offer, Integer.MAX_VALUE);
  }

  @Override
  public String toString() {
    return offer
        + (compression.serverContextTakeover() ? "" : ", the server without takeover")
        + (compression.clientContextTakeover() ? "" : ", the client without takeover")
        + (fragment == Integer.MAX_VALUE ? "" : ", fragments of " + fragment);
  }
}
