package io.github.easywebsocket;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Who may call the transport of one connection, which takes one call at a time: the holder of this.
 *
 * <pre>{@code
 *        take                   block: transport.send returned false
 * IDLE  ─────────────────▶  BUSY  ──────────────────────────────────▶  BLOCKED
 *   ▲                        │ ▲                                          │
 *   └── letGo ───────────────┘ └── unblock: sent(), or the end ───────────┘
 *
 * BUSY ── sentEarly: sent() before send has returned ──▶ SENT ── block ──▶ BUSY
 * }</pre>
 *
 * <p>Nobody holds it while it is BLOCKED; who unblocks it does from then on. Safe from any thread.
 */
final class Token {

  static final int IDLE = 0;

  private static final int BUSY = 1;
  private static final int BLOCKED = 2;
  private static final int SENT = 3;

  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Token.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Written from outside, IDLE, by a holder that can call nothing since its stack is used up. */
  volatile int state = IDLE;

  /** True if it was nobody's, and is the caller's now. */
  boolean take() {
    return STATE.compareAndSet(this, IDLE, BUSY);
  }

  /** The holder is done. */
  void letGo() {
    state = IDLE;
  }

  /** The holder gives it up until sent() comes; false if that has come, and it is still his. */
  boolean block() {
    boolean blocked = STATE.compareAndSet(this, BUSY, BLOCKED);
    if (!blocked) {
      state = BUSY;
    }
    return blocked;
  }

  /** True if the transport was busy, and the caller is the holder now. */
  boolean unblock() {
    return STATE.compareAndSet(this, BLOCKED, BUSY);
  }

  /** True if sent() comes while the holder is calling send, who sees it then. */
  boolean sentEarly() {
    return STATE.compareAndSet(this, BUSY, SENT);
  }

  /** Whether a thread is calling the transport right now. */
  boolean isBusy() {
    return state == BUSY;
  }

  /** Whether the transport is busy with a message. */
  boolean isBlocked() {
    return state == BLOCKED;
  }
}
