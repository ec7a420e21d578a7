package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.WebSocketClient;
import io.github.easywebsocket.tck.FuzzRules.Batch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Handshakes with damage in their head: the server answers or hangs up, the client opens or fails,
 * and only a connection that is open for both is seen by the application.
 */
final class FuzzedHeads {

  private static final List<String> PIECES =
      List.of(
          "",
          " ",
          "\t",
          "\r\n",
          "\n",
          "\r",
          ":",
          ",",
          ";",
          "=",
          "\"",
          "\0",
          "\u0080",
          "\u00ff",
          "%",
          "%2e",
          "/",
          "?",
          "#",
          "..",
          "13",
          "websocket",
          "Upgrade",
          "HTTP/1.1",
          "Host: a\r\n",
          "Sec-WebSocket-Protocol: v1\r\n",
          "Sec-WebSocket-Extensions: permessage-deflate; a=\"\r\n",
          "Origin: null\r\n",
          "X: " + "y".repeat(9_000) + "\r\n");

  private FuzzedHeads() {}

  private static byte[] damaged(Random luck, String head) {
    StringBuilder damaged = new StringBuilder(head.strip());
    for (int damages = luck.nextInt(4); damages > 0; damages--) {
      int at = luck.nextInt(damaged.length());
      int lineBegin = damaged.indexOf("\n", at) + 1;
      int from = luck.nextBoolean() ? at : lineBegin;
      int to = Math.min(damaged.length(), from + luck.nextInt(3));
      damaged.replace(from, to, PIECES.get(luck.nextInt(PIECES.size())));
    }
    return (damaged + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
  }

  private static AssertionError failed(Throwable e, long seed) {
    return new AssertionError(e + " (-Deasywebsocket.tck.seed=" + seed + ")", e);
  }

  // ---- for servers

  static void ask(ServerTrial trial, Batch batch) throws Exception {
    trial.start(builder -> {});
    for (long seed = batch.seed(); seed < batch.seed() + batch.inputs(); seed++) {
      try {
        ask(trial, damaged(new Random(seed), trial.handshake().toString()));
      } catch (AssertionError e) {
        throw failed(e, seed);
      }
    }
    assertFalse(trial.events().hasOpened(), "a connection was seen that was not open for its peer");
  }

  private static void ask(ServerTrial trial, byte[] head) throws Exception {
    RawPeer peer = trial.connect();
    Answer answer = answer(peer.send(head, "a damaged head"));
    if (answer == null || answer.status() != 101) {
      if (answer != null) {
        String body = new String(answer.body(), StandardCharsets.UTF_8);
        assertTrue(answer.status() >= 400 && answer.status() != 500, () -> "status of " + answer);
        assertFalse(body.contains("xception") || body.contains("java."), body);
      }
      trial.forget(peer);
      return;
    }
    Link link = new Link(trial.events().opened(), peer.reset());
    link.app().allToClose();
    trial.forget(link);
  }

  /** Null if the server has hung up instead. */
  private static @Nullable Answer answer(RawPeer peer) {
    try {
      return peer.readAnswer();
    } catch (IOException e) {
      return null;
    }
  }

  // ---- for clients

  static void answer(ClientTrial trial, Batch batch) throws Exception {
    for (long seed = batch.seed(); seed < batch.seed() + batch.inputs(); seed++) {
      try {
        answer(trial, new Random(seed));
      } catch (AssertionError e) {
        throw failed(e, seed);
      }
    }
    assertFalse(trial.events().hasOpened(), "a connection was seen though connect failed");
  }

  private static void answer(ClientTrial trial, Random luck) throws Exception {
    try (RawServer server = RawServer.listen(null, 0)) {
      CompletableFuture<WebSocketClient> connected = trial.connect(trial.builder(server.uri()));
      RawPeer peer = trial.keep(server.accept(trial.newWire()));
      byte[] head = damaged(luck, RawServer.switching(peer.readHead()));
      peer.send(head, "a damaged answer").finish();
      Optional<Throwable> failure =
          Patience.get(
              connected.handle((client, problem) -> Optional.ofNullable(problem)), "connect");
      if (failure.isPresent()) {
        if (!(failure.get() instanceof IOException)) {
          throw new AssertionError("connect fails with " + failure.get(), failure.get());
        }
        trial.forget(peer);
        return;
      }
      Link link = new Link(trial.events().opened(), peer);
      link.app().allToClose();
      trial.forget(link);
    }
  }
}
