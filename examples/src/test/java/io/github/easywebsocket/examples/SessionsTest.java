package io.github.easywebsocket.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.CloseReason;
import io.github.easywebsocket.Observer;
import io.github.easywebsocket.WebSocketClient;
import io.github.easywebsocket.WebSocketConnection;
import io.github.easywebsocket.WebSocketServer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionsTest {

  private final AtomicLong clock = new AtomicLong();
  private final Sessions sessions = new Sessions(2, clock::get);
  private final BlockingQueue<CloseReason> ended = new LinkedBlockingQueue<>(); // at the server
  private final List<WebSocketClient> clients = new ArrayList<>();
  private @Nullable WebSocketServer server;
  private int port;

  private void start(String backend) throws IOException {
    Observer observer =
        new Observer() {
          @Override
          public void closed(WebSocketConnection connection, CloseReason reason, Duration open) {
            ended.add(reason);
          }
        };
    WebSocketServer running =
        sessions.start(WebSocketServer.builder().port(0).backend(backend).observer(observer));
    server = running;
    port = running.port();
  }

  @AfterEach
  void stop() {
    clients.forEach(WebSocketClient::close);
    if (server != null) {
      server.stop();
    }
  }

  private <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    return Objects.requireNonNull(queue.poll(10, TimeUnit.SECONDS), "nothing came");
  }

  private void pass(Duration time) {
    clock.addAndGet(time.toNanos());
    sessions.sweep();
  }

  /** One who comes for the first time, and has been asked for the zone. */
  private Peer join() throws Exception {
    Peer peer = new Peer("");
    assertEquals(0, peer.welcome());
    assertEquals("Q:1 zone", peer.reads());
    return peer;
  }

  @ParameterizedTest
  @ValueSource(strings = {"undertow", "jetty"})
  void whoComesBackIsWhoItWasAndGetsWhatItMissed(String backend) throws Exception {
    start(backend);
    Peer ann = join();
    Peer bob = join();
    bob.sends("E:name Bob");
    assertEquals("A:x Bob", bob.asks("Q:x name"));
    bob.loses();
    for (int i = 1; i <= 5; i++) {
      ann.says("line " + i);
    }

    Peer back = bob.comesBack();
    assertEquals(2, back.welcome(), "what the server has of Bob's");
    for (int i = 1; i <= 5; i++) {
      assertEquals("E:said somebody: line " + i, back.reads());
    }
    assertEquals("A:y Bob", back.asks("Q:y name"), "and nothing comes twice");
  }

  @ParameterizedTest
  @ValueSource(strings = {"undertow", "jetty"})
  void howeverOftenTheConnectionIsLostAllComesInOrderAndOnce(String backend) throws Exception {
    start(backend);
    Peer ann = join();
    Peer bob = join();
    List<String> expected = new ArrayList<>();
    List<String> read = new ArrayList<>();
    for (int round = 0; round < 20; round++) {
      for (int i = 0; i < 20; i++) {
        ann.sends("E:say " + expected.size());
        expected.add("E:said somebody: " + expected.size());
      }
      for (int i = 0; i < round; i++) { // the rest is on its way, or not yet sent
        read.add(bob.reads());
      }
      bob.loses();
      bob = bob.comesBack();
      bob.welcome();
      while (read.size() < expected.size()) {
        read.add(bob.reads());
      }
    }
    assertEquals(expected, read);
    assertEquals("A:x somebody", bob.asks("Q:x name"));
  }

  @Test
  void idsAreLongAndUnlikeEachOtherAndNoOtherIsTaken() throws Exception {
    start("undertow");
    Peer ann = join();
    Peer bob = join();
    assertTrue(ann.id.matches("[0-9a-f]{32}"), ann.id);
    assertNotEquals(ann.id, bob.id);
    for (String query : List.of("?r=" + "0".repeat(32) + "&got=0", "?r=&got=0", "?r=" + bob.id)) {
      assertEquals(Sessions.NO_SUCH_SESSION, new Peer(query).end().code(), query);
    }
    for (String got : List.of("-1", "2", "x", "", "99999999999999999999")) {
      Peer liar = new Peer("?r=" + bob.id + "&got=" + got);
      assertEquals(Sessions.NO_SUCH_SESSION, liar.end().code(), got);
    }
    assertEquals("A:x somebody", bob.asks("Q:x name"), "and Bob is not disturbed");
  }

  @Test
  void aSessionEndsWithTheGraceTimeAndNotBefore() throws Exception {
    start("undertow");
    Peer ann = join();
    Peer bob = join();
    pass(Session.GRACE); // connected, which takes nothing of it
    bob.loses();
    next(ended);
    pass(Session.GRACE.minusNanos(1));
    bob = bob.comesBack();
    bob.welcome();
    assertEquals("A:x somebody (nowhere), somebody (nowhere)", ann.asks("Q:x who"));

    bob.loses();
    next(ended);
    assertEquals("A:y somebody (away), somebody (nowhere)", ann.asks("Q:y who"));
    pass(Session.GRACE);
    assertEquals("A:z somebody (nowhere)", ann.asks("Q:z who"));
    assertEquals(Sessions.NO_SUCH_SESSION, bob.comesBack().end().code());
  }

  @Test
  void whoLeavesIsForgottenAtOnce() throws Exception {
    start("undertow");
    Peer bob = join();
    bob.client.close();
    assertEquals(CloseReason.NORMAL, next(ended).code());
    assertEquals(Sessions.NO_SUCH_SESSION, bob.comesBack().end().code());
  }

  @Test
  void whoClosesOtherwiseMayComeBack() throws Exception {
    start("undertow");
    Peer bob = join();
    bob.client.connection().close(4000, "");
    assertEquals(4000, next(ended).code());
    assertEquals(0, bob.comesBack().welcome());
  }

  @Test
  void aSecondConnectionTakesTheSessionOverAndTheFirstIsTold() throws Exception {
    start("undertow");
    Peer ann = join();
    Peer bob = join();
    Peer second = bob.comesBack();
    assertEquals(0, second.welcome());
    assertEquals(Sessions.RESUMED_ELSEWHERE, bob.end().code());
    assertEquals(Sessions.RESUMED_ELSEWHERE, next(ended).code());
    pass(Session.GRACE);
    ann.says("still there?");
    assertEquals("E:said somebody: still there?", second.reads());
  }

  @Test
  void theServerAsksAndTakesTheAnswerInTime() throws Exception {
    start("undertow");
    Peer bob = join();
    bob.sends("A:1 Europe/Berlin");
    assertEquals("A:x somebody (Europe/Berlin)", bob.asks("Q:x who"));
  }

  @Test
  void anAnswerThatComesTooLateIsNoAnswer() throws Exception {
    start("undertow");
    Peer bob = join();
    pass(Session.QUERY_TIME);
    bob.sends("A:1 Europe/Berlin");
    assertEquals("A:x somebody (nowhere)", bob.asks("Q:x who"));
  }

  @Test
  void moreSessionsThanTheMostAreRefusedAndThoseThatAreThereMayComeBack() throws Exception {
    start("undertow");
    join();
    Peer bob = join();
    bob.loses();
    next(ended);
    assertEquals(CloseReason.TRY_AGAIN_LATER, new Peer("").end().code());
    assertEquals(CloseReason.TRY_AGAIN_LATER, next(ended).code());
    Peer back = bob.comesBack();
    assertEquals(0, back.welcome());
    back.loses();
    next(ended);
    pass(Session.GRACE);
    join();
  }

  @Test
  void whoMissesMoreThanIsKeptBeginsAnew() throws Exception {
    start("undertow");
    Peer ann = join();
    Peer bob = join();
    bob.loses();
    for (int i = 0; i <= Session.MOST_KEPT; i++) {
      ann.says("line " + i);
    }
    assertEquals(Sessions.NO_SUCH_SESSION, bob.comesBack().end().code());
  }

  @Test
  void aPingIsAnswered() throws Exception {
    start("undertow");
    Peer bob = join();
    bob.client.send("0");
    assertEquals("0", next(bob.inbox));
    bob.loses();
    Peer back = bob.comesBack();
    assertEquals(0, back.welcome(), "and not counted");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "rubbish", "E:", "X:1 what?", "00", "I:1 0", " 0"})
  void whatIsNoMessageOfTheProtocolEndsTheConnection(String message) throws Exception {
    start("undertow");
    Peer bob = join();
    bob.client.send(message);
    assertEquals(CloseReason.PROTOCOL_ERROR, bob.end().code());
  }

  @ParameterizedTest
  @ValueSource(strings = {"E:name <b>", "E:name", "E:dance", "A:7 what?", "A:x y", "Q:1 why?"})
  void whatIsOfNoUseDoesNoHarm(String message) throws Exception {
    start("undertow");
    Peer bob = join();
    bob.sends(message);
    if (message.startsWith("Q")) {
      assertEquals("A:1 ", bob.reads());
    }
    assertEquals("A:x somebody", bob.asks("Q:x name"));
  }

  /** A client that counts as the protocol says. */
  private final class Peer {
    final BlockingQueue<String> inbox = new LinkedBlockingQueue<>();
    final WebSocketClient client;
    String id = "";
    private int got;

    Peer(String query) throws IOException {
      URI uri = URI.create("ws://localhost:" + port + "/ws" + query);
      client = WebSocketClient.connect(uri, (connection, message) -> inbox.add(message.text()));
      clients.add(client);
    }

    /** Reads the first message; returns how many messages the server has. */
    int welcome() throws InterruptedException {
      String[] words = next(inbox).split("[: ]");
      assertEquals("I", words[0]);
      assertTrue(id.isEmpty() || id.equals(words[1]), () -> id + " is now " + words[1]);
      id = words[1];
      return Integer.parseInt(words[2]);
    }

    String reads() throws InterruptedException {
      String message = next(inbox);
      got++;
      return message;
    }

    void sends(String message) {
      client.send(message);
    }

    String asks(String query) throws InterruptedException {
      sends(query);
      return reads();
    }

    /** Says it to all, and waits until that is done. */
    void says(String text) throws InterruptedException {
      sends("E:say " + text);
      assertEquals("E:said somebody: " + text, reads());
    }

    void loses() {
      client.connection().abort();
    }

    Peer comesBack() throws IOException {
      Peer back = new Peer("?r=" + id + "&got=" + got);
      back.id = id;
      back.got = got;
      return back;
    }

    CloseReason end() throws Exception {
      return client.connection().closed().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
  }
}
