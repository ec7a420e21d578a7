package io.github.easywebsocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Limits.Overflow;
import io.github.easywebsocket.spi.Transport;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Many threads send on one connection, over a transport that is busy at random and says so from
 * another thread. Set {@code -Deasywebsocket.seed} to repeat a run's choices, and {@code
 * -Deasywebsocket.sends} for more sends in each test.
 */
@Tag("sized")
@Timeout(300)
class OutboxStressTest {

  private static final int SENDERS = 4;
  private static final int SENDS =
      Integer.getInteger("easywebsocket.sends", 100_000) / SENDERS; // of each

  private final long seed = Long.getLong("easywebsocket.seed", System.nanoTime());
  private final ExecutorService senders = Executors.newFixedThreadPool(SENDERS);
  private final ManualTime time = new ManualTime();
  private final AtomicInteger done = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicInteger foundItFull = new AtomicInteger(); // of those that were refused
  private final CountDownLatch onClose = new CountDownLatch(1);

  private final WebSocketHandler handler =
      new WebSocketHandler() {
        @Override
        public void onMessage(WebSocketConnection connection, Message message) {
          connection.send("h" + message.text()).whenComplete((nothing, e) -> count(e));
        }

        @Override
        public void onClose(WebSocketConnection connection, CloseReason reason) {
          onClose.countDown();
        }
      };

  @BeforeEach
  void printsItsSeed(TestInfo test) {
    System.out.println(test.getDisplayName() + ": seed " + seed);
  }

  @AfterEach
  void leavesNoThread() throws InterruptedException {
    senders.shutdownNow();
    assertTrue(senders.awaitTermination(10, TimeUnit.SECONDS));
  }

  private void count(@Nullable Throwable failure) {
    (failure == null ? done : refused).incrementAndGet();
    if (failure != null && String.valueOf(failure.getMessage()).startsWith("the send queue")) {
      foundItFull.incrementAndGet();
    }
  }

  /**
   * An engine: writes what it takes at once or a little later, on its own thread, and counts every
   * overlap. A text message is "thread:number", in order for each thread.
   */
  private final class Engine implements Transport, AutoCloseable {
    private final Random random = new Random(seed);
    private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final Thread thread = new Thread(this::run, "engine");
    private final AtomicInteger inside = new AtomicInteger();
    private final ConcurrentLinkedQueue<String> breaches = new ConcurrentLinkedQueue<>();
    private final int[] next = new int[SENDERS];
    private final AtomicLong pending = new AtomicLong();
    private final AtomicInteger unflushed = new AtomicInteger();
    private @Nullable Session session;
    private boolean inParts;
    private int written;
    private volatile boolean busy;
    private volatile boolean running = true;
    private volatile boolean gone;

    Engine start(Session session) {
      this.session = session;
      thread.start();
      return this;
    }

    private Session session() {
      return Objects.requireNonNull(session);
    }

    private void run() {
      try {
        while (running || !tasks.isEmpty()) {
          Runnable task = tasks.poll(1, TimeUnit.MILLISECONDS);
          if (task != null) {
            task.run();
          }
        }
      } catch (InterruptedException e) {
        breaches.add("the engine was interrupted");
      }
    }

    void later(Runnable task) {
      tasks.add(task);
    }

    @Override
    public boolean send(Message message) {
      if (inParts) {
        breaches.add("a message inside of another");
      }
      written++;
      return take(message);
    }

    @Override
    public boolean sendPart(Message part, boolean first, boolean last) {
      if (first == inParts) {
        breaches.add(first ? "a message inside of another" : "a part of no message");
      }
      inParts = !last;
      if (last) {
        written++;
      }
      return take(part);
    }

    private boolean take(Message message) {
      enter("send");
      String[] text = message.text().split(":");
      if (text.length == 2) {
        int sender = Integer.parseInt(text[0]);
        int number = Integer.parseInt(text[1]);
        if (number < next[sender]) {
          breaches.add(message.text() + " after " + next[sender]);
        }
        next[sender] = number + 1;
      }
      boolean taken = random.nextInt(3) > 0;
      if (!taken) {
        busy = true;
        pending.addAndGet(message.size());
        Runnable over =
            () -> {
              pending.addAndGet(-message.size());
              busy = false;
              if (!gone) {
                session().sent(null);
              }
            };
        if (random.nextInt(8) == 0) {
          leave();
          over.run(); // before send has returned
          return false;
        }
        later(over);
      }
      unflushed.set(1);
      leave();
      return taken;
    }

    private void enter(String what) {
      if (inside.getAndIncrement() != 0) {
        breaches.add(what + " while another call runs");
      }
      if (busy) {
        breaches.add(what + " while a send is under way");
      }
    }

    private void leave() {
      inside.decrementAndGet();
    }

    @Override
    public void ping(ByteBuffer payload) {
      enter("ping");
      unflushed.set(1);
      leave();
    }

    @Override
    public void pong(ByteBuffer payload) {
      enter("pong");
      unflushed.set(1);
      leave();
    }

    @Override
    public void close(int code, String reason) {
      enter("close");
      leave();
    }

    @Override
    public void flush() {
      enter("flush");
      unflushed.set(0);
      leave();
    }

    @Override
    public void disconnect() {
      later(this::end);
    }

    @Override
    public void abort() {
      later(this::end);
    }

    private void end() {
      if (!gone) {
        gone = true;
        session().closed(null);
      }
    }

    @Override
    public void pause() {}

    @Override
    public void resume() {}

    @Override
    public long pendingBytes() {
      return pending.get();
    }

    @Override
    public boolean mayBlock() {
      return Thread.currentThread() != thread;
    }

    @Override
    public @Nullable InetSocketAddress remoteAddress() {
      return null;
    }

    @Override
    public void close() {
      running = false;
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      assertEquals(List.of(), List.copyOf(breaches).stream().limit(5).toList(), "seed " + seed);
    }
  }

  private Session session(Limits limits, boolean inline) {
    Connections connections =
        new Connections(Timeouts.DEFAULT, inline ? null : Runnable::run, time, null, Hooks.NONE);
    Handshake handshake = new Handshake("/ws", Map.of(), "", Headers.EMPTY, null, null);
    return new Session(connections, handler, handshake, limits, 1);
  }

  private List<Future<?>> startSenders(Session session, Overflow overflow) {
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < SENDERS; i++) {
      int sender = i;
      running.add(
          senders.submit(
              () -> {
                for (int n = 0; n < SENDS; n++) {
                  String text = sender + ":" + n;
                  CompletionStage<Void> sent =
                      n % 16 == 7 && overflow != Overflow.DROP_OLDEST
                          ? sendInParts(session, text)
                          : session.send(text);
                  sent.whenComplete((nothing, e) -> count(e));
                  if (n % 1000 == 0) {
                    session.ping();
                  }
                }
              }));
    }
    return running;
  }

  /** Sends a message in three parts; a refused part is sent again. */
  private static CompletionStage<Void> sendInParts(Session session, String text) {
    OutgoingMessage message = session.startText();
    CompletionStage<Void> sent = message.send(text);
    if (isRefused(sent)) {
      return sent;
    }
    do {
      sent = message.send("more");
    } while (isRefused(sent) && session.isOpen());
    do {
      sent = message.finish();
    } while (isRefused(sent) && session.isOpen());
    return sent;
  }

  private static boolean isRefused(CompletionStage<Void> sent) {
    return sent.toCompletableFuture().isCompletedExceptionally();
  }

  private static void join(List<Future<?>> running) throws Exception {
    for (Future<?> one : running) {
      one.get(250, TimeUnit.SECONDS);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "4096, BLOCK, false",
    "4096, FAIL, false",
    "4096, DROP_OLDEST, false",
    "4096, DROP_OLDEST, true",
    "80, DROP_OLDEST, false",
    "80, DROP_OLDEST, true",
    "1048576, BLOCK, true",
    "200, BLOCK, true"
  })
  void everySendCompletesOnceInOrderAndAlone(int queue, Overflow overflow, boolean inline)
      throws Exception {
    Session session =
        session(Limits.DEFAULT.withSendQueueBytes(queue).withOverflow(overflow), inline);
    try (Engine engine = new Engine().start(session)) {
      session.open(engine, null);
      List<Future<?>> running = startSenders(session, overflow);
      int received = 0;
      for (; received < 2_000; received++) {
        engine.later(
            () -> {
              session.message(true, new byte[] {'m'});
              session.message(true, new byte[] {'m'});
              session.ping(ByteBuffer.allocate(4));
              session.readComplete();
            });
      }
      join(running);
      awaitTrue(() -> done.get() + refused.get() == SENDERS * SENDS + 4_000);
      awaitTrue(() -> session.pendingBytes() == 0);
      awaitTrue(() -> engine.unflushed.get() == 0);
      if (overflow == Overflow.BLOCK) {
        assertTrue(refused.get() <= 4_000, "of those that may block, none is refused");
        assertEquals(done.get(), engine.written);
      }
      if (overflow == Overflow.DROP_OLDEST) {
        assertEquals(0, foundItFull.get(), "sends that older ones did not make room for");
      }
      session.close();
      engine.later(
          () -> {
            session.closeReceived(1000, "");
            session.readComplete();
          });
      assertTrue(onClose.await(10, TimeUnit.SECONDS));
    }
  }

  @ParameterizedTest
  @CsvSource({"close, false", "close, true", "abort, false", "gone, true", "gone, false"})
  void everySendCompletesOnceThoughTheEndComesBetween(String end, boolean inline) throws Exception {
    Session session = session(Limits.DEFAULT.withSendQueueBytes(2048), inline);
    try (Engine engine = new Engine().start(session)) {
      session.open(engine, null);
      List<Future<?>> running = startSenders(session, Overflow.BLOCK);
      awaitTrue(() -> done.get() > SENDS);
      switch (end) {
        case "close" -> {
          session.close();
          engine.later(
              () -> {
                session.closeReceived(1000, "");
                session.readComplete();
              });
        }
        case "abort" -> session.abort();
        default -> engine.later(engine::end);
      }
      join(running);
      awaitTrue(() -> done.get() + refused.get() == SENDERS * SENDS);
      assertTrue(onClose.await(10, TimeUnit.SECONDS));
      assertEquals(0, session.pendingBytes() - engine.pendingBytes());
    }
  }

  @Test
  void aConnectionThatIsAbortedAsItOpensHasBothOnOpenAndOnClose() throws Exception {
    for (int i = 0; i < 5_000; i++) {
      Wiring w = new Wiring(Wiring.Mode.INLINE);
      Future<?> stop =
          senders.submit(
              () -> {
                while (w.connections.all().isEmpty()) {
                  Thread.onSpinWait();
                }
                w.connections.stop().forEach(Session::abort);
              });
      w.session.open(w.transport, null);
      stop.get(10, TimeUnit.SECONDS);
      w.session.closed().toCompletableFuture().get(10, TimeUnit.SECONDS);
      w.handler.saw("open", "close 1006");
      w.handler.verify();
      assertEquals(0, w.connections.all().size());
    }
  }

  private void awaitTrue(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertTrue(
          System.nanoTime() - deadline < 0,
          () -> "seed " + seed + ": done " + done + ", refused " + refused);
      Thread.onSpinWait();
    }
  }
}
