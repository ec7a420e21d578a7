package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.github.easywebsocket.ReadyState;
import io.github.easywebsocket.WebSocketException;
import io.github.easywebsocket.tck.Recording.Call;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Section 1, lifecycle and callbacks: their order, their threads, their beginning and end. */
interface LifecycleRules {

  @Test
  default void rule_1_1_calls_follow_the_grammar(Trial trial) throws Exception {
    Link link = trial.open();
    link.peer().send(Frame.text("a"), Frame.ping("b"), Frame.pong("c"), Frame.binary((byte) 1));
    link.app().expectText("a").expectPing("b").expectPong("c").expectBinary((byte) 1);
    link.peer().expect(Frame.pong("b"));
    link.endWell();
  }

  @Test
  default void rule_1_1_a_connection_may_end_without_any_message(Trial trial) throws Exception {
    trial.open().endWell();
  }

  @Test
  @HandlersBlock
  default void rule_1_2_nothing_begins_before_onOpen_has_returned(Trial trial) throws Exception {
    Gate gate = trial.gate();
    trial.events().on(Call.OPEN, (connection, none) -> gate.pass());
    Link link = trial.open();
    gate.awaitEntered();
    link.peer().send(Frame.text("early"), Frame.ping("fence"));
    link.peer().expect(Frame.pong("fence")); // the text has been read
    assertFalse(link.app().hasNext(), "nothing is called while onOpen runs");
    gate.open();
    link.app().expectText("early").expectPing("fence");
    link.endWell();
  }

  @Test
  default void rule_1_2_the_connection_is_open_inside_of_onOpen(Trial trial) throws Exception {
    CompletableFuture<ReadyState> state = new CompletableFuture<>();
    trial
        .events()
        .on(
            Call.OPEN,
            (connection, none) -> {
              state.complete(connection.readyState());
              connection.send("from onOpen");
            });
    Link link = trial.open();
    assertEquals(ReadyState.OPEN, Patience.get(state, "onOpen"));
    link.peer().expectText("from onOpen");
    link.endWell();
  }

  @Test
  default void rule_1_5_only_the_first_failure_is_told(Trial trial) throws Exception {
    IllegalStateException first = new IllegalStateException("the first failure");
    trial
        .events()
        .on(
            Call.MESSAGE,
            (connection, message) -> {
              throw first;
            })
        .on(
            Call.ERROR,
            (connection, error) -> {
              throw new IllegalStateException("a second failure");
            });
    Link link = trial.open();
    link.peer().text("boom").expectClose(1011);
    link.app().expectText("boom").expectError(first);
    link.peer().trySend(Frame.text("x").reserved(7)); // a third: a protocol error
    trial.time().advance(Duration.ofMinutes(5)); // and time-outs
    link.app().expectClose(1006);
  }

  @Test
  @HandlersBlock
  default void rule_1_5_no_message_comes_after_onError_though_the_peer_has_gone(Trial trial)
      throws Exception {
    IllegalStateException thrown = new IllegalStateException("planted by the suite");
    Gate gate = trial.gate();
    trial
        .events()
        .on(
            Call.MESSAGE,
            (connection, message) -> {
              gate.pass();
              throw thrown;
            });
    Link link = trial.open();
    link.peer().send(Frame.text("one"), Frame.text("two"), Frame.text("three")).finish();
    gate.awaitEntered();
    Patience.until(() -> !link.connection().isOpen(), "the end of TCP is noticed");
    gate.open();
    link.app().expectText("one").expectError(thrown).expectClose(1006);
  }

  @Test
  default void rule_1_7_an_end_from_another_thread_does_not_overlap(Trial trial) throws Exception {
    Link link = trial.open();
    link.app().ignoreRest();
    CompletableFuture<?> sending =
        Background.run(
            () -> {
              for (int i = 0; i < 500; i++) {
                link.peer().send(Frame.text("m" + i));
              }
            });
    for (int i = 0; i < 100; i++) {
      link.connection().send("s" + i);
    }
    link.connection().close(4000, "");
    Patience.get(sending, "sending");
    link.peer().skipToClose();
    link.peer().send(Frame.close(4000, ""));
    link.app().skipToClose(4000);
  }

  @Test
  default void rule_1_7_calls_do_not_overlap_and_see_what_was_written(Trial trial)
      throws Exception {
    int messages = 300;
    int[] plain = {0};
    trial.events().on(Call.MESSAGE, (connection, message) -> plain[0]++);
    Link link = trial.open();
    for (int i = 0; i < messages; i++) {
      link.peer().text("m" + i);
    }
    for (int i = 0; i < messages; i++) {
      link.app().expectText("m" + i);
    }
    link.endWell();
    assertEquals(messages, plain[0], "a counter without synchronization");
  }

  @Test
  default void rule_1_8_messages_pings_and_pongs_keep_the_order_of_the_wire(Trial trial)
      throws Exception {
    Link link = trial.open();
    List<Frame> frames = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      frames.add(Frame.text("t" + i));
      frames.add(Frame.ping("p" + i));
      frames.add(Frame.binary((byte) i));
      frames.add(Frame.pong("q" + i));
    }
    link.peer().send(frames.toArray(Frame[]::new));
    for (int i = 0; i < 100; i++) {
      link.app().expectText("t" + i).expectPing("p" + i);
      link.app().expectBinary((byte) i).expectPong("q" + i);
    }
  }

  @Test
  @HandlersBlock
  default void rule_1_10_handlers_that_block_hold_up_their_own_connection_only(Trial trial)
      throws Exception {
    Gate gate = trial.gate();
    trial
        .events()
        .on(
            Call.MESSAGE,
            (connection, message) -> {
              if (String.valueOf(message).contains("of 5 bytes")) { // "block"
                gate.pass();
              }
            });
    List<Link> blocked = new ArrayList<>();
    blocked.add(trial.open());
    for (int i = 0; i < 5; i++) {
      blocked.add(trial.openAnother());
    }
    for (Link link : blocked) {
      link.peer().text("block");
      link.app().expectText("block");
    }
    Link free = trial.openAnother();
    free.expectAlive().endWell();
    gate.open();
    for (Link link : blocked) {
      link.expectAlive();
    }
  }

  @Test
  default void rule_1_12_inside_of_onClose_the_connection_is_over(Trial trial) throws Exception {
    CompletableFuture<ReadyState> state = new CompletableFuture<>();
    CompletableFuture<Throwable> sending = new CompletableFuture<>();
    trial
        .events()
        .on(
            Call.CLOSE,
            (connection, reason) -> {
              state.complete(connection.readyState());
              connection.close(4000, "too late");
              connection
                  .send("too late")
                  .whenComplete((done, failure) -> sending.complete(failure));
            });
    Link link = trial.open();
    link.endWell();
    assertEquals(ReadyState.CLOSED, Patience.get(state, "onClose"));
    Throwable failure = Patience.get(sending, "a send inside of onClose");
    WebSocketException closed = assertInstanceOf(WebSocketException.class, failure);
    assertEquals(WebSocketException.Kind.CLOSED, closed.kind());
  }

  @Test
  default void rule_1_14_a_rejected_task_costs_the_connection_but_no_onClose(Trial trial)
      throws Exception {
    AtomicBoolean rejects = new AtomicBoolean();
    Queue<CompletableFuture<?>> tasks = new ConcurrentLinkedQueue<>();
    Executor executor =
        task -> {
          if (rejects.get()) {
            throw new RejectedExecutionException("planted by the suite");
          }
          CompletableFuture<Boolean> end = new CompletableFuture<>();
          tasks.add(end);
          Background.run(
              () -> {
                task.run();
                end.complete(true);
              });
        };
    Link link = trial.open(setup -> setup.executor(executor));
    link.expectAlive();
    for (CompletableFuture<?> task : tasks) {
      Patience.get(task, "a task of the executor");
    }
    rejects.set(true);
    link.peer().text("too much").expectClose(1011);
    assertInstanceOf(RejectedExecutionException.class, link.app().expectError());
    link.app().expectClose(1011);
    Patience.get(link.connection().closed(), "closed()");
  }
}
