package io.github.easywebsocket.jetty;

import io.github.easywebsocket.spi.Acceptance;
import java.net.URI;
import java.util.List;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.Behavior;
import org.eclipse.jetty.websocket.core.ExtensionStack;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.Negotiated;
import org.eclipse.jetty.websocket.core.WebSocketComponents;
import org.eclipse.jetty.websocket.core.WebSocketConstants;
import org.eclipse.jetty.websocket.core.WebSocketCoreSession;

/**
 * What Jetty's connection reports to, in place of Jetty's own session: that one answers close
 * frames, tells the peer the text of exceptions, and closes TCP without regard to what the peer has
 * yet to read. All of it is the core's, so this passes on what happens and decides nothing.
 */
final class JettySession extends WebSocketCoreSession {

  private final Acceptance acceptance;

  /** Makes the session of a connection without extensions. */
  JettySession(Acceptance acceptance, WebSocketComponents components) {
    super(null, Behavior.SERVER, negotiated(acceptance, components), components);
    this.acceptance = acceptance;
    boolean inParts = acceptance.receiver().takesParts();
    setAutoFragment(inParts);
    setMaxFrameSize(
        inParts
            ? JettyTransport.INPUT_BUFFER
            : Math.max(acceptance.limits().maxMessageSize(), Frame.MAX_CONTROL_PAYLOAD));
    setInputBufferSize(JettyTransport.INPUT_BUFFER);
    setOutputBufferSize(JettyTransport.OUTPUT_BUFFER);
  }

  private static Negotiated negotiated(Acceptance acceptance, WebSocketComponents components) {
    ExtensionStack extensions = new ExtensionStack(components, Behavior.SERVER);
    extensions.negotiate(List.of(), List.of());
    return new Negotiated(
        URI.create("/"),
        acceptance.subprotocol(),
        false,
        extensions,
        WebSocketConstants.SPEC_VERSION_STRING);
  }

  private JettyTransport transport() {
    return (JettyTransport) getConnection();
  }

  @Override
  public void onOpen() {
    transport().opened(acceptance.subprotocol());
  }

  /** The peer has ended its output, or nothing reads any more since the endpoint is closed. */
  @Override
  public void onEof() {
    getConnection().getEndPoint().close();
  }

  /** Jetty could not parse a frame, or could not read or write. */
  @Override
  public void processConnectionError(Throwable cause, Callback callback) {
    transport().failed(cause);
    callback.succeeded();
  }
}
