package io.github.easywebsocket.spi;

import java.util.concurrent.CompletionStage;

/** A client engine: connects, shakes hands, and speaks to the core through a {@link Receiver}. */
public interface ClientBackend extends Backend {

  /**
   * Connects. On success the backend calls {@link Receiver#open} and then completes the stage; on
   * failure it completes the stage exceptionally and never calls the receiver.
   *
   * @param settings where to connect, with what, and within what time
   * @param receiver told of all that happens on the connection
   * @return completes once {@code receiver.open} has returned. Fails with {@link
   *     io.github.easywebsocket.WebSocketException#refused} when the server refuses, with kind
   *     {@code HANDSHAKE} when what it answers is not HTTP, {@code TIMEOUT} when it does not answer
   *     in time, or else with an {@link java.io.IOException}. The core cancels it when nobody waits
   *     any more; then the backend ends the attempt, if it can
   */
  CompletionStage<Void> connect(ClientSettings settings, Receiver receiver);
}
