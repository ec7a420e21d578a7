package io.github.easywebsocket.jfr;

import io.github.easywebsocket.WebSocketConnection;
import jdk.jfr.DataAmount;
import jdk.jfr.Event;
import jdk.jfr.Label;

/** A message, on its way in or out. */
abstract class MessageEvent extends Event {
  @Label("Connection")
  long connection;

  @Label("Text")
  boolean text;

  @Label("Payload")
  @DataAmount
  long bytes;

  /** Commits this event, if somebody records it. */
  final void commit(WebSocketConnection connection, boolean text, long bytes) {
    if (shouldCommit()) {
      this.connection = connection.id();
      this.text = text;
      this.bytes = bytes;
      commit();
    }
  }
}
