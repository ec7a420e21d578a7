package io.github.easywebsocket.tck;

import static io.github.easywebsocket.WebSocketException.Kind.INVALID_TEXT;
import static io.github.easywebsocket.WebSocketException.Kind.MESSAGE_TOO_BIG;
import static io.github.easywebsocket.WebSocketException.Kind.PROTOCOL;
import static io.github.easywebsocket.WebSocketException.Kind.TIMEOUT;

import io.github.easywebsocket.Timeouts;
import io.github.easywebsocket.tck.Recording.Call;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Section 1, lifecycle and callbacks: every way a connection can end. */
interface EndingRules {

  /** Ends a connection, and expects what the application is told of it. */
  @FunctionalInterface
  interface Ending {
    /** Ends the connection. */
    void end(Trial trial, Link link) throws Exception;
  }

  /** A way to end a connection. */
  record Way(String name, Ending ending) implements Row {}

  /** The ways to end a connection by its peer. */
  List<Way> BY_PEER =
      List.of(
          new Way(
              "the peer closes",
              (trial, link) -> {
                link.peer().send(Frame.close(4001, "bye")).expectClose(4001);
                link.app().expectClose(4001, "bye");
              }),
          new Way(
              "the peer closes without a code",
              (trial, link) -> {
                link.peer().send(Frame.close());
                link.app().expectClose(1005);
              }),
          new Way(
              "the peer closes and vanishes",
              (trial, link) -> {
                link.peer().send(Frame.close(4001, "bye")).reset();
                link.app().skipToClose(List.of(4001, 1006));
              }),
          new Way(
              "FIN",
              (trial, link) -> {
                link.peer().finish();
                link.app().expectClose(1006);
              }),
          new Way(
              "FIN behind a message",
              (trial, link) -> {
                link.peer().text("last words").finish();
                link.app().expectText("last words").expectClose(1006);
              }),
          new Way(
              "FIN inside of a header",
              (trial, link) -> {
                link.peer().send(new byte[] {(byte) 0x81}, "the first byte of a text").finish();
                link.app().expectClose(1006);
              }),
          new Way(
              "FIN inside of a payload",
              (trial, link) -> {
                link.peer().announce(Frame.binary(), 10).send(new byte[3], "3 bytes of it");
                link.peer().finish();
                link.app().expectClose(1006);
              }),
          new Way(
              "FIN between fragments",
              (trial, link) -> {
                link.peer().send(Frame.text("begun").notLast()).finish();
                link.app().expectClose(1006);
              }),
          new Way(
              "RST",
              (trial, link) -> {
                link.peer().reset();
                link.app().expectClose(1006);
              }),
          new Way(
              "RST inside of a payload",
              (trial, link) -> {
                link.peer().announce(Frame.binary(), 10).send(new byte[3], "3 bytes of it");
                link.peer().reset();
                link.app().expectClose(1006);
              }));

  /** The ways to end a connection by the application. */
  List<Way> BY_US =
      List.of(
          new Way(
              "our close is answered",
              (trial, link) -> {
                link.connection().close(4002, "ours");
                link.peer().expect(Frame.close(4002, "ours")).send(Frame.close(4002, "ours"));
                link.app().expectClose(4002, "ours");
              }),
          new Way(
              "our close is answered by another code",
              (trial, link) -> {
                link.connection().close(4002, "ours");
                link.peer().expect(Frame.close(4002, "ours")).send(Frame.close(4999, "theirs"));
                link.app().expectClose(4002, "ours");
              }),
          new Way(
              "our close is answered by FIN",
              (trial, link) -> {
                link.connection().close(4002, "ours");
                link.peer().expect(Frame.close(4002, "ours")).finish();
                link.app().expectClose(1006);
              }),
          new Way(
              "our close is answered by RST",
              (trial, link) -> {
                link.connection().close(4002, "ours");
                link.peer().expect(Frame.close(4002, "ours")).reset();
                link.app().expectClose(1006);
              }),
          new Way(
              "our close is not answered",
              (trial, link) -> {
                link.connection().close(4002, "ours");
                link.peer().expect(Frame.close(4002, "ours"));
                trial.time().advance(Duration.ofSeconds(6));
                link.app().expectError(TIMEOUT).expectClose(1006);
              }),
          new Way(
              "both close at the same time",
              (trial, link) -> {
                link.connection().close(4002, "ours");
                link.peer().send(Frame.close(4001, "theirs")).expect(Frame.close(4002, "ours"));
                link.app().expectClose(4002, "ours");
              }),
          new Way(
              "abort",
              (trial, link) -> {
                link.connection().abort();
                link.app().expectClose(1006);
                link.peer().expectGone();
              }),
          new Way(
              "abort behind our close",
              (trial, link) -> {
                link.connection().close(4002, "ours");
                link.connection().abort();
                link.app().expectClose(1006);
                link.peer().expectGone();
              }),
          new Way(
              "all is stopped",
              (trial, link) -> {
                CompletableFuture<?> stopping = Background.run(trial::stop);
                int code = trial.atServer() ? 1001 : 1000;
                link.peer().expectClose(code).send(Frame.close(code, ""));
                link.app().expectClose(code);
                Patience.get(stopping, "stopping");
              }));

  /** The ways to end a connection by a failure. */
  List<Way> BY_FAILURE =
      List.of(
          new Way(
              "a handler throws",
              (trial, link) -> {
                Exception thrown = new Exception("planted by the suite");
                trial
                    .events()
                    .on(
                        Call.MESSAGE,
                        (connection, message) -> {
                          throw thrown;
                        });
                link.peer().text("boom").expectClose(1011).send(Frame.close(1011, ""));
                link.app().expectText("boom").expectError(thrown).expectClose(1011);
              }),
          new Way(
              "a protocol error",
              (trial, link) -> {
                link.peer().send(Frame.text("x").reserved(4));
                link.expectFailed(1002, PROTOCOL);
              }),
          new Way(
              "text that is not UTF-8",
              (trial, link) -> {
                link.peer().send(Frame.of(Frame.TEXT, (byte) 0xff));
                link.expectFailed(1007, INVALID_TEXT);
              }),
          new Way(
              "a message over the limit",
              (trial, link) -> {
                Frame frame = Frame.binary(new byte[(1 << 20) + 1]);
                CompletableFuture<?> sending = Background.run(() -> link.peer().trySend(frame));
                link.app().expectError(MESSAGE_TOO_BIG).expectClose(1009);
                Patience.get(sending, "sending");
              }),
          new Way(
              "a protocol error behind our close",
              (trial, link) -> {
                link.connection().close(4002, "ours");
                link.peer().expect(Frame.close(4002, "ours"));
                link.peer().send(Frame.text("x").reserved(4)).expectGone();
                link.app().expectClose(1006);
              }),
          new Way(
              "silence",
              (trial, link) -> {
                trial.pass(Duration.ofSeconds(61));
                link.peer().expectClose(1001);
                link.app().expectError(TIMEOUT).expectClose(1001);
              }));

  @TestFactory
  default Stream<DynamicTest> rule_1_3_onClose_is_called_once_when_the_peer_ends(
      Table<Trial> table) {
    return table.rows(BY_PEER, EndingRules::endThenProvoke);
  }

  @TestFactory
  default Stream<DynamicTest> rule_1_3_onClose_is_called_once_when_the_application_ends(
      Table<Trial> table) {
    return table.rows(BY_US, EndingRules::endThenProvoke);
  }

  @TestFactory
  default Stream<DynamicTest> rule_1_3_onClose_is_called_once_when_the_connection_fails(
      Table<Trial> table) {
    return table.rows(BY_FAILURE, EndingRules::endThenProvoke);
  }

  @TestFactory
  default Stream<DynamicTest> rule_1_6_a_peer_that_vanishes_causes_no_onError(Table<Trial> table) {
    return table.rows(
        BY_PEER.stream().filter(way -> way.name().matches("(FIN|RST).*")).toList(),
        EndingRules::endThenProvoke);
  }

  @Test
  default void rule_1_6_a_peer_that_vanishes_while_we_send_causes_no_onError(Trial trial)
      throws Exception {
    Link link = trial.open();
    for (int i = 0; i < 100; i++) {
      link.connection().send("x".repeat(60_000));
      if (i == 10) {
        link.peer().reset();
      }
    }
    link.app().expectClose(1006);
  }

  @Test
  @HandlersBlock
  default void rule_1_6_a_peer_that_vanishes_while_a_handler_runs_causes_no_onError(Trial trial)
      throws Exception {
    Gate gate = trial.gate();
    trial.events().on(Call.MESSAGE, (connection, message) -> gate.pass());
    Link link = trial.open();
    link.peer().text("block");
    gate.awaitEntered();
    link.peer().reset();
    gate.open();
    link.app().expectText("block").expectClose(1006);
  }

  @Test
  default void rule_1_4_no_late_pong_send_or_time_out_is_told_after_onClose(Trial trial)
      throws Exception {
    Link link = trial.open();
    link.connection().ping();
    Frame ping = link.peer().expectFrame("a ping");
    link.endWell();
    link.peer().trySend(new Frame(0x8a, ping.payload()), Frame.text("late"), Frame.ping("late"));
    provoke(trial, link);
  }

  /** Ends, then does all that might cause one more call; the trial notes it. */
  private static void endThenProvoke(Trial trial, Way way) throws Exception {
    Timeouts withoutPings = Timeouts.DEFAULT.withPing(Duration.ZERO);
    Link link = trial.open(setup -> setup.timeouts(withoutPings));
    way.ending().end(trial, link);
    provoke(trial, link);
  }

  private static void provoke(Trial trial, Link link) {
    link.peer().trySend(Frame.text("late"), Frame.ping("late"), Frame.close(1000, "late"));
    link.connection().send("late");
    link.connection().ping();
    link.connection().close(1000, "late");
    link.connection().abort();
    trial.time().advance(Duration.ofMinutes(3));
  }
}
