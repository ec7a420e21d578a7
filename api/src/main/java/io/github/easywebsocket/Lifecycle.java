package io.github.easywebsocket;

import static io.github.easywebsocket.WebSocketException.Kind.TIMEOUT;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The states of one connection, and how it ends:
 *
 * <pre>{@code
 * OPEN ── close(), a handler threw ─▶ CLOSING ── peer's close frame ─▶ onClose(ours), disconnect
 * OPEN ── peer's close frame ───────▶ CLOSING ── our echo is sent ───▶ onClose(theirs), disconnect
 * OPEN ── protocol error, idle ─────▶ CLOSING ── our frame is sent ──▶ onClose(ours), disconnect
 * any  ── the transport is gone ────────────────────────────────────▶ onClose(1006)
 * CLOSING, close time-out ──────────▶ abort: the transport is gone
 * }</pre>
 *
 * <p>The first close wins: it alone decides what {@code onClose} tells. Safe from any thread. The
 * {@link Session} acts on what it is told here, and holds no lock then.
 */
final class Lifecycle {

  /** How the connection is going to end, once that is begun. */
  private enum End {
    NONE,
    /** We closed: data of the peer is dropped, its close frame is awaited. */
    BY_US,
    /** The peer closed: our echo is to be sent. */
    BY_PEER,
    /** We failed the connection (RFC 6455 §7.1.7): no close frame is awaited. */
    FAILED
  }

  private volatile ReadyState state = ReadyState.CONNECTING;

  // guarded by this
  private End end = End.NONE;
  private @Nullable CloseReason reason; // of the first close
  private @Nullable CloseReason peerClose;
  private boolean closeFrameLeft; // the peer may have it
  private boolean closeFrameSent;
  private boolean gone; // the transport is
  private boolean endedLate; // from this end, with the transport gone
  private boolean transportOver;
  private boolean onCloseOver;
  private @Nullable Throwable error; // for onError, before onClose
  private boolean endReported; // the last event is in the inbox
  private long closeDeadline;

  // ---- the beginning

  /**
   * The transport is there.
   *
   * @param first is run under the lock, before an end can be told
   * @return false, and nothing is run, if nobody waits for it or it is gone already
   */
  synchronized boolean open(Runnable first) {
    if (gone) {
      return false;
    }
    state = ReadyState.OPEN;
    first.run();
    return true;
  }

  /** Nobody waits for it to open any more. False if it has opened, or is gone already. */
  synchronized boolean forget() {
    boolean waiting = state == ReadyState.CONNECTING && !gone;
    gone |= waiting;
    return waiting;
  }

  // ---- the end begins; true for the first who begins it

  /** Closes from this end, unless an end has begun. */
  boolean close(CloseReason why, long deadline) {
    return begin(End.BY_US, why, deadline, null);
  }

  /** Fails the connection, unless an end has begun; {@code onError} is told the failure. */
  boolean fail(CloseReason why, long deadline, Throwable failure) {
    return begin(End.FAILED, why, deadline, failure);
  }

  private synchronized boolean begin(
      End how, CloseReason why, long deadline, @Nullable Throwable failure) {
    if (end != End.NONE || gone) {
      endedLate |= gone;
      return false;
    }
    if (failure != null) {
      error = failure;
    }
    begin(how, why, deadline);
    return true;
  }

  private void begin(End how, CloseReason why, long deadline) {
    end = how;
    reason = why;
    closeDeadline = deadline;
    leaveOpen();
  }

  private void leaveOpen() {
    if (state == ReadyState.OPEN) {
      state = ReadyState.CLOSING;
    }
  }

  /** The peer's close frame came; true if that ends what has begun, rather than begins the end. */
  synchronized boolean peerClosed(CloseReason theirs) {
    peerClose = theirs;
    return end != End.NONE;
  }

  /** The peer's close takes effect in its turn; null if ours came first after all. */
  synchronized @Nullable CloseReason takePeerClose(long deadline) {
    CloseReason theirs = peerClose;
    if (theirs == null || end != End.NONE || state == ReadyState.CLOSED) {
      return null;
    }
    begin(End.BY_PEER, theirs, deadline);
    return theirs;
  }

  /** What went wrong, for {@code onError}, unless an end has begun. */
  synchronized void wentWrong(Throwable failure) {
    if (error == null && end == End.NONE && !gone) {
      error = failure;
    }
  }

  // ---- the end goes on

  /** Our close frame is about to be written; the peer may end TCP before that call has returned. */
  synchronized void closeFrameLeaves() {
    closeFrameLeft = !gone;
  }

  /** Our close frame could not be written. */
  synchronized void closeFrameLost() {
    closeFrameLeft = false;
  }

  /** Our close frame has been written. */
  synchronized void closeFrameSent() {
    closeFrameSent = true;
  }

  /** Whether both close frames are through, or ours when the connection has failed. */
  synchronized boolean isDone() {
    return closeFrameSent && (end == End.FAILED || peerClose != null);
  }

  /** Whether the close handshake takes too long, of which {@code onError} is then told. */
  synchronized boolean isOverdue(long now, Duration limit) {
    if (gone || end == End.NONE || now - closeDeadline < 0) {
      return false;
    }
    if (error == null && !endReported) {
      error = timeout("the close handshake", limit);
    }
    return true;
  }

  static WebSocketException timeout(String what, Duration limit) {
    return new WebSocketException(
        TIMEOUT, what + " exceeds the time-out of " + limit.toMillis() + " ms");
  }

  /**
   * The transport is gone.
   *
   * @param failure for {@code onError}, if it was not in consequence of an end; null for none
   * @return false if that is known already
   */
  synchronized boolean gone(@Nullable WebSocketException failure) {
    if (gone) {
      return false;
    }
    if (failure != null && error == null && end == End.NONE && peerClose == null) {
      error = failure;
    }
    leaveOpen();
    gone = true;
    return true;
  }

  /** True for the first who is to have {@code onClose} called. */
  synchronized boolean reportEnd() {
    boolean first = !endReported;
    endReported = true;
    return first;
  }

  /** The last callback is about to be called. */
  void closed() {
    state = ReadyState.CLOSED;
  }

  /** All is done that the end of the transport asks for. True if the connection is over now. */
  synchronized boolean transportOver() {
    boolean over = !transportOver && onCloseOver;
    transportOver = true;
    return over;
  }

  /** The last callback has returned. True if the connection is over now. */
  synchronized boolean onCloseOver() {
    boolean over = transportOver && !onCloseOver;
    onCloseOver = true;
    return over;
  }

  synchronized boolean isOnCloseOver() {
    return onCloseOver;
  }

  // ---- what is known

  ReadyState state() {
    return state;
  }

  synchronized boolean isGone() {
    return gone;
  }

  /** Whether we failed the connection. */
  synchronized boolean hasFailed() {
    return end == End.FAILED;
  }

  private synchronized boolean hasBegunToEnd() {
    return end != End.NONE || endedLate;
  }

  /**
   * Whether what the peer sent is not delivered any more: we closed, or onClose has been called.
   * When the transport is gone without that, what came before is still delivered.
   */
  boolean dropsInput() {
    ReadyState now = state;
    return now != ReadyState.OPEN && (now == ReadyState.CLOSED || hasBegunToEnd());
  }

  /** What {@code onError} is to be told before {@code onClose}; null for nothing. */
  synchronized @Nullable Throwable error() {
    return error;
  }

  /** What {@code onClose} is to be told. */
  synchronized CloseReason reason() {
    boolean through = end == End.FAILED ? closeFrameLeft : peerClose != null;
    return through && reason != null ? reason : new CloseReason(CloseReason.ABNORMAL, "");
  }

  /** The first close, even if it did not come through; 1006 if there was none. */
  synchronized CloseReason firstClose() {
    return reason != null ? reason : new CloseReason(CloseReason.ABNORMAL, "");
  }
}
