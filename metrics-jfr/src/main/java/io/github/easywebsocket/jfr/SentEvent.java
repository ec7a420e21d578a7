package io.github.easywebsocket.jfr;

import jdk.jfr.Category;
import jdk.jfr.Enabled;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A message was sent. */
@Name("easywebsocket.Sent")
@Label("Message Sent")
@Category("WebSocket")
@StackTrace(false)
@Enabled(false)
final class SentEvent extends MessageEvent {}
