package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Limits;
import io.github.easywebsocket.WebSocketConnection;
import io.github.easywebsocket.tck.Oracle.Compressed;
import io.github.easywebsocket.tck.Recording.Event;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One connection whose peer sends {@link RandomBytes}, and what must come of it. In some lives the
 * application ends the connection within one of its messages, and in some the peer resets it.
 */
final class FuzzedLife {

  /** So small that random bytes go beyond. */
  static final Limits LIMITS = Limits.DEFAULT.withMaxMessageSize(2_000).withMaxFragments(4);

  private static final int CLOSED = 4000;
  private static final int FAILED = 1011;
  private static final int GONE = 1006;

  /** What the application does within a message. */
  enum Act {
    NOTHING,
    CLOSE,
    ABORT,
    THROW;

    static Act draw(Random luck) {
      return luck.nextInt(6) > 0 ? NOTHING : values()[luck.nextInt(values().length)];
    }

    int code() {
      return this == CLOSE ? CLOSED : this == ABORT ? GONE : FAILED;
    }
  }

  /** What the application throws. */
  static final class Planted extends Exception {
    private static final long serialVersionUID = 1;

    Planted() {
      super("planted by the suite");
    }
  }

  final Planted planted = new Planted();
  private final Act act;
  private final int actsAt; // the number of the message
  private int messages; // seen by the handler's calls alone

  FuzzedLife(Random luck) {
    act = Act.draw(luck);
    actsAt = luck.nextInt(3);
  }

  /** The application is told a message. */
  void told(WebSocketConnection connection) throws Planted {
    if (messages++ != actsAt) {
      return;
    }
    switch (act) {
      case NOTHING -> {}
      case CLOSE -> connection.close(CLOSED, "");
      case ABORT -> connection.abort();
      case THROW -> throw planted;
    }
  }

  /** Whether the application ends the connection, if that is what comes of its bytes. */
  boolean acts(Prediction prediction) {
    return act != Act.NOTHING && prediction.messages().size() > actsAt;
  }

  /** Checks what it was told, if it acted. */
  void expectActed(Prediction prediction, List<Event> told) {
    @Nullable Throwable error = act == Act.THROW ? planted : null;
    prediction.expectEndedAt(actsAt, act.code(), error, told);
  }

  /** Lives it on a socket. */
  void live(Trial trial, Link link, Random luck) throws Exception {
    byte[] bytes = RandomBytes.draw(luck, trial.atServer(), LIMITS, Compressed.NOT);
    Prediction prediction = Oracle.predict(bytes, trial.atServer(), LIMITS, Compressed.NOT);
    boolean exact = trial.variances().stream().noneMatch(v -> v.matches("[356]\\..*"));
    boolean acts = acts(prediction);
    boolean resets = luck.nextInt(8) == 0;
    RawPeer peer = link.peer();
    send(peer, RandomBytes.slices(luck, bytes));
    if (resets) {
      peer.reset();
    } else if (!acts && exact && prediction.due()) {
      expectClose(peer, prediction);
    }
    if (!resets) {
      end(peer);
    }
    List<Event> told = link.app().allToClose();
    if (!exact || (resets && (acts || !prediction.leavesItOpen()))) {
      prediction.expectMessagesAsFarAsTheyGo(told);
    } else if (acts) {
      expectActed(prediction, told);
    } else if (resets) {
      prediction.expectReset(told);
    } else {
      prediction.expect(told, false);
    }
  }

  /** What is under test may have ended the connection before it has read all. */
  private static void send(RawPeer peer, List<byte[]> slices) {
    try {
      for (byte[] slice : slices) {
        peer.send(slice, "random bytes");
      }
    } catch (UncheckedIOException e) {
      peer.wire().note("peer sends no more");
    }
  }

  private static void expectClose(RawPeer peer, Prediction prediction) throws IOException {
    Frame frame = peer.expectFrame("a close frame");
    while (frame.opcode() == Frame.PONG) {
      frame = peer.expectFrame("a close frame");
    }
    Frame close = frame;
    assertTrue(
        close.opcode() == Frame.CLOSE && prediction.codes().contains(close.closeCode()),
        () -> "expected a close frame with one of " + prediction.codes() + ", seen: " + close);
  }

  private static void end(RawPeer peer) {
    try {
      peer.finish().expectGone();
    } catch (IOException e) {
      peer.wire().note("peer cannot finish: " + e);
    }
  }
}
