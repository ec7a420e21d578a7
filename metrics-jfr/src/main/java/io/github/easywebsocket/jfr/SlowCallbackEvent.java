package io.github.easywebsocket.jfr;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** A call of a handler took long. */
@Name("easywebsocket.SlowCallback")
@Label("Slow Callback")
@Category("WebSocket")
@StackTrace(false)
final class SlowCallbackEvent extends Event {
  @Label("Connection")
  long connection;

  @Label("Callback")
  @Nullable String callback;

  @Label("Took")
  @Timespan(Timespan.NANOSECONDS)
  long took;
}
