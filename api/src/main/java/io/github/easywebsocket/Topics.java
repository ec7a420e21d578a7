package io.github.easywebsocket;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The topics of one server. A topic is there as long as it has a subscriber. Who publishes walks
 * over the subscribers while they come and go, and holds no lock.
 */
final class Topics {

  private final int mostOfOne;
  private final Map<String, Set<Session>> subscribers = new ConcurrentHashMap<>();

  /**
   * Makes none.
   *
   * @param mostOfOne how many a connection may subscribe to
   */
  Topics(int mostOfOne) {
    this.mostOfOne = mostOfOne;
  }

  int mostOfOne() {
    return mostOfOne;
  }

  void add(String topic, Session subscriber) {
    subscribers.compute(
        topic,
        (name, others) -> {
          Set<Session> all = others != null ? others : ConcurrentHashMap.newKeySet(1);
          all.add(subscriber);
          return all;
        });
  }

  void remove(String topic, Session subscriber) {
    subscribers.computeIfPresent(
        topic,
        (name, all) -> {
          all.remove(subscriber);
          return all.isEmpty() ? null : all;
        });
  }

  /** Those who subscribe, as they come and go. */
  Collection<Session> subscribers(String topic) {
    return subscribers.getOrDefault(topic, Set.of());
  }

  /** How many topics there are. */
  int count() {
    return subscribers.size();
  }

  /**
   * Sends a message to many, and waits for none of them.
   *
   * @param but who does not get it; null if all do
   * @return how many it was sent to
   */
  static int send(Iterable<Session> receivers, Message message, @Nullable Session but) {
    int sent = 0;
    for (Session receiver : receivers) {
      if (receiver != but && receiver.offer(message)) {
        sent++;
      }
    }
    return sent;
  }
}
