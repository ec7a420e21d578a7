package io.github.easywebsocket.jetty;

import io.github.easywebsocket.driver.OutBuffers;
import io.github.easywebsocket.spi.Capability;
import io.github.easywebsocket.spi.Exchange;
import io.github.easywebsocket.spi.ServerBackend;
import io.github.easywebsocket.spi.ServerSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.function.Consumer;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;

/**
 * A {@link JettyMount} and the Jetty around it, so that the suite can start and stop both. Address,
 * TLS, HTTP/2 and the bounds of connections and heads are the Jetty's. The application's own
 * handler gives each request to the core, which shows that the mount passes them on as they came.
 */
final class MountedJetty implements ServerBackend {

  @Override
  public String name() {
    return "jetty-mount";
  }

  @Override
  public int spiVersion() {
    return SPI_VERSION;
  }

  @Override
  public Set<Capability> capabilities() {
    return Set.of(Capability.TLS, Capability.HTTP2, Capability.COMPRESSION);
  }

  @Override
  public Running start(ServerSettings settings, Consumer<Exchange> acceptor) throws IOException {
    JettyMount mount = new JettyMount(new Plain(acceptor));
    Server jetty = new Server();
    ServerConnector connector =
        new ServerConnector(jetty, Protocols.of(settings).toArray(ConnectionFactory[]::new));
    connector.setHost(settings.address().getAddress().getHostAddress());
    connector.setPort(settings.address().getPort());
    connector.setIdleTimeout(settings.timeouts().handshake().toMillis());
    jetty.addConnector(connector);
    jetty.addBean(new NetworkConnectionLimit(settings.maxTcpConnections(), connector));
    jetty.setHandler(mount);
    jetty.setErrorHandler(JettyServer::noErrorPage);
    Both both = new Both(mount.start(settings, acceptor), jetty, connector);
    try {
      jetty.start();
      return both;
    } catch (Exception e) {
      both.stop();
      throw JettyServer.asIOException(e);
    }
  }

  /** The application's own handler. */
  private static final class Plain extends Handler.Abstract {
    private final Consumer<Exchange> acceptor;

    Plain(Consumer<Exchange> acceptor) {
      this.acceptor = acceptor;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      acceptor.accept(
          new JettyExchange(
              request,
              response,
              callback,
              (upgrading, acceptance) ->
                  ServerPipe.mounted(upgrading, acceptance, new OutBuffers())));
      return true;
    }
  }

  private record Both(Running mounted, Server jetty, ServerConnector connector) implements Running {
    @Override
    public InetSocketAddress address() {
      return new InetSocketAddress(connector.getHost(), connector.getLocalPort());
    }

    @Override
    public void stopAccepting() {
      mounted.stopAccepting();
    }

    @Override
    public void stop() {
      mounted.stop();
      JettyServer.stop(jetty);
    }
  }
}
