package io.github.easywebsocket.jetty;

import io.github.easywebsocket.driver.OutBuffers;
import io.github.easywebsocket.driver.WebSocketDriver;
import io.github.easywebsocket.jetty.pipe.JettyPipe;
import io.github.easywebsocket.spi.Acceptance;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** The connection, or the stream of HTTP/2, of a handshake that was accepted. */
final class ServerPipe extends JettyPipe implements Upgraded {

  private final Acceptance acceptance;

  ServerPipe(Request request, Acceptance acceptance, OutBuffers buffers) {
    this(request, acceptance, buffers, null);
  }

  /** On threads of the application's, which may block and have no buffers of ours. */
  static ServerPipe mounted(Request request, Acceptance acceptance, OutBuffers buffers) {
    ByteBufferPool pool = request.getConnectionMetaData().getConnector().getByteBufferPool();
    return new ServerPipe(request, acceptance, buffers, pool);
  }

  private ServerPipe(
      Request request, Acceptance acceptance, OutBuffers buffers, @Nullable ByteBufferPool pool) {
    super(
        JettyExchange.endPoint(request),
        JettyExchange.tcp(request),
        request.getConnectionMetaData().getConnector().getExecutor(),
        pool,
        JettyExchange.tls(request) != null,
        pipe ->
            WebSocketDriver.server(
                pipe, buffers, acceptance.limits(), acceptance.deflate(), acceptance.receiver()));
    this.acceptance = acceptance;
  }

  @Override
  protected void open(WebSocketDriver driver) {
    driver.open(acceptance.subprotocol());
  }

  @Override
  public void upgradeOver() {
    if (!isOpened()) {
      acceptance.receiver().closed(null);
    }
  }
}
