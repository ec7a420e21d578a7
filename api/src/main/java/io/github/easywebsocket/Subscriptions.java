package io.github.easywebsocket;

import static java.util.Objects.requireNonNull;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The topics that one connection subscribes to, until it ends. */
final class Subscriptions {

  private static final int LONGEST_NAME = 256;

  private final Session session;
  private final @Nullable Topics topics; // of the server; null at a client

  // guarded by this, as is that the topics of the server agree with it
  private Set<String> names = Set.of(); // which is a HashSet from the first on
  private boolean over;

  Subscriptions(Session session, @Nullable Topics topics) {
    this.session = session;
    this.topics = topics;
  }

  boolean add(String topic) {
    Topics all = topics();
    if (topic.isEmpty() || topic.length() > LONGEST_NAME) {
      throw new IllegalArgumentException(
          "the name of a topic has 1 to " + LONGEST_NAME + " characters, not " + topic.length());
    }
    synchronized (this) {
      if (over || !session.isOpen() || names.contains(topic)) {
        return false;
      }
      if (names.size() >= all.mostOfOne()) {
        throw new IllegalStateException(
            "the connection has "
                + names.size()
                + " topics, the most that maxTopicsPerConnection("
                + all.mostOfOne()
                + ") allows; unsubscribe from one, or raise it");
      }
      if (names.isEmpty()) {
        names = new HashSet<>(2);
      }
      names.add(topic);
      all.add(topic, session);
      return true;
    }
  }

  synchronized boolean remove(String topic) {
    if (over || !names.contains(topic)) {
      return false;
    }
    names.remove(topic);
    topics().remove(topic, session);
    return true;
  }

  synchronized Set<String> names() {
    return Set.copyOf(names);
  }

  int publish(String topic, Message message) {
    requireNonNull(message, "message");
    return Topics.send(topics().subscribers(topic), message, session);
  }

  /** Ends all, and lets none begin any more. The names remain to be looked at. */
  synchronized void end() {
    over = true;
    names.forEach(topic -> topics().remove(topic, session));
  }

  private Topics topics() {
    if (topics == null) {
      throw new UnsupportedOperationException("topics belong to a server; this is a client");
    }
    return topics;
  }
}
