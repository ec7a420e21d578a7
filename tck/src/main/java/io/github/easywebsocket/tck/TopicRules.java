package io.github.easywebsocket.tck;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Endpoint;
import io.github.easywebsocket.Limits.Overflow;
import io.github.easywebsocket.Message;
import io.github.easywebsocket.WebSocketConnection;
import io.github.easywebsocket.WebSocketServer;
import io.github.easywebsocket.tck.Recording.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

/** Section 11: one message for many connections. */
interface TopicRules {

  private static List<Link> open(ServerTrial trial, int count) throws Exception {
    List<Link> links = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      links.add(trial.openAnother());
    }
    return links;
  }

  private static List<Link> subscribed(ServerTrial trial, int count, String topic)
      throws Exception {
    List<Link> links = open(trial, count);
    links.forEach(link -> assertTrue(link.connection().subscribe(topic), "a new subscription"));
    return links;
  }

  // ---- 11.1, 11.2: who gets it

  @Test
  default void rule_11_1_a_broadcast_reaches_every_open_connection(ServerTrial trial)
      throws Exception {
    List<Link> links = open(trial, 20);
    WebSocketServer server = trial.server();
    assertEquals(20, server.broadcast(Message.text("to all")));
    for (Link link : links) {
      link.peer().expectText("to all");
    }
    links.get(0).endWell();
    assertEquals(19, server.broadcast(Message.text("to the rest")));
    for (Link link : links.subList(1, 20)) {
      link.peer().expectText("to the rest");
      link.endWell();
    }
  }

  @Test
  default void rule_11_1_a_broadcast_reaches_all_endpoints(ServerTrial trial) throws Exception {
    WebSocketServer server =
        trial.start(builder -> builder.endpoint(Endpoint.at("/other").handler(trial.events())));
    RawPeer other = trial.connect();
    other.send(trial.handshake().target("/other")).readAnswer();
    trial.events().opened();
    Link link = trial.openAnother();
    assertEquals(2, server.broadcast(Message.text("to all")));
    other.expectText("to all");
    link.peer().expectText("to all");
  }

  @Test
  default void rule_11_2_what_is_published_reaches_the_subscribers_only(ServerTrial trial)
      throws Exception {
    List<Link> news = subscribed(trial, 3, "news");
    List<Link> sport = subscribed(trial, 2, "sport");
    WebSocketServer server = trial.server();
    assertEquals(3, server.publish("news", Message.text("n")));
    assertEquals(2, server.publish("sport", Message.text("s")));
    assertEquals(0, server.publish("weather", Message.text("w")));
    assertEquals(3, server.subscribers("news").size());
    for (Link link : news) {
      link.peer().expectText("n");
      link.endWell();
    }
    for (Link link : sport) {
      link.peer().expectText("s");
      link.endWell();
    }
  }

  @Test
  default void rule_11_2_a_connection_publishes_to_all_but_itself(ServerTrial trial)
      throws Exception {
    trial
        .events()
        .on(
            Call.MESSAGE,
            (connection, message) -> {
              connection.publish("room", (Message) requireNonNull(message));
              connection.send("published");
            });
    List<Link> room = subscribed(trial, 5, "room");
    room.get(0).peer().text("hello");
    room.get(0).app().expectText("hello");
    room.get(0).peer().expectText("published");
    for (Link link : room.subList(1, 5)) {
      link.peer().expectText("hello");
      link.endWell();
    }
    room.get(0).endWell();
  }

  @Test
  default void rule_11_2_who_has_unsubscribed_gets_no_more(ServerTrial trial) throws Exception {
    Link link = subscribed(trial, 1, "news").get(0);
    WebSocketServer server = trial.server();
    assertEquals(1, server.publish("news", Message.text("first")));
    assertTrue(link.connection().unsubscribe("news"));
    assertEquals(0, server.publish("news", Message.text("second")));
    link.peer().expectText("first");
    link.endWell();
  }

  @Test
  default void rule_11_2_who_subscribes_twice_gets_it_once(ServerTrial trial) throws Exception {
    Link link = subscribed(trial, 1, "news").get(0);
    assertFalse(link.connection().subscribe("news"), "a new subscription");
    assertEquals(1, trial.server().publish("news", Message.text("once")));
    link.peer().expectText("once");
    assertTrue(link.connection().unsubscribe("news"));
    assertFalse(link.connection().unsubscribe("news"), "a subscription that ends");
    assertEquals(0, trial.server().publish("news", Message.text("never")));
    link.endWell();
  }

  // ---- 11.3: order

  @Test
  default void rule_11_3_each_publisher_keeps_its_order_at_each_subscriber(ServerTrial trial)
      throws Exception {
    List<Link> links = subscribed(trial, 10, "news");
    WebSocketServer server = trial.server();
    List<CompletableFuture<Boolean>> publishers = new ArrayList<>();
    for (int p = 0; p < 4; p++) {
      int publisher = p;
      publishers.add(
          Background.run(
              () -> {
                for (int i = 0; i < 200; i++) {
                  server.publish("news", Message.text(publisher + " " + i));
                }
              }));
    }
    for (Link link : links) {
      int[] next = new int[4];
      for (int i = 0; i < 4 * 200; i++) {
        String[] words = link.peer().expectMessage("a message").text().split(" ");
        int publisher = Integer.parseInt(words[0]);
        assertEquals(next[publisher]++, Integer.parseInt(words[1]), "of publisher " + publisher);
      }
    }
    for (CompletableFuture<Boolean> publisher : publishers) {
      Patience.get(publisher, "a publisher");
    }
  }

  @Test
  default void rule_11_3_it_is_the_order_of_other_sends_too(ServerTrial trial) throws Exception {
    Link link = subscribed(trial, 1, "news").get(0);
    WebSocketServer server = trial.server();
    for (int i = 0; i < 50; i++) {
      link.connection().send("send " + i);
      server.publish("news", Message.text("publish " + i));
      server.broadcast(Message.text("broadcast " + i));
    }
    for (int i = 0; i < 50; i++) {
      link.peer().expectText("send " + i);
      link.peer().expectText("publish " + i).expectText("broadcast " + i);
    }
    link.endWell();
  }

  // ---- 11.4: nobody waits

  @Test
  default void rule_11_4_a_slow_subscriber_delays_nobody(ServerTrial trial) throws Exception {
    SlowPeer slow = SlowPeer.open(trial, Overflow.BLOCK);
    slow.link().app().ignoreRest();
    slow.link().connection().subscribe("news");
    Link quick = trial.openAnother();
    quick.connection().subscribe("news");
    WebSocketServer server = trial.server();
    CompletableFuture<Integer> missed =
        Background.call(
            () -> {
              int both = 0;
              int one = 0;
              for (int i = 0; i < SlowPeer.MANY && one < 10; i++) {
                int sent = server.publish("news", Message.text(SlowPeer.message(i)));
                both += sent == 2 ? 1 : 0;
                one += sent == 1 ? 1 : 0;
                quick.peer().expectText(SlowPeer.message(i)); // so it always has room
              }
              return both > 0 ? one : 0;
            });
    assertEquals(10, Patience.get(missed, "the publisher"), "that the slow one has missed");
    assertTrue(slow.link().connection().isOpen(), "the slow one goes on");
    quick.endWell();
  }

  // ---- 11.5: the end of a subscription

  @Test
  default void rule_11_5_a_subscription_ends_with_the_connection(ServerTrial trial)
      throws Exception {
    BlockingQueue<String> ends = new LinkedBlockingQueue<>();
    String end = "left: 0, had: [news]";
    trial.server();
    trial
        .events()
        .on(
            Call.CLOSE,
            (connection, reason) -> {
              int left = trial.server().subscribers("news").size();
              ends.add("left: " + left + ", had: " + connection.topics());
            });
    Link reset = subscribed(trial, 1, "news").get(0);
    reset.peer().reset();
    reset.app().expectClose(1006);
    assertEquals(end, Patience.next(ends, Patience.TIME)); // before another subscribes
    Link closed = subscribed(trial, 1, "news").get(0);
    closed.endWell();
    assertEquals(end, Patience.next(ends, Patience.TIME));
    Link aborted = subscribed(trial, 1, "news").get(0);
    aborted.connection().abort();
    aborted.app().expectClose(1006);
    assertEquals(end, Patience.next(ends, Patience.TIME));
  }

  @Test
  default void rule_11_5_who_is_closing_or_closed_subscribes_to_nothing(ServerTrial trial)
      throws Exception {
    Link link = trial.open();
    WebSocketConnection connection = link.connection();
    connection.close(4000, "");
    assertFalse(connection.subscribe("news"), "while it closes");
    link.peer().expectClose(4000).send(Frame.close(4000, ""));
    link.app().expectClose(4000);
    assertFalse(connection.subscribe("news"), "when it is closed");
    assertEquals(0, trial.server().subscribers("news").size());
  }

  // ---- 11.6: bounds

  @Test
  default void rule_11_6_more_topics_than_allowed_throw(ServerTrial trial) throws Exception {
    trial.start(builder -> builder.maxTopicsPerConnection(2));
    Link link = trial.openAnother();
    link.connection().subscribe("a");
    link.connection().subscribe("b");
    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> link.connection().subscribe("c"));
    assertTrue(e.toString().contains("maxTopicsPerConnection"), e::toString);
    assertEquals(1, trial.server().publish("a", Message.text("still there")));
    link.peer().expectText("still there");
    link.endWell();
  }
}
