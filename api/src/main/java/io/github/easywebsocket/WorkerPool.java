package io.github.easywebsocket;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Worker threads that become more when all of them block: a sweep that finds tasks waiting, and
 * none done since the one before, doubles their number. They become fewer again when they have
 * nothing to do. The queue has no bound of its own: a connection is in it at most once.
 */
final class WorkerPool extends ThreadPoolExecutor implements Connections.Waiting {

  private static final long IDLE_SECONDS = 10;

  private final int least;
  private final int most;
  private long done; // at the last sweep

  /**
   * Makes a pool, still without threads.
   *
   * @param least how many threads there may be at any time
   * @param most how many there may be when all are blocked
   */
  WorkerPool(int least, int most) {
    super(
        least,
        least,
        IDLE_SECONDS,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        Threads.daemons("easy-websocket-worker"));
    this.least = least;
    this.most = most;
    allowCoreThreadTimeOut(true);
  }

  @Override
  public void sweep(long now) {
    long before = done;
    done = getCompletedTaskCount();
    int threads = getCorePoolSize();
    if (!getQueue().isEmpty()) {
      if (done == before && threads < most) {
        int more = Math.min(most, 2 * threads);
        setMaximumPoolSize(more);
        setCorePoolSize(more);
      }
    } else if (threads > least && getActiveCount() < least) {
      setCorePoolSize(least);
      setMaximumPoolSize(least);
    }
  }
}
