package io.github.easywebsocket.benchmarks.servers;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.eclipse.jetty.websocket.server.WebSocketUpgradeHandler;

/** Jetty's own WebSocket API, without servlets. */
final class JettyEcho implements io.github.easywebsocket.benchmarks.servers.Server {

  private final Set<Session> members = ConcurrentHashMap.newKeySet();

  @Override
  public int start(Setup setup) throws Exception {
    Server server = new Server();
    ServerConnector connector = connector(server, setup);
    connector.setHost(HOST);
    connector.setPort(setup.port());
    connector.setAcceptQueueSize(BACKLOG);
    server.addConnector(connector);
    server.setHandler(WebSocketUpgradeHandler.from(server, this::configure));
    server.start();
    return connector.getLocalPort();
  }

  private static ServerConnector connector(Server server, Setup setup) throws Exception {
    HttpConfiguration http = new HttpConfiguration();
    if (!setup.tls()) {
      return new ServerConnector(server, new HttpConnectionFactory(http));
    }
    http.addCustomizer(new SecureRequestCustomizer(false));
    SslContextFactory.Server tls = new SslContextFactory.Server();
    tls.setSslContext(setup.context());
    return new ServerConnector(server, tls, new HttpConnectionFactory(http));
  }

  private void configure(ServerWebSocketContainer container) {
    container.setIdleTimeout(Duration.ZERO);
    container.setMaxBinaryMessageSize(LONGEST);
    container.setMaxTextMessageSize(LONGEST);
    container.setMaxFrameSize(LONGEST);
    container.addMapping(ECHO, (request, response, callback) -> new Echo());
    container.addMapping(BROADCAST, (request, response, callback) -> new Broadcast());
  }

  /** One connection. Public, since Jetty calls it by method handles. */
  public static final class Echo implements Session.Listener.AutoDemanding {

    private Session session;

    @SuppressWarnings("NullAway.Init") // Jetty opens before all else
    Echo() {}

    @Override
    public void onWebSocketOpen(Session opened) {
      session = opened;
    }

    @Override
    public void onWebSocketText(String message) {
      session.sendText(message, Callback.NOOP);
    }

    @Override
    public void onWebSocketBinary(ByteBuffer message, Callback callback) {
      session.sendBinary(message, callback);
    }
  }

  /** One connection of many that get all messages. */
  public final class Broadcast implements Session.Listener.AutoDemanding {

    private Session session;

    @SuppressWarnings("NullAway.Init")
    Broadcast() {}

    @Override
    public void onWebSocketOpen(Session opened) {
      session = opened;
      members.add(opened);
    }

    @Override
    public void onWebSocketClose(int code, String reason, Callback callback) {
      members.remove(session);
      callback.succeed();
    }

    @Override
    public void onWebSocketText(String message) {
      members.forEach(member -> member.sendText(message, Callback.NOOP));
    }

    @Override
    public void onWebSocketBinary(ByteBuffer message, Callback callback) {
      ByteBuffer copy = ByteBuffer.allocate(message.remaining()).put(message).flip();
      members.forEach(member -> member.sendBinary(copy.duplicate(), Callback.NOOP));
      callback.succeed();
    }
  }
}
