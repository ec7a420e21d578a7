package io.github.easywebsocket.benchmarks.servers;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.java_websocket.WebSocket;
import org.java_websocket.drafts.Draft;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.extensions.DefaultExtension;
import org.java_websocket.extensions.IExtension;
import org.java_websocket.extensions.permessage_deflate.PerMessageDeflateExtension;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.protocols.Protocol;
import org.java_websocket.server.DefaultSSLWebSocketServerFactory;
import org.java_websocket.server.WebSocketServer;

/** Java-WebSocket, as its own examples use it. */
final class JavaWebSocketEcho implements Server {

  @Override
  public int start(Setup setup) throws Exception {
    IExtension extension =
        setup.deflate() ? new PerMessageDeflateExtension() : new DefaultExtension();
    Draft draft = new Draft_6455(List.of(extension), List.of(new Protocol("")), LONGEST);
    Echo server = new Echo(new InetSocketAddress(HOST, setup.port()), draft);
    if (setup.tls()) {
      server.setWebSocketFactory(new DefaultSSLWebSocketServerFactory(setup.context()));
    }
    server.setReuseAddr(true);
    server.setTcpNoDelay(true);
    server.setConnectionLostTimeout(0);
    server.setMaxPendingConnections(BACKLOG);
    server.start();
    return server.port.get(10, TimeUnit.SECONDS);
  }

  private static final class Echo extends WebSocketServer {

    final CompletableFuture<Integer> port = new CompletableFuture<>();

    Echo(InetSocketAddress address, Draft draft) {
      super(address, Runtime.getRuntime().availableProcessors(), List.of(draft));
    }

    @Override
    public void onStart() {
      port.complete(getPort());
    }

    @Override
    public void onOpen(WebSocket connection, ClientHandshake handshake) {
      connection.setAttachment(handshake.getResourceDescriptor());
    }

    private static boolean isMember(WebSocket connection) {
      return BROADCAST.equals(connection.<String>getAttachment());
    }

    @Override
    public void onMessage(WebSocket connection, String message) {
      if (isMember(connection)) {
        broadcast(message);
      } else {
        connection.send(message);
      }
    }

    @Override
    public void onMessage(WebSocket connection, ByteBuffer message) {
      if (isMember(connection)) {
        broadcast(message);
      } else {
        connection.send(message);
      }
    }

    @Override
    public void onClose(WebSocket connection, int code, String reason, boolean remote) {}

    @Override
    public void onError(WebSocket connection, Exception failure) {
      port.completeExceptionally(failure);
    }
  }
}
