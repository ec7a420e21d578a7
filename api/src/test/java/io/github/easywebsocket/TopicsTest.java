package io.github.easywebsocket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Wiring.Mode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Topics: who gets what is published, and when a subscription ends. */
@Timeout(30)
class TopicsTest {

  private final Topics topics = new Topics(3);
  private final Wiring one = open();
  private final Wiring two = open();

  private Wiring open() {
    return open(Limits.DEFAULT);
  }

  private Wiring open(Limits limits) {
    return new Wiring(Mode.INLINE, limits, topics).open();
  }

  private int publish(String topic, String text) {
    return Topics.send(topics.subscribers(topic), Message.text(text), null);
  }

  // ---- who gets it

  @Test
  void aMessageGoesToThoseWhoSubscribeAndToNobodyElse() {
    assertTrue(one.session.subscribe("news"));
    assertTrue(two.session.subscribe("sport"));
    assertEquals(1, publish("news", "a"));
    assertEquals(0, publish("NEWS", "b"));
    one.transport.didWithFlushes("text a", "flush");
    two.verify();
  }

  @Test
  void whoSubscribesTwiceGetsItOnce() {
    assertTrue(one.session.subscribe("news"));
    assertFalse(one.session.subscribe("news"));
    assertEquals(1, publish("news", "a"));
    one.transport.did("text a");
    assertTrue(one.session.unsubscribe("news"));
    assertFalse(one.session.unsubscribe("news"));
    assertEquals(0, publish("news", "b"));
    assertEquals(0, topics.count());
  }

  @Test
  void aConnectionPublishesToTheOthersAndNeedNotSubscribe() {
    two.session.subscribe("news");
    assertEquals(1, one.session.publish("news", Message.text("a")));
    one.session.subscribe("news");
    assertEquals(1, one.session.publish("news", Message.text("b")));
    one.verify();
    two.transport.did("text a", "text b");
  }

  @Test
  void whatHandlersPublishLeavesInOneWriteAtTheEndOfTheRead() {
    two.session.subscribe("news");
    one.handler.in("text", connection -> connection.publish("news", Message.text("x")));
    one.session.message(true, "a".getBytes(UTF_8));
    one.session.message(true, "b".getBytes(UTF_8));
    two.transport.didWithFlushes();
    one.session.readComplete();
    two.transport.didWithFlushes("text x", "text x", "flush");
    one.handler.forget();
  }

  // ---- nobody waits

  @Test
  void aSubscriberWithoutRoomMissesItAndDelaysNobody() {
    Wiring slow = open(Limits.DEFAULT.withSendQueueBytes(2 * 65)); // BLOCK
    for (Wiring each : List.of(one, slow, two)) {
      each.session.subscribe("news");
    }
    slow.transport.full = true;
    assertEquals(3, publish("news", "1")); // under way
    assertEquals(3, publish("news", "2")); // in its queue
    assertEquals(3, publish("news", "3"));
    assertEquals(2, publish("news", "4"));
    one.transport.did("text 1", "text 2", "text 3", "text 4");
    two.transport.did("text 1", "text 2", "text 3", "text 4");
    slow.transport.full = false;
    slow.transport.sent();
    slow.transport.did("text 1", "text 2", "text 3");
    assertEquals(3, publish("news", "5"));
    slow.transport.did("text 5");
  }

  @Test
  void aSubscriberWithoutRoomIsNotWaitedForInABatchEither() {
    Wiring slow = open(Limits.DEFAULT.withSendQueueBytes(65));
    slow.session.subscribe("news");
    slow.transport.full = true;
    List<Integer> sent = new ArrayList<>();
    one.handler.in("text", connection -> sent.add(connection.publish("news", Message.text("x"))));
    for (int i = 0; i < 4; i++) {
      one.session.message(true, "a".getBytes(UTF_8));
    }
    one.session.readComplete();
    assertEquals(List.of(1, 1, 0, 0), sent);
    one.handler.forget();
  }

  @Test
  void aTransportThatThrowsCostsItsConnectionOnly() {
    Wiring broken = open();
    broken.session.subscribe("news");
    two.session.subscribe("news");
    broken.transport.throwsIn = "send";
    assertEquals(1, publish("news", "a"));
    two.transport.did("text a");
  }

  // ---- the end

  @ParameterizedTest
  @ValueSource(
      strings = {"gone", "abort", "close", "peer closes", "throws", "failed", "time-out", "error"})
  void aSubscriptionEndsWithTheConnection(String how) {
    one.session.subscribe("news");
    one.session.subscribe("sport");
    end(how);
    assertEquals(ReadyState.CLOSED, one.session.readyState(), "the test has ended it");
    assertEquals(0, topics.count());
    assertEquals(0, publish("news", "a"));
    assertEquals(Set.of("news", "sport"), one.session.topics());
    assertFalse(one.session.subscribe("news"));
    assertFalse(one.session.unsubscribe("news"));
    assertEquals(0, topics.count());
  }

  private void end(String how) {
    switch (how) {
      case "gone" -> one.gone(null);
      case "error" -> one.gone(new IOException("no route"));
      case "abort" -> one.session.abort();
      case "close" -> {
        one.session.close();
        one.peerCloses(1000, "");
      }
      case "peer closes" -> one.peerCloses(1000, "");
      case "throws" -> {
        one.handler.throwsIn("text", new IllegalStateException("bug"));
        one.text("a");
        one.peerCloses(1011, "");
      }
      case "failed" -> {
        one.session.failed(1002, "garbage");
        one.session.readComplete();
      }
      default -> one.advance(Timeouts.DEFAULT.idle().multipliedBy(2));
    }
  }

  @Test
  void insideOfOnCloseItHasEndedAndTheTopicsCanStillBeTold() {
    List<Object> seen = new ArrayList<>();
    one.handler.in(
        "close",
        connection -> {
          seen.add(topics.count());
          seen.add(connection.topics());
          seen.add(connection.subscribe("late"));
          seen.add(connection.publish("news", Message.text("gone")));
        });
    one.session.subscribe("news");
    two.session.subscribe("news");
    one.gone(null);
    assertEquals(List.of(1, Set.of("news"), false, 1), seen);
    two.transport.did("text gone");
  }

  @Test
  void aConnectionThatIsClosingSubscribesToNothing() {
    one.session.close();
    assertFalse(one.session.subscribe("news"));
    assertEquals(0, topics.count());
  }

  @Test
  void aConnectionThatIsClosingIsNotCounted() {
    one.session.subscribe("news");
    two.session.subscribe("news");
    one.session.close();
    assertEquals(1, publish("news", "a"));
    one.transport.did("close 1000");
    two.transport.did("text a");
  }

  // ---- bounds

  @Test
  void moreTopicsThanAllowedThrowAndTheOthersStay() {
    for (String topic : List.of("a", "b", "c")) {
      one.session.subscribe(topic);
    }
    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> one.session.subscribe("d"));
    assertTrue(String.valueOf(e.getMessage()).contains("maxTopicsPerConnection(3)"));
    assertFalse(one.session.subscribe("c"), "which it has");
    assertEquals(Set.of("a", "b", "c"), one.session.topics());
    one.session.unsubscribe("a");
    assertTrue(one.session.subscribe("d"));
  }

  @Test
  void theNameOfATopicIsBounded() {
    assertThrows(IllegalArgumentException.class, () -> one.session.subscribe(""));
    assertThrows(IllegalArgumentException.class, () -> one.session.subscribe("x".repeat(257)));
    assertTrue(one.session.subscribe("x".repeat(256)));
  }

  @Test
  void aClientHasNoTopics() {
    Session client = new Wiring(Mode.INLINE).open().session;
    assertThrows(UnsupportedOperationException.class, () -> client.subscribe("news"));
    assertThrows(
        UnsupportedOperationException.class, () -> client.publish("news", Message.text("a")));
    assertFalse(client.unsubscribe("news"));
    assertEquals(Set.of(), client.topics());
  }

  // ---- many

  @Test
  void tenThousandSubscribersGetItOnceEach() {
    List<Wiring> all = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      Wiring each = open();
      each.session.subscribe("news");
      all.add(each);
    }
    assertEquals(10_000, publish("news", "a"));
    all.forEach(each -> each.transport.didWithFlushes("text a", "flush"));
  }

  @Test
  void whileOthersComeAndGoOneThatStaysGetsEachMessageOnceAndInOrder() throws Exception {
    one.session.subscribe("news");
    List<Wiring> others = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      others.add(open());
    }
    CountDownLatch published = new CountDownLatch(1);
    Thread coming =
        new Thread(
            () -> {
              while (published.getCount() > 0) {
                others.forEach(each -> each.session.subscribe("news"));
                others.forEach(each -> each.session.unsubscribe("news"));
              }
            });
    coming.start();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      expected.add("text " + i);
      assertTrue(publish("news", String.valueOf(i)) >= 1);
    }
    published.countDown();
    coming.join();
    one.transport.did(expected.toArray(String[]::new));
    one.session.unsubscribe("news");
    assertEquals(0, topics.count());
  }
}
