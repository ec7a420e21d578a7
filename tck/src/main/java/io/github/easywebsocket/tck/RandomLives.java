package io.github.easywebsocket.tck;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.easywebsocket.Limits;
import io.github.easywebsocket.Limits.Overflow;
import io.github.easywebsocket.Message;
import io.github.easywebsocket.OutgoingMessage;
import io.github.easywebsocket.WebSocketConnection;
import io.github.easywebsocket.WebSocketServer;
import io.github.easywebsocket.tck.Recording.Call;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A server and many peers that do all they can do to it at the same time, and what must hold
 * whatever that is: messages come whole and in their order, those that are echoed come back so,
 * each send completes, and (by the {@link Recording recordings}) the callbacks keep their grammar.
 *
 * <p>A message of a peer is {@code <wish> <number> <filler>}; the wish tells the handler what to
 * do.
 */
final class RandomLives {

  /** What a peer wants the handler to do with a message. */
  private enum Wish {
    ECHO,
    /** As a message of several parts. */
    ECHO_IN_PARTS,
    /** From another thread. */
    ECHO_LATER,
    /** With reading paused, to be resumed by another thread. */
    ECHO_AND_PAUSE,
    PUBLISH,
    BROADCAST,
    LEAVE_TOPIC,
    /** To begin a message that has no end. The last wish of a life, as those that follow. */
    CLOSE_WITHIN_A_MESSAGE,
    CLOSE,
    ABORT,
    THROW;

    boolean isEcho() {
      return ordinal() <= ECHO_AND_PAUSE.ordinal();
    }
  }

  /** How a life ends. */
  private enum End {
    A_LAST_WISH,
    CLOSE,
    CLOSE_AND_RESET,
    FIN,
    RESET,
    RESET_WITHIN_A_FRAME,
    PROTOCOL_ERROR,
    /** It stays until the server stops. */
    STAY
  }

  private static final int PEERS = 24;
  private static final int BURSTS = 8;
  private static final int BURST = 6;
  private static final int LONG_FILLER = 30_000;
  private static final String TOPIC = "all";
  private static final String NEWS = "news";

  private final ServerTrial trial;
  private final long seed;
  private final ExecutorService others = Executors.newFixedThreadPool(3);
  private final Map<WebSocketConnection, Integer> received = new ConcurrentHashMap<>();
  private final Queue<CompletionStage<Void>> sends = new ConcurrentLinkedQueue<>();
  private final Queue<String> findings = new ConcurrentLinkedQueue<>();

  RandomLives(ServerTrial trial, long seed) {
    this.trial = trial;
    this.seed = seed;
  }

  void run() throws Exception {
    trial
        .events()
        .on(Call.OPEN, (connection, nothing) -> connection.subscribe(TOPIC))
        .on(
            Call.MESSAGE,
            (connection, message) -> answer(connection, requireNonNull((Message) message)));
    WebSocketServer server =
        trial.start(builder -> builder.limits(Limits.DEFAULT.withOverflow(Overflow.FAIL)));
    try {
      List<CompletableFuture<Boolean>> lives = new ArrayList<>();
      List<Peer> stay = new ArrayList<>();
      for (int i = 0; i < PEERS; i++) {
        Peer peer = new Peer(new Random(seed + i));
        if (peer.end == End.STAY) {
          stay.add(peer);
        }
        lives.add(Background.run(peer::live));
      }
      for (CompletableFuture<Boolean> life : lives) {
        expectLived(life);
      }
      CompletableFuture<Boolean> stopping = Background.call(server::stop);
      for (Peer peer : stay) {
        peer.seeTheServerStop();
      }
      Patience.get(stopping, "stop");
    } finally {
      others.shutdown();
    }
    trial.events().all().forEach(Recording::ignoreRest);
    assertEquals(List.of(), List.copyOf(findings));
    for (CompletionStage<Void> send : sends) {
      Patience.get(send.handle((done, failure) -> true), "a send");
    }
  }

  private static void expectLived(CompletableFuture<Boolean> life) throws InterruptedException {
    try {
      life.get(); // the watchdog looks after the time
    } catch (ExecutionException e) {
      throw new AssertionError(String.valueOf(e.getCause()), e.getCause());
    }
  }

  // ---- the server's side

  private void answer(WebSocketConnection connection, Message message) throws Exception {
    String[] parts = message.text().split(" ", 3);
    int number = Integer.parseInt(parts[1]);
    int before = received.merge(connection, 1, Integer::sum) - 1;
    if (number != before || !parts[2].equals(filler(number, parts[2].length()))) {
      findings.add("1.8: message " + number + " comes after " + before + ", or is damaged");
    }
    switch (Wish.valueOf(parts[0])) {
      case ECHO -> send(connection, message);
      case ECHO_IN_PARTS -> sendInParts(connection, message);
      case ECHO_LATER -> others.execute(() -> send(connection, message));
      case ECHO_AND_PAUSE -> {
        connection.pauseReading();
        send(connection, message);
        others.execute(connection::resumeReading);
      }
      case PUBLISH -> connection.publish(TOPIC, Message.text(NEWS));
      case BROADCAST -> trial.server().broadcast(Message.text(NEWS));
      case LEAVE_TOPIC -> connection.unsubscribe(TOPIC);
      case CLOSE_WITHIN_A_MESSAGE -> {
        sends.add(connection.startText().send("begun, and never ended"));
        connection.close(4000, "asked");
      }
      case CLOSE -> connection.close(4000, "asked");
      case ABORT -> connection.abort();
      case THROW -> throw new Exception("planted by the suite");
    }
  }

  private void send(WebSocketConnection connection, Message message) {
    sends.add(connection.send(message));
  }

  private void sendInParts(WebSocketConnection connection, Message message) {
    String text = message.text();
    OutgoingMessage parts = connection.startText();
    for (int i = 0; i < 3; i++) {
      sends.add(parts.send(text.substring(text.length() * i / 3, text.length() * (i + 1) / 3)));
    }
    sends.add(parts.finish());
  }

  private static String filler(int number, int length) {
    String some = "äbc" + number + "€";
    return some.repeat(length / some.length() + 1).substring(0, length);
  }

  // ---- the peers' side

  /** A peer with its own luck. */
  private final class Peer {

    private final Random luck;
    private final End end;
    private final boolean deaf; // does not read
    private final RawPeer raw;
    private final Deque<String> echoes = new ArrayDeque<>(); // to come, in this order
    private final List<String> laterEchoes = new ArrayList<>(); // to come at any time
    private int number;

    Peer(Random luck) throws IOException {
      this.luck = luck;
      end = End.values()[luck.nextInt(End.values().length)];
      deaf = end.name().startsWith("RESET") && luck.nextBoolean();
      raw = trial.connectOpen();
    }

    void live() throws IOException {
      for (int bursts = luck.nextInt(BURSTS); bursts > 0; bursts--) {
        sendBurst();
        while (!deaf && !(echoes.isEmpty() && laterEchoes.isEmpty())) {
          expectEcho(raw.expectFrame("an echo"));
        }
      }
      end();
    }

    private void sendBurst() {
      ByteArrayOutputStream burst = new ByteArrayOutputStream();
      for (int messages = 1 + luck.nextInt(BURST); messages > 0; messages--) {
        Wish wish = Wish.values()[luck.nextInt(Wish.CLOSE_WITHIN_A_MESSAGE.ordinal())];
        burst.writeBytes(message(wish));
      }
      sendInSlices(burst.toByteArray());
    }

    /** A message in fragments, with pings between. */
    private byte[] message(Wish wish) {
      int length = luck.nextInt(8) == 0 ? luck.nextInt(LONG_FILLER) : luck.nextInt(200);
      String text = wish + " " + number + " " + filler(number, length);
      number++;
      if (wish == Wish.ECHO_LATER) {
        laterEchoes.add(text);
      } else if (wish.isEcho()) {
        echoes.add(text);
      }
      byte[] payload = Frame.text(text).payload();
      ByteArrayOutputStream frames = new ByteArrayOutputStream();
      int opcode = Frame.TEXT;
      int from = 0;
      while (luck.nextInt(3) == 0) {
        int to = from + luck.nextInt(payload.length - from + 1);
        byte[] fragment = Arrays.copyOfRange(payload, from, to);
        frames.writeBytes(raw.encode(Frame.of(opcode, fragment).notLast(), Frame.ping("" + to)));
        opcode = Frame.CONTINUATION;
        from = to;
      }
      byte[] rest = Arrays.copyOfRange(payload, from, payload.length);
      frames.writeBytes(raw.encode(Frame.of(opcode, rest)));
      return frames.toByteArray();
    }

    private void sendInSlices(byte[] bytes) {
      int from = 0;
      while (from < bytes.length) {
        int to = Math.min(bytes.length, from + 1 + luck.nextInt(luck.nextBoolean() ? 20 : 20_000));
        raw.send(Arrays.copyOfRange(bytes, from, to), "bytes of a burst");
        from = to;
      }
    }

    private void expectEcho(Frame first) throws IOException {
      if (first.opcode() == Frame.PONG) {
        return;
      }
      ByteArrayOutputStream payload = new ByteArrayOutputStream();
      payload.writeBytes(first.payload());
      for (Frame next = first; !next.isLast(); ) {
        do {
          next = raw.expectFrame("a continuation");
        } while (next.opcode() == Frame.PONG);
        assertEquals(Frame.CONTINUATION, next.opcode(), "opcode of a fragment");
        payload.writeBytes(next.payload());
      }
      String text = new Frame(Frame.TEXT, payload.toByteArray()).text();
      if (!text.equals(NEWS) && !laterEchoes.remove(text)) {
        assertEquals(echoes.poll(), text, "echo");
      }
    }

    private void end() throws IOException {
      switch (end) {
        case A_LAST_WISH -> dieOfAWish();
        case CLOSE -> {
          raw.send(Frame.close(4001, "bye"));
          assertEquals(4001, raw.skipToClose().closeCode(), "code of the answer to a close");
          raw.expectFin();
        }
        case CLOSE_AND_RESET -> raw.send(Frame.close()).reset();
        case FIN -> raw.finish().expectGone();
        case RESET -> raw.reset();
        case RESET_WITHIN_A_FRAME -> raw.announce(Frame.text(""), 100).reset();
        case PROTOCOL_ERROR -> {
          raw.send(Frame.text("x").reserved(7));
          assertEquals(1002, raw.skipToClose().closeCode(), "code for a protocol error");
          raw.expectFin();
        }
        case STAY -> raw.send(message(Wish.LEAVE_TOPIC), "the wish to hear no news");
      }
    }

    private void dieOfAWish() throws IOException {
      Wish[] all = Wish.values();
      int first = Wish.CLOSE_WITHIN_A_MESSAGE.ordinal();
      Wish wish = all[first + luck.nextInt(all.length - first)];
      sendInSlices(message(wish));
      switch (wish) {
        case ABORT -> raw.expectGone();
        case THROW -> expectClose(1011);
        default -> expectClose(4000);
      }
    }

    void seeTheServerStop() throws IOException {
      expectClose(1001);
    }

    private void expectClose(int code) throws IOException {
      assertEquals(code, raw.skipToClose().closeCode(), "code of the close");
      raw.send(Frame.close(code, "")).expectFin();
    }
  }
}
