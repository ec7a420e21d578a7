package io.github.easywebsocket;

import io.github.easywebsocket.spi.TimeSource;
import java.lang.System.Logger.Level;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one server or client, and what they share: time-outs, the executor, the clock.
 *
 * <p>Time-outs are kept by a sweep over all connections, some ten times within the shortest of
 * them. So none of them costs anything for a message or a connection, and no timer is ever set.
 */
final class Connections implements AutoCloseable {

  private static final long LONGEST_PERIOD = Duration.ofSeconds(1).toNanos();
  private static final long SHORTEST_PERIOD = Duration.ofMillis(5).toNanos();

  /** What the addresses begin with that stand for those of IPv4: mapped, and 64:ff9b::/96. */
  private static final Set<Long> OF_IPV4 = Set.of(0L, 0x0064_ff9b_0000_0000L);

  private final Timeouts timeouts;
  private final @Nullable Executor executor;
  private final TimeSource time;
  private final @Nullable Topics topics;
  private final Hooks hooks;
  private final TimeSource.Ticking sweeps;
  private final Set<Waiting> waiting = ConcurrentHashMap.newKeySet();
  private final Set<Session> sessions = ConcurrentHashMap.newKeySet();
  private final AtomicLong lastId = new AtomicLong();
  private final AtomicInteger count = new AtomicInteger();
  private final Map<Object, Integer> byHost = new ConcurrentHashMap<>();
  private volatile long now;
  private volatile @Nullable Thread sweeper; // while it sweeps
  private volatile boolean stopping;
  private volatile boolean closesWhenNone;

  /**
   * Begins to keep the time-outs.
   *
   * @param executor runs the handlers; null for inline
   * @param topics null for a client
   */
  Connections(
      Timeouts timeouts,
      @Nullable Executor executor,
      TimeSource time,
      @Nullable Topics topics,
      Hooks hooks) {
    this.timeouts = timeouts;
    this.executor = executor;
    this.time = time;
    this.topics = topics;
    this.hooks = hooks;
    this.now = time.nanoTime();
    this.sweeps = time.every(period(timeouts), this::sweep);
  }

  /** Something else that must not take for ever. */
  interface Waiting {
    /** Looks at the time. */
    void sweep(long now);
  }

  private static Duration period(Timeouts timeouts) {
    long shortest = Long.MAX_VALUE;
    for (Duration timeout :
        new Duration[] {
          timeouts.handshake(), timeouts.close(), timeouts.write(), timeouts.idle(), timeouts.ping()
        }) {
      if (!timeout.isZero()) {
        shortest = Math.min(shortest, timeout.toNanos());
      }
    }
    return Duration.ofNanos(Math.max(SHORTEST_PERIOD, Math.min(LONGEST_PERIOD, shortest / 10)));
  }

  private void sweep() {
    long time = this.time.nanoTime();
    now = time;
    sweeper = Thread.currentThread();
    try {
      sessions.forEach(session -> sweep(session, time));
      waiting.forEach(other -> sweep(other, time));
    } finally {
      sweeper = null;
    }
  }

  /** Whether the calling thread is in a sweep, on which all time-outs wait. */
  boolean inSweep() {
    return sweeper == Thread.currentThread();
  }

  private static void sweep(Waiting one, long time) {
    try {
      one.sweep(time);
    } catch (Throwable e) {
      Log.log(Level.ERROR, () -> one + ": looking at its time-outs failed", e);
    }
  }

  /** Has the sweep look at something until {@link #unwatch}. */
  void watch(Waiting one) {
    waiting.add(one);
  }

  void unwatch(Waiting one) {
    waiting.remove(one);
  }

  Timeouts timeouts() {
    return timeouts;
  }

  @Nullable Executor executor() {
    return executor;
  }

  /** The topics of the server; null for a client. */
  @Nullable Topics topics() {
    return topics;
  }

  Hooks hooks() {
    return hooks;
  }

  /** The time of the last sweep: cheap, and good to a tenth of the shortest time-out. */
  long now() {
    return now;
  }

  long nanoTime() {
    return time.nanoTime();
  }

  long nextId() {
    return lastId.incrementAndGet();
  }

  /** Takes a place for a connection that may open; false if all are taken. */
  boolean reserve(int most) {
    int taken;
    do {
      taken = count.get();
      if (taken >= most) {
        return false;
      }
    } while (!count.compareAndSet(taken, taken + 1));
    return true;
  }

  /**
   * Counts a connection that may open from an address, whatever its port; false if the address, or
   * with IPv6 its network of 64 bits, has as many as it may. Does not count where there is no
   * bound.
   */
  boolean reserveFrom(InetSocketAddress client, int most) {
    if (most == Integer.MAX_VALUE) {
      return true;
    }
    boolean[] taken = {false};
    byHost.compute(
        host(client),
        (host, open) -> {
          taken[0] = open == null || open < most;
          return taken[0] ? (open == null ? 1 : open + 1) : open;
        });
    return taken[0];
  }

  /** Takes back what {@link #reserveFrom} has counted. */
  void unreserveFrom(InetSocketAddress client) {
    if (!byHost.isEmpty()) {
      byHost.computeIfPresent(host(client), (host, open) -> open == 1 ? null : open - 1);
    }
  }

  /** Whom a connection counts for: of IPv6 one host has a network, with all addresses in it. */
  private static Object host(InetSocketAddress client) {
    if (!(client.getAddress() instanceof Inet6Address address)) {
      return client.isUnresolved() ? client.getHostString() : client.getAddress();
    }
    long network = ByteBuffer.wrap(address.getAddress()).getLong();
    return OF_IPV4.contains(network) ? address : network;
  }

  /** Gives a place back that was taken and not used. */
  void unreserve() {
    count.decrementAndGet();
    changed();
  }

  private synchronized void changed() {
    notifyAll();
  }

  /**
   * Waits until each place that is taken has a connection; false if one has none after the time.
   */
  synchronized boolean awaitOpenings(long nanos) throws InterruptedException {
    long deadline = System.nanoTime() + nanos;
    while (count.get() > sessions.size()) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }

  /** A connection has opened. */
  void opened(Session session) {
    sessions.add(session);
    changed();
  }

  /** Whether what opens is to close at once. */
  boolean isStopping() {
    return stopping;
  }

  /** From now on what opens is to close; returns what is open. */
  List<Session> stop() {
    stopping = true;
    return List.copyOf(sessions);
  }

  /** The transport of a connection is gone, or it never opened. */
  void ended(Session session) {
    sessions.remove(session);
    count.decrementAndGet();
    InetSocketAddress client = session.handshake().remoteAddress();
    if (client != null) {
      unreserveFrom(client);
    }
    changed();
    if (closesWhenNone && sessions.isEmpty()) {
      close();
    }
  }

  /** Ends the sweep with the last connection, whose transport may outlive its onClose. */
  void closeWhenNone() {
    closesWhenNone = true;
    if (sessions.isEmpty()) {
      close();
    }
  }

  /** Waits until no connection is left; false if some are after the time. */
  synchronized boolean awaitNone(long nanos) throws InterruptedException {
    long deadline = System.nanoTime() + nanos;
    while (!sessions.isEmpty()) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }

  /** Those whose transport is not gone. */
  Collection<Session> all() {
    return Collections.unmodifiableSet(sessions);
  }

  @Override
  public void close() {
    sweeps.close();
  }
}
