package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.github.easywebsocket.WebSocketConnection;
import io.github.easywebsocket.WebSocketHandler;
import io.github.easywebsocket.WebSocketHandler.Delivery;
import io.github.easywebsocket.tck.Recording.Call;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Section 1, lifecycle and callbacks: what handlers may do, and what when they throw. */
interface CallbackRules {

  /** Something that a handler throws in one of its calls. */
  record Throwing(Call call, Throwable thrown) {
    @Override
    public String toString() {
      return call + " throws " + thrown.getClass().getSimpleName();
    }
  }

  @TestFactory
  default Stream<DynamicTest> rule_1_9_a_call_that_throws_ends_its_connection_with_1011(
      Table<Trial> table) {
    List<Throwing> rows = new ArrayList<>();
    for (Call call : List.of(Call.OPEN, Call.MESSAGE, Call.PING, Call.PONG)) {
      rows.add(new Throwing(call, new Exception("secret")));
      rows.add(new Throwing(call, new IllegalStateException("secret")));
      rows.add(new Throwing(call, new InterruptedException("secret")));
      rows.add(new Throwing(call, new AssertionError("secret")));
      rows.add(new Throwing(call, new StackOverflowError("secret")));
      rows.add(new Throwing(call, new Throwable("secret")));
    }
    return table.rows(
        rows,
        (trial, row) -> {
          trial.events().on(row.call(), (connection, argument) -> sneak(row.thrown()));
          Link link = trial.open();
          provoke(row.call(), link);
          if (row.call() == Call.PING) {
            link.peer().expect(Frame.pong("ping"));
          }
          link.peer().expectClose(1011).send(Frame.close(1011, ""));
          expectCall(row.call(), link);
          link.app().expectError(row.thrown()).expectClose(1011);
        });
  }

  @Test
  default void rule_1_9_onError_and_onClose_may_throw(Trial trial) throws Exception {
    trial
        .events()
        .on(Call.ERROR, (connection, error) -> sneak(new Throwable("in onError")))
        .on(Call.CLOSE, (connection, reason) -> sneak(new AssertionError("in onClose")));
    Link link = trial.open();
    link.peer().send(Frame.text("x").reserved(1));
    link.expectFailed(1002, io.github.easywebsocket.WebSocketException.Kind.PROTOCOL);
    Patience.get(link.connection().closed(), "closed()");
  }

  @Test
  default void rule_1_9_without_onError_what_was_thrown_is_logged(Trial trial) throws Exception {
    WebSocketHandler without = new WebSocketHandler() {};
    RuntimeException thrown = new RuntimeException("planted by the suite");
    trial
        .events()
        .on(
            Call.PING,
            (connection, payload) -> {
              throw thrown;
            })
        .on(Call.ERROR, (connection, error) -> without.onError(connection, thrown));
    Link link = trial.open();
    link.peer().send(Frame.ping("boom")).expect(Frame.pong("boom")).expectClose(1011);
    link.app().expectPing("boom").expectError(thrown);
    Patience.until(() -> trial.log().contains("planted by the suite"), "the log has it");
    link.peer().send(Frame.close(1011, ""));
    link.app().expectClose(1011);
  }

  @Test
  default void rule_1_9_other_connections_notice_nothing(Trial trial) throws Exception {
    RuntimeException thrown = new RuntimeException("planted by the suite");
    trial
        .events()
        .on(
            Call.PING,
            (connection, payload) -> {
              throw thrown;
            });
    Link bad = trial.open();
    Link good = trial.openAnother();
    bad.peer().send(Frame.ping("boom")).expect(Frame.pong("boom")).expectClose(1011);
    bad.app().expectPing("boom").expectError(thrown);
    good.expectAlive().endWell();
  }

  /** Something that a handler does with its connection. */
  @FunctionalInterface
  interface Use {
    /** Uses the connection. */
    void of(Trial trial, WebSocketConnection connection) throws Exception;
  }

  /** What a handler does, in one of its calls. */
  record Inside(Call call, String what, Use use) {
    @Override
    public String toString() {
      return what + " inside of " + call;
    }
  }

  @TestFactory
  default Stream<DynamicTest> rule_1_11_every_method_may_be_called_inside_of_every_call(
      Table<Trial> table) {
    List<Inside> rows = new ArrayList<>();
    for (Call call :
        List.of(Call.OPEN, Call.MESSAGE, Call.PART, Call.PING, Call.PONG, Call.ERROR, Call.CLOSE)) {
      rows.add(new Inside(call, "send", (trial, connection) -> connection.send("inside")));
      rows.add(new Inside(call, "many sends", (trial, connection) -> sendMany(connection)));
      rows.add(new Inside(call, "ping", (trial, connection) -> connection.ping()));
      rows.add(new Inside(call, "close", (trial, connection) -> connection.close()));
      rows.add(new Inside(call, "abort", (trial, connection) -> connection.abort()));
      rows.add(new Inside(call, "all that asks", (trial, connection) -> ask(connection)));
      rows.add(new Inside(call, "stop", (trial, connection) -> trial.stop()));
    }
    return table.rows(rows, CallbackRules::useInside);
  }

  private static void useInside(Trial trial, Inside row) throws Exception {
    CompletableFuture<Boolean> returned = new CompletableFuture<>();
    trial
        .events()
        .on(
            row.call(),
            (connection, argument) -> {
              row.use().of(trial, connection);
              returned.complete(true);
            });
    Link link = trial.open(row.call() == Call.PART ? Delivery.PARTS : Delivery.MESSAGES);
    link.app().ignoreRest();
    provoke(row.call(), link);
    Patience.get(returned, row.toString());
    CompletableFuture<?> peer = Background.run(() -> answerClose(link.peer()));
    if (row.what().equals("stop")) {
      Patience.get(Background.run(trial::stop), "the stop begun " + row);
      Patience.get(link.connection().closed(), "closed() after a stop " + row);
      assertFalse(link.connection().isOpen(), "a connection is not open after stop");
      Patience.get(peer, "the peer");
    }
  }

  private static void answerClose(RawPeer peer) throws Exception {
    try {
      Frame close = peer.skipToClose();
      peer.trySend(close);
    } catch (AssertionError | java.io.IOException e) {
      peer.wire().note("no close frame came: " + e.getMessage());
    }
    peer.close();
  }

  private static void sendMany(WebSocketConnection connection) {
    for (int i = 0; i < 100; i++) {
      connection.send("message " + i);
    }
    connection.send(ByteBuffer.allocate(100_000));
  }

  private static void ask(WebSocketConnection connection) {
    connection.attach(connection.id());
    assertNotNull(connection.attachment());
    assertNotNull(connection.handshake().path());
    assertNotNull(connection.version());
    assertNotNull(connection.toString());
    assertNotNull(connection.closed());
    connection.subprotocol();
    connection.remoteAddress();
    connection.pendingBytes();
    connection.unwrap(String.class);
  }

  /** Has the peer do what leads to a call. */
  private static void provoke(Call call, Link link) {
    switch (call) {
      case OPEN -> {}
      case MESSAGE, PART, STREAM -> link.peer().text("text");
      case WRITABLE -> throw new IllegalArgumentException("needs a peer that reads slowly");
      case PING -> link.peer().send(Frame.ping("ping"));
      case PONG -> link.peer().send(Frame.pong("pong"));
      case ERROR -> link.peer().send(Frame.text("x").reserved(7));
      case CLOSE -> link.peer().send(Frame.close(1000, ""));
    }
  }

  private static void expectCall(Call call, Link link) throws InterruptedException {
    switch (call) {
      case MESSAGE -> link.app().expectText("text");
      case PING -> link.app().expectPing("ping");
      case PONG -> link.app().expectPong("pong");
      default -> {}
    }
  }

  /** Throws anything, also what no method declares. */
  @SuppressWarnings("unchecked")
  private static <E extends Throwable> void sneak(Throwable thrown) throws E {
    throw (E) thrown;
  }
}
