package io.github.easywebsocket.jfr;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A message was sent. */
@Name("easywebsocket.Sent")
@Label("Message Sent")
@Category("WebSocket")
@StackTrace(false)
@Enabled(false)
final class SentEvent extends Event {
  @Label("Connection")
  long connection;

  @Label("Text")
  boolean text;

  @Label("Payload")
  @DataAmount
  long bytes;
}
