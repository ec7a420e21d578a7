package io.github.easywebsocket.jfr;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** A WebSocket has opened. */
@Name("easywebsocket.Opened")
@Label("WebSocket Opened")
@Category("WebSocket")
@StackTrace(false)
final class OpenedEvent extends Event {
  @Label("Connection")
  long connection;

  @Label("Path")
  @Nullable String path;

  @Label("Peer")
  @Nullable String peer;
}
