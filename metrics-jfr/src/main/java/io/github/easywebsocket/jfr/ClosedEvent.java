package io.github.easywebsocket.jfr;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** A WebSocket is over. */
@Name("easywebsocket.Closed")
@Label("WebSocket Closed")
@Category("WebSocket")
@StackTrace(false)
final class ClosedEvent extends Event {
  @Label("Connection")
  long connection;

  @Label("Close Code")
  int code;

  @Label("Open")
  @Timespan(Timespan.NANOSECONDS)
  long open;
}
