package io.github.easywebsocket.tck;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Around;
import io.github.easywebsocket.CloseReason;
import io.github.easywebsocket.IncomingMessage;
import io.github.easywebsocket.Limits.Overflow;
import io.github.easywebsocket.Observer;
import io.github.easywebsocket.OutgoingMessage;
import io.github.easywebsocket.Verdict;
import io.github.easywebsocket.WebSocketConnection;
import io.github.easywebsocket.WebSocketException.Kind;
import io.github.easywebsocket.WebSocketHandler.Delivery;
import io.github.easywebsocket.tck.Recording.Call;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

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

    /** Writes down something else, in the same order. */
    void note(String what) {
      told.add(what);
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
  default void rule_12_1_it_is_told_before_onOpen_and_onError_and_after_onClose(ServerTrial trial)
      throws Exception {
    Log log = new Log();
    for (Call call : List.of(Call.OPEN, Call.ERROR)) {
      trial.events().on(call, (connection, argument) -> log.note("in " + call));
    }
    trial
        .events()
        .on(
            Call.CLOSE,
            (connection, argument) -> {
              log.note("in CLOSE");
              throw new IllegalStateException("planted by the suite");
            });
    trial.start(builder -> builder.observer(log));
    Link link = trial.openAnother();
    link.app().ignoreRest();
    link.peer().send(Frame.text("x").reserved(7)).skipToClose();
    log.expect("opened", "in OPEN", "failed", "in ERROR", "in CLOSE", "closed 1002");
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
  default void rule_12_2_an_observer_is_told_a_message_in_parts_once_it_is_whole(ServerTrial trial)
      throws Exception {
    Log log = new Log();
    trial.events().take(Delivery.PARTS);
    trial.start(builder -> builder.observer(log));
    Link link = trial.openAnother();
    link.app().ignoreRest();
    link.peer().send(Frame.text("h\u00e4").notLast(), Frame.continuation("h"));
    log.expect("opened", "received text 4");
    OutgoingMessage message = link.connection().startBinary();
    message.send(ByteBuffer.allocate(3));
    message.send(ByteBuffer.allocate(4));
    link.peer().expect(Frame.binary(new byte[3]).notLast());
    link.peer().expectFrame("the second part");
    message.finish();
    log.expect("sent binary 7");
  }

  @Test
  @HandlersBlock
  default void rule_12_2_an_observer_is_told_a_message_that_is_streamed(ServerTrial trial)
      throws Exception {
    Log log = new Log();
    trial.events().take(Delivery.STREAMS);
    trial
        .events()
        .on(
            Call.STREAM,
            (connection, message) ->
                requireNonNull((IncomingMessage) message).inputStream().readAllBytes());
    trial.start(builder -> builder.observer(log));
    Link link = trial.openAnother();
    link.peer().send(Frame.binary(new byte[1000]).notLast(), Frame.continuation("x"));
    log.expect("opened", "received binary 1001");
    link.app().expectStream("binary");
    link.endWell();
  }

  @Test
  default void rule_12_2_an_observer_is_told_what_had_to_wait_when_it_is_sent(ServerTrial trial)
      throws Exception {
    AtomicInteger sent = new AtomicInteger();
    Observer observer =
        new Observer() {
          @Override
          public void sent(WebSocketConnection connection, boolean text, long bytes) {
            sent.incrementAndGet();
          }
        };
    trial.start(builder -> builder.observer(observer).limits(SlowPeer.limits(Overflow.FAIL)));
    SlowPeer slow = SlowPeer.of(trial.openAnother()).fill();
    int all = slow.taken().size();
    assertTrue(sent.get() < all, "what waits is not sent");
    slow.read(0, all);
    Patience.until(() -> sent.get() == all, "all that were sent are told");
    slow.link().endWell();
  }

  @TestFactory
  default Stream<DynamicTest> rule_12_2_an_observer_is_told_what_a_full_queue_drops(
      Table<ServerTrial> table) {
    return table.rows(
        List.of(Overflow.FAIL, Overflow.DROP_OLDEST, Overflow.CLOSE),
        (trial, policy) -> {
          AtomicInteger dropped = new AtomicInteger();
          Observer observer =
              new Observer() {
                @Override
                public void dropped(WebSocketConnection connection, boolean text, long bytes) {
                  dropped.incrementAndGet();
                }
              };
          trial.start(builder -> builder.observer(observer).limits(SlowPeer.limits(policy)));
          Link link = trial.openAnother();
          link.app().ignoreRest();
          List<CompletableFuture<Void>> sends = new ArrayList<>();
          for (int i = 0; i < SlowPeer.MANY; i++) {
            sends.add(link.connection().send(SlowPeer.message(i)).toCompletableFuture());
          }
          int refused = 0;
          for (CompletableFuture<Void> send : sends) {
            boolean failed = send.isCompletedExceptionally();
            refused += failed && SlowPeer.kindOf(send) == Kind.QUEUE_FULL ? 1 : 0;
          }
          assertTrue(refused > 0, "the queue is full");
          assertEquals(refused, dropped.get());
        });
  }

  @Test
  default void rule_12_3_an_observer_is_told_the_status_of_each_rejection(ServerTrial trial)
      throws Exception {
    Log log = new Log();
    trial.start(
        builder -> builder.observer(log).path("/ws").verifier(handshake -> Verdict.reject(401)));
    trial.ask(trial.handshake().without("Upgrade")); // plain HTTP
    trial.ask(trial.handshake());
    log.expect("rejected 401");
    trial.ask(trial.handshake().target("/other"));
    log.expect("rejected 404");
    trial.ask(trial.handshake().without("Sec-WebSocket-Key"));
    log.expect("rejected 400");
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

  /** Writes down each call, and whether it runs inside of {@link #around}. */
  class Inside {
    private final ThreadLocal<Boolean> inside = ThreadLocal.withInitial(() -> false);
    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

    Inside(Events events) {
      for (Call call : Call.values()) {
        events.on(
            call, (connection, argument) -> seen.add(inside.get() ? call.name() : call + " alone"));
      }
    }

    void around(WebSocketConnection connection, Around.Call call) throws Exception {
      inside.set(true);
      try {
        call.run();
      } finally {
        inside.remove();
      }
    }

    void expect(Call... calls) throws InterruptedException {
      for (Call call : calls) {
        assertEquals(call.name(), Patience.next(seen, Patience.TIME), "inside of around");
      }
    }
  }

  @Test
  default void rule_12_5_around_is_around_every_callback(ServerTrial trial) throws Exception {
    Inside inside = new Inside(trial.events());
    trial.start(builder -> builder.around(inside::around));
    Link link = trial.openAnother();
    link.expectAlive();
    link.peer().send(Frame.ping("p"), Frame.pong("q"));
    link.app().expectPing("p").expectPong("q");
    link.peer().expect(Frame.pong("p"));
    link.endWell();
    inside.expect(Call.OPEN, Call.MESSAGE, Call.PING, Call.PONG, Call.CLOSE);
  }

  @Test
  default void rule_12_5_around_is_around_parts_and_errors(ServerTrial trial) throws Exception {
    Inside inside = new Inside(trial.events().take(Delivery.PARTS));
    trial.start(builder -> builder.around(inside::around));
    Link link = trial.openAnother();
    link.app().ignoreRest();
    link.peer().send(Frame.binary((byte) 1));
    inside.expect(Call.OPEN, Call.PART);
    link.peer().send(Frame.text("x").reserved(7)).skipToClose();
    inside.expect(Call.ERROR, Call.CLOSE);
  }

  @Test
  @HandlersBlock
  default void rule_12_5_around_is_around_streams(ServerTrial trial) throws Exception {
    Inside inside = new Inside(trial.events().take(Delivery.STREAMS));
    trial.start(builder -> builder.around(inside::around));
    Link link = trial.openAnother();
    link.peer().text("streamed");
    link.app().expectStream("text");
    link.endWell();
    inside.expect(Call.OPEN, Call.STREAM, Call.CLOSE);
  }

  @Test
  default void rule_12_5_around_is_around_onWritable(ServerTrial trial) throws Exception {
    Inside inside = new Inside(trial.events());
    trial.start(builder -> builder.around(inside::around).limits(SlowPeer.limits(Overflow.FAIL)));
    SlowPeer slow = SlowPeer.of(trial.openAnother()).fill();
    slow.read(0, slow.taken().size());
    inside.expect(Call.OPEN, Call.WRITABLE);
  }

  @TestFactory
  default Stream<DynamicTest> rule_12_5_around_that_fails_is_a_callback_that_throws(
      Table<ServerTrial> table) {
    return table.rows(
        List.of("does not run it", "runs it twice", "throws"),
        (trial, row) -> {
          IllegalStateException planted = new IllegalStateException("planted by the suite");
          AtomicInteger calls = new AtomicInteger();
          trial.start(
              builder ->
                  builder.around(
                      (connection, call) -> {
                        if (calls.incrementAndGet() != 2) { // onOpen is the first
                          call.run();
                        } else if (row.equals("runs it twice")) {
                          call.run();
                          assertThrows(IllegalStateException.class, call::run);
                        } else if (row.equals("throws")) {
                          call.run();
                          throw planted;
                        }
                      }));
          Link link = trial.openAnother();
          link.peer().text("hello").expectClose(1011);
          if (!row.equals("does not run it")) {
            link.app().expectText("hello");
          }
          Throwable error = link.app().expectError();
          assertEquals(row.equals("throws"), error == planted, () -> "onError is told " + error);
          link.peer().send(Frame.close(1011, ""));
          link.app().expectClose(1011);
        });
  }
}
