package io.github.easywebsocket.jfr;

import jdk.jfr.Category;
import jdk.jfr.Enabled;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A message came. */
@Name("easywebsocket.Received")
@Label("Message Received")
@Category("WebSocket")
@StackTrace(false)
@Enabled(false)
final class ReceivedEvent extends MessageEvent {}
