package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.easywebsocket.CloseReason;
import io.github.easywebsocket.Limits;
import io.github.easywebsocket.Limits.Overflow;
import io.github.easywebsocket.Observer;
import io.github.easywebsocket.Verdict;
import io.github.easywebsocket.WebSocketConnection;
import io.github.easywebsocket.tck.Recording.Call;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Section 12: what an observer is told, and what is around the callbacks. */
interface ObserverRules {

  /** Writes down what it is told. */
  class Log implements Observer {
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

    @Override
    public void opened(WebSocketConnection connection) {
      told.add("opened");
    }

    @Override
    public void closed(WebSocketConnection connection, CloseReason reason, Duration open) {
      told.add("closed " + reason.code());
    }

    @Override
    public void received(WebSocketConnection connection, boolean text, long bytes) {
      told.add("received " + (text ? "text " : "binary ") + bytes);
    }

    @Override
    public void sent(WebSocketConnection connection, boolean text, long bytes) {
      told.add("sent " + (text ? "text " : "binary ") + bytes);
    }

    @Override
    public void failed(WebSocketConnection connection, Throwable error) {
      told.add("failed");
    }

    @Override
    public void rejected(int status, InetSocketAddress client) {
      told.add("rejected " + status);
    }

    void expect(String... expected) throws InterruptedException {
      for (String each : expected) {
        assertEquals(each, Patience.next(told, Patience.TIME));
      }
    }
  }

  @Test
  default void rule_12_1_an_observer_is_told_each_connection_and_its_end(ServerTrial trial)
      throws Exception {
    Log log = new Log();
    trial.start(builder -> builder.observer(log));
    Link closed = trial.openAnother();
    log.expect("opened");
    closed.endWell();
    log.expect("closed 1000");
    Link reset = trial.openAnother();
    reset.peer().reset();
    reset.app().expectClose(1006);
    log.expect("opened", "closed 1006");
    Link failed = trial.openAnother();
    failed.peer().send(Frame.text("x").reserved(7)).skipToClose();
    failed.app().ignoreRest();
    log.expect("opened", "failed", "closed 1002");
  }

  @Test
  default void rule_12_2_an_observer_is_told_each_message_with_its_bytes(ServerTrial trial)
      throws Exception {
    Log log = new Log();
    trial.start(builder -> builder.observer(log));
    Link link = trial.openAnother();
    link.peer().text("häh");
    link.app().expectText("häh");
    log.expect("opened", "received text 4");
    String text = "x".repeat(100_000);
    link.connection().send(text);
    link.peer().expectText(text);
    log.expect("sent text 100000");
    link.endWell();
  }

  @Test
  default void rule_12_2_an_observer_is_told_what_a_full_queue_drops(ServerTrial trial)
      throws Exception {
    AtomicInteger dropped = new AtomicInteger();
    Observer observer =
        new Observer() {
          @Override
          public void dropped(WebSocketConnection connection, boolean text, long bytes) {
            dropped.incrementAndGet();
          }
        };
    Limits limits = Limits.DEFAULT.withSendQueueBytes(SlowPeer.QUEUE).withOverflow(Overflow.FAIL);
    trial.start(builder -> builder.observer(observer).limits(limits));
    Link link = trial.openAnother();
    int failed = 0;
    for (int i = 0; i < SlowPeer.MANY; i++) {
      boolean fails =
          link.connection()
              .send(SlowPeer.message(i))
              .toCompletableFuture()
              .isCompletedExceptionally();
      failed += fails ? 1 : 0;
    }
    assertEquals(failed, dropped.get());
    link.app().ignoreRest();
  }

  @Test
  default void rule_12_3_an_observer_is_told_the_status_of_each_rejection(ServerTrial trial)
      throws Exception {
    Log log = new Log();
    trial.start(
        builder -> builder.observer(log).path("/ws").verifier(handshake -> Verdict.reject(401)));
    trial.ask(trial.handshake());
    log.expect("rejected 401");
    trial.ask(trial.handshake().target("/other"));
    log.expect("rejected 404");
  }

  @Test
  default void rule_12_4_an_observer_that_throws_hurts_nothing(ServerTrial trial) throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    Observer broken =
        new Observer() {
          @Override
          public void opened(WebSocketConnection connection) {
            throw new IllegalStateException("broken");
          }

          @Override
          public void received(WebSocketConnection connection, boolean text, long bytes) {
            throw new AssertionError("broken");
          }

          @Override
          public void sent(WebSocketConnection connection, boolean text, long bytes) {
            throw new IllegalStateException("broken");
          }

          @Override
          public void closed(WebSocketConnection connection, CloseReason reason, Duration open) {
            closed.countDown();
            throw new IllegalStateException("broken");
          }
        };
    trial.start(builder -> builder.observer(broken));
    Link link = trial.openAnother();
    link.expectAlive();
    link.connection().send("out");
    link.peer().expectText("out");
    link.endWell();
    Patience.await(closed, "the observer's last call");
  }

  @Test
  default void rule_12_5_around_is_around_every_callback(ServerTrial trial) throws Exception {
    ThreadLocal<Boolean> inside = ThreadLocal.withInitial(() -> false);
    BlockingQueue<Boolean> seen = new LinkedBlockingQueue<>();
    for (Call call : List.of(Call.OPEN, Call.MESSAGE, Call.PING, Call.PONG, Call.CLOSE)) {
      trial.events().on(call, (connection, argument) -> seen.add(inside.get()));
    }
    trial.start(
        builder ->
            builder.around(
                (connection, call) -> {
                  inside.set(true);
                  try {
                    call.run();
                  } finally {
                    inside.remove();
                  }
                }));
    Link link = trial.openAnother();
    link.expectAlive();
    link.peer().send(Frame.ping("p"), Frame.pong("q"));
    link.app().expectPing("p").expectPong("q");
    link.peer().expect(Frame.pong("p"));
    link.endWell();
    for (int i = 0; i < 5; i++) {
      assertEquals(true, Patience.next(seen, Patience.TIME), "inside of around");
    }
  }

  @Test
  default void rule_12_5_around_that_does_not_run_a_callback_fails_it(ServerTrial trial)
      throws Exception {
    AtomicInteger calls = new AtomicInteger();
    trial.start(
        builder ->
            builder.around(
                (connection, call) -> {
                  if (calls.incrementAndGet() != 2) { // onOpen is the first
                    call.run();
                  }
                }));
    Link link = trial.openAnother();
    link.peer().text("never handled").expectClose(1011);
    link.app().expectError();
    link.peer().send(Frame.close(1011, ""));
    link.app().expectClose(1011);
  }
}
