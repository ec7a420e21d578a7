package io.github.easywebsocket.tck;

import io.github.easywebsocket.WebSocketServer;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Section 7, servers: what connections and servers leave behind. {@code
 * -Deasywebsocket.tck.ends=<rounds>} asks for more rounds of all ways to end, and {@code
 * -Deasywebsocket.tck.servers=<n>} for more servers, than the few of each run.
 */
interface LeakRules {

  /** Each has as many connections as there are ways to end. */
  int ROUNDS = Integer.getInteger("easywebsocket.tck.ends", 10);

  /** Started and stopped. */
  int SERVERS = Integer.getInteger("easywebsocket.tck.servers", 10);

  /** How long it takes to load all classes anew, and to run them before the JIT has, if busy. */
  Duration LOADING = Duration.ofSeconds(10);

  /** After so many at most a class loader is collected, or somebody holds it. */
  int COLLECTIONS = 30;

  /** Ways to end a connection, none of which waits for a time-out. */
  List<EndingRules.Way> WAYS =
      List.of(
          way("the peer closes"),
          way("the peer closes and vanishes"),
          way("FIN"),
          way("FIN inside of a payload"),
          way("RST"),
          way("RST inside of a payload"),
          way("our close is answered"),
          way("our close is answered by RST"),
          way("abort"),
          way("a protocol error"),
          way("text that is not UTF-8"));

  private static EndingRules.Way way(String name) {
    List<EndingRules.Way> all = new ArrayList<>(EndingRules.BY_PEER);
    all.addAll(EndingRules.BY_US);
    all.addAll(EndingRules.BY_FAILURE);
    return all.stream().filter(way -> way.name().equals(name)).findFirst().orElseThrow();
  }

  /** Opens connections and ends them in each of the ways. */
  private static void openAndEnd(ServerTrial trial, int times) throws Exception {
    for (int i = 0; i < times; i++) {
      for (EndingRules.Way way : WAYS) {
        Link link = trial.openAnother();
        link.expectAlive();
        way.ending().end(trial, link);
        Patience.get(link.connection().closed(), "closed()");
        trial.forget(link);
      }
    }
  }

  @Test
  @Tag("sized")
  default void rule_7_10_connections_leave_nothing_behind(ServerTrial trial) throws Exception {
    trial.start(builder -> {});
    openAndEnd(trial, 2); // now what the engine keeps for ever is there
    Resources before = Resources.now();
    openAndEnd(trial, ROUNDS);
    before.expectNoMoreThan(10, 1 << 20);
  }

  @Test
  default void rule_7_10_refused_handshakes_leave_nothing_behind(ServerTrial trial)
      throws Exception {
    trial.start(builder -> {});
    refuse(trial, 5);
    Resources before = Resources.now();
    refuse(trial, 50);
    before.expectNoMoreThan(10, 1 << 20);
  }

  private static void refuse(ServerTrial trial, int times) throws Exception {
    for (int i = 0; i < times; i++) {
      trial.ask(trial.handshake().without("Sec-WebSocket-Key"));
      trial.connect().send("GET /ws HT".getBytes("US-ASCII"), "half a request").reset();
    }
  }

  @Test
  @Tag("sized")
  default void rule_7_10_servers_leave_nothing_behind(ServerTrial trial) throws Exception {
    useAndStop(trial, 2);
    Resources before = Resources.now();
    LiveThreads threads = LiveThreads.now();
    useAndStop(trial, SERVERS);
    before.expectNoMoreThan(8, 4 << 20);
    threads.expectNoMore();
  }

  @Test
  default void rule_7_10_a_server_leaves_its_class_loader(ServerTrial trial) throws Exception {
    trial.start(builder -> {}); // now what the engine keeps for ever is there
    CompletableFuture<WeakReference<ClassLoader>> visit = new CompletableFuture<>();
    CountDownLatch judged = new CountDownLatch(1);
    CompletableFuture<Boolean> container = // whose thread lives on, as those of a container do
        Background.run(
            () -> {
              visit.complete(Visit.of(trial.backend().getClass()));
              judged.await();
            });
    container.whenComplete((over, failure) -> visit.completeExceptionally(failure));
    try {
      WeakReference<ClassLoader> loader = Patience.get(visit, "a visit", LOADING);
      if (!isLetGo(loader)) {
        throw new AssertionError(
            "the class loader of a server that has stopped is held by " + holder(loader, judged));
      }
    } finally {
      judged.countDown();
    }
    Patience.get(container, "the container");
  }

  /** Who holds a class loader, as far as can be told; lets the container end. */
  private static String holder(WeakReference<ClassLoader> loader, CountDownLatch judged)
      throws InterruptedException {
    List<String> threads = LiveThreads.now().of(loader.get());
    judged.countDown();
    if (!threads.isEmpty()) {
      return "threads that are left: " + threads;
    }
    return isLetGo(loader)
        ? "a ThreadLocal that the engine left in the thread that started and stopped the server"
        : "something that a heap dump shows, such as a shutdown hook";
  }

  /**
   * Whether it is collected, which takes a few attempts: the JIT holds it while it compiles one of
   * its methods, and so does a thread in its very last steps, which no list of threads has any
   * more. Neither gets on while collections follow each other without a pause.
   */
  private static boolean isLetGo(WeakReference<ClassLoader> loader) throws InterruptedException {
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
      if (loader.get() == null) {
        return true;
      }
      Patience.letHappen();
    }
    return false;
  }

  private static void useAndStop(ServerTrial trial, int times) throws Exception {
    for (int i = 0; i < times; i++) {
      WebSocketServer server = trial.start(builder -> {});
      Link closed = trial.openAnother();
      Link open = trial.openAnother();
      closed.expectAlive().endWell();
      CompletableFuture<Boolean> stopping = Background.call(server::stop);
      open.peer().expectClose(1001).send(Frame.close(1001, ""));
      Patience.get(stopping, "stop");
      trial.forget(closed);
      trial.forget(open);
      trial.forget(server);
    }
  }
}
