package io.github.easywebsocket.undertow;

import io.github.easywebsocket.spi.Capability;
import io.github.easywebsocket.spi.Exchange;
import io.github.easywebsocket.spi.ServerBackend;
import io.github.easywebsocket.spi.ServerSettings;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.HttpContinueReadHandler;
import io.undertow.util.SameThreadExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;
import org.xnio.Options;

/**
 * An {@link UndertowMount} and the Undertow around it, so that the suite can start and stop both.
 * Address, TLS and the bounds of connections and heads are the Undertow's. The application's own
 * handler gives each request to the core, which shows that the mount passes them on as they came.
 */
final class MountedUndertow implements ServerBackend {

  @Override
  public String name() {
    return "undertow-mount";
  }

  @Override
  public int spiVersion() {
    return SPI_VERSION;
  }

  @Override
  public Set<Capability> capabilities() {
    return Set.of(Capability.TLS, Capability.COMPRESSION);
  }

  @Override
  public Running start(ServerSettings settings, Consumer<Exchange> acceptor) throws IOException {
    UndertowMount mount = new UndertowMount(request -> pass(request, settings, acceptor));
    Both both = new Both(mount.start(settings, acceptor), undertow(settings, mount));
    try {
      both.undertow.start();
      return both;
    } catch (RuntimeException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw e;
    }
  }

  private static void pass(
      HttpServerExchange request, ServerSettings settings, Consumer<Exchange> acceptor) {
    Duration writeTimeout = settings.timeouts().write();
    Exchange plain = new UndertowExchange(request, new UndertowBuffers(), writeTimeout, false);
    request.dispatch(SameThreadExecutor.INSTANCE, () -> acceptor.accept(plain));
  }

  private static Undertow undertow(ServerSettings settings, UndertowMount mount) {
    int headTimeout = (int) settings.timeouts().handshake().toMillis();
    Undertow.Builder builder =
        Undertow.builder()
            .setSocketOption(Options.CONNECTION_HIGH_WATER, settings.maxTcpConnections())
            .setServerOption(UndertowOptions.MAX_HEADER_SIZE, settings.maxHeaderBytes())
            .setServerOption(UndertowOptions.DECODE_URL, false)
            .setServerOption(UndertowOptions.ALLOW_UNESCAPED_CHARACTERS_IN_URL, true)
            .setServerOption(UndertowOptions.MAX_PARAMETERS, settings.maxHeaderBytes())
            .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, headTimeout)
            .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, headTimeout)
            .setHandler(new HttpContinueReadHandler(mount));
    String host = settings.address().getAddress().getHostAddress();
    int port = settings.address().getPort();
    return settings.tls() == null
        ? builder.addHttpListener(port, host).build()
        : builder.addHttpsListener(port, host, settings.tls()).build();
  }

  private record Both(Running mounted, Undertow undertow) implements Running {
    @Override
    public InetSocketAddress address() {
      return (InetSocketAddress) undertow.getListenerInfo().get(0).getAddress();
    }

    @Override
    public void stopAccepting() {
      mounted.stopAccepting();
    }

    @Override
    public void stop() {
      mounted.stop();
      undertow.stop();
    }
  }
}
