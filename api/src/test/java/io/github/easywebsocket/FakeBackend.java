package io.github.easywebsocket;

import io.github.easywebsocket.spi.Backend;
import io.github.easywebsocket.spi.Capability;
import io.github.easywebsocket.spi.ClientBackend;
import io.github.easywebsocket.spi.ClientSettings;
import io.github.easywebsocket.spi.Exchange;
import io.github.easywebsocket.spi.Receiver;
import io.github.easywebsocket.spi.ServerBackend;
import io.github.easywebsocket.spi.ServerSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An engine of both kinds, whose requests and connections the test makes. */
class FakeBackend implements ServerBackend, ClientBackend {

  /** What was done with the server, in order. */
  final List<String> done = new CopyOnWriteArrayList<>();

  final CountDownLatch stoppedAccepting = new CountDownLatch(1);

  /** What start throws, if anything. */
  @Nullable IOException startFails;

  /** The class that start misses, if any. */
  @Nullable String missing;

  /** The name of the method of the server that throws. */
  String throwsIn = "";

  /** What happens as the server stops. */
  Runnable onStop = () -> {};

  /** What happens as a client connects. */
  Runnable onConnect = () -> {};

  /** The answer to a client's next attempt to connect. */
  volatile CompletableFuture<Void> connected = new CompletableFuture<>();

  private @Nullable Consumer<Exchange> acceptor;
  private volatile @Nullable Receiver receiver;
  @Nullable ServerSettings serverSettings;
  volatile @Nullable ClientSettings clientSettings;

  /** A connection of the server that has opened, over the transport given. */
  Session open(FakeTransport transport) {
    FakeExchange exchange = FakeExchange.handshake();
    accept(exchange);
    Session session = (Session) exchange.accepted().receiver();
    transport.reportTo(session);
    session.open(transport, null);
    return session;
  }

  void accept(Exchange exchange) {
    Objects.requireNonNull(acceptor).accept(exchange);
  }

  /** The client's end, once it tries to connect. */
  Session client() {
    return (Session) Objects.requireNonNull(receiver);
  }

  @Override
  public String name() {
    return "fake";
  }

  @Override
  public int spiVersion() {
    return Backend.SPI_VERSION;
  }

  @Override
  public Set<Capability> capabilities() {
    return Set.of();
  }

  @Override
  public Running start(ServerSettings settings, Consumer<Exchange> requests) throws IOException {
    serverSettings = settings;
    if (startFails != null) {
      throw startFails;
    }
    if (missing != null) {
      throw new NoClassDefFoundError(missing);
    }
    acceptor = requests;
    return new FakeServer();
  }

  @Override
  public CompletionStage<Void> connect(ClientSettings settings, Receiver core) {
    receiver = core;
    clientSettings = settings;
    onConnect.run();
    return connected;
  }

  private final class FakeServer implements Running {
    @Override
    public InetSocketAddress address() {
      return new InetSocketAddress("127.0.0.1", 4711);
    }

    @Override
    public void stopAccepting() {
      does("stopAccepting");
      stoppedAccepting.countDown();
    }

    @Override
    public void stop() {
      does("stop");
      onStop.run();
    }

    private void does(String what) {
      done.add(what);
      if (what.equals(throwsIn)) {
        throw new IllegalStateException(what + " is broken");
      }
    }
  }
}
