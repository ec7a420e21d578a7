package io.github.easywebsocket.spi;

import java.util.concurrent.CompletionStage;

/**
 * A client engine: connects, performs the handshake, and talks to the core through a {@link
 * Receiver}.
 */
public interface ClientBackend extends Backend {

  /**
   * Connects. On success, the backend calls {@link Receiver#open} and then completes the stage; on
   * failure, it fails the stage and never calls the receiver.
   *
   * @param settings where to connect, with what, and within what time
   * @param receiver is told everything that happens on the connection
   * @return completes once {@code receiver.open} has returned. Fails with {@link
   *     io.github.easywebsocket.WebSocketException#refused} if the server refuses, with kind {@code
   *     HANDSHAKE} if its answer is not HTTP, with kind {@code TIMEOUT} if it does not answer in
   *     time, and otherwise with an {@link java.io.IOException}. The core cancels the stage when
   *     nobody waits for it any more; the backend then ends the attempt if it can
   */
  CompletionStage<Void> connect(ClientSettings settings, Receiver receiver);
}
