package io.github.easywebsocket;

import io.github.easywebsocket.spi.Transport;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;

/**
 * Whether the peer of an open connection lives: it says something now and then, and takes what is
 * sent. The sweep asks; nothing is set or measured for a message but when it came.
 */
final class Liveness {

  /** How often it is tried to write on within the write time-out. */
  private static final int TRIES = 10;

  private static final VarHandle LAST_HEARD;

  static {
    try {
      LAST_HEARD = MethodHandles.lookup().findVarHandle(Liveness.class, "lastHeard", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private volatile boolean over; // the peer has nothing more to say
  private volatile long lastHeard; // written by heard() without the cost of a volatile write

  // the sweep only
  private long lastPinged;
  private long lastProgress;
  private long lastTried; // or progress, if that was later
  private int lastSend;
  private long lastPending;

  /** The connection opens. */
  void begin(long now) {
    lastHeard = now;
    lastPinged = now;
  }

  /** Bytes came, or none are asked for. */
  void heard(long now) {
    LAST_HEARD.setOpaque(this, now);
  }

  /** The last of the input has come: from now on the peer may be silent. */
  void heardAll() {
    over = true;
  }

  /** Whether the peer has been silent for too long. */
  boolean isSilent(long now, Duration limit) {
    return !over && isOver(now - lastHeard, limit);
  }

  /** Whether it is time to send a ping, which the caller then does. */
  boolean wantsPing(long now, Duration limit) {
    boolean wants = !over && isOver(Math.min(now - lastHeard, now - lastPinged), limit);
    if (wants) {
      lastPinged = now;
    }
    return wants;
  }

  /** Whether something is to be sent and nothing has been taken for too long. */
  boolean isStuck(long now, Duration limit, Outbox outbox, Transport transport) {
    int send = outbox.blockedSend();
    long pending = transport.pendingBytes();
    boolean nothingToSend = send == 0 && pending == 0;
    if (nothingToSend || outbox.isSending() || send != lastSend || pending != lastPending) {
      lastSend = send;
      lastPending = pending;
      lastProgress = now;
      lastTried = now;
      return false;
    }
    return isOver(now - lastProgress, limit);
  }

  /** Whether it is time to try to write on what does not leave, which the caller then does. */
  boolean wantsTry(long now, Duration limit) {
    boolean wants = isOver(now - lastTried, limit.dividedBy(TRIES));
    if (wants) {
      lastTried = now;
    }
    return wants;
  }

  private static boolean isOver(long nanos, Duration limit) {
    return !limit.isZero() && nanos >= limit.toNanos();
  }
}
