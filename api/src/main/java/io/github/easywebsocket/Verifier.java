package io.github.easywebsocket;

/** Decides which handshakes may become connections. */
@FunctionalInterface
public interface Verifier {

  /**
   * Examines a handshake that is otherwise in order, before it is answered.
   *
   * <p>Runs on the same kind of thread as the handlers, so by default it may block. If it takes
   * longer than the handshake time-out, the client gets 503 and the verdict is dropped: nothing
   * opens. If it throws, the client gets 500 and learns nothing of the exception.
   */
  Verdict verify(Handshake handshake) throws Exception;
}
