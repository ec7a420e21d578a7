package io.github.easywebsocket.tck;

import static java.util.Objects.requireNonNull;

import io.github.easywebsocket.Headers;
import io.github.easywebsocket.driver.OutBuffers;
import io.github.easywebsocket.driver.WebSocketDriver;
import io.github.easywebsocket.spi.Acceptance;
import io.github.easywebsocket.spi.Capability;
import io.github.easywebsocket.spi.ClientBackend;
import io.github.easywebsocket.spi.ClientSettings;
import io.github.easywebsocket.spi.Deflate;
import io.github.easywebsocket.spi.Exchange;
import io.github.easywebsocket.spi.Extension;
import io.github.easywebsocket.spi.Receiver;
import io.github.easywebsocket.spi.ServerBackend;
import io.github.easywebsocket.spi.ServerSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The driver without an engine: connections are made by calls, and so their bytes come. Used by one
 * thread.
 */
final class MemoryBackend implements ServerBackend, ClientBackend {

  private static final InetSocketAddress ADDRESS =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);

  private final OutBuffers buffers = new OutBuffers(256, 1);
  private @Nullable Consumer<Exchange> acceptor;
  private @Nullable MemoryPipe next;
  private @Nullable WebSocketDriver opened;

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public int spiVersion() {
    return SPI_VERSION;
  }

  @Override
  public Set<Capability> capabilities() {
    return Set.of(Capability.COMPRESSION);
  }

  /** Takes the pipe for the connection that opens next. */
  void pipe(MemoryPipe pipe) {
    next = pipe;
  }

  /** Has a client connect to the server, by the pipe. */
  void accept(@Nullable String offer) {
    requireNonNull(acceptor).accept(new Handshake(offer));
  }

  /** The connection that was opened last. */
  WebSocketDriver opened() {
    return requireNonNull(opened);
  }

  // ---- the server

  @Override
  public Running start(ServerSettings settings, Consumer<Exchange> acceptor) {
    this.acceptor = acceptor;
    return new Running() {
      @Override
      public InetSocketAddress address() {
        return ADDRESS;
      }

      @Override
      public void stopAccepting() {}

      @Override
      public void stop() {}
    };
  }

  private final class Handshake implements Exchange {
    private static final Headers PLAIN =
        Headers.of(
            Map.of(
                "Host", List.of("localhost"),
                "Upgrade", List.of("websocket"),
                "Connection", List.of("Upgrade"),
                "Sec-WebSocket-Key", List.of(Request.KEY),
                "Sec-WebSocket-Version", List.of("13")));

    private final Headers headers;

    Handshake(@Nullable String offer) {
      headers = offer == null ? PLAIN : PLAIN.with("Sec-WebSocket-Extensions", offer);
    }

    @Override
    public String method() {
      return "GET";
    }

    @Override
    public String protocol() {
      return "HTTP/1.1";
    }

    @Override
    public String target() {
      return "/";
    }

    @Override
    public Headers headers() {
      return headers;
    }

    @Override
    public InetSocketAddress remoteAddress() {
      return ADDRESS;
    }

    @Override
    public CompletionStage<byte[]> body(int limit) {
      return CompletableFuture.completedFuture(new byte[0]);
    }

    @Override
    public CompletionStage<?> respond(int status, Headers headers, byte[] body) {
      throw new AssertionError("refused with " + status);
    }

    @Override
    public void upgrade(Acceptance acceptance) {
      opened =
          WebSocketDriver.server(
              requireNonNull(next),
              buffers,
              acceptance.limits(),
              acceptance.deflate(),
              acceptance.receiver());
      opened.open(null);
    }
  }

  // ---- the client

  /** The server agrees on what it is offered. */
  @Override
  public CompletionStage<Void> connect(ClientSettings settings, Receiver receiver) {
    Deflate deflate =
        settings.compression() == null
            ? null
            : Deflate.accept(
                Extension.parse(List.of(Deflate.offer(settings.compression()))),
                settings.compression());
    opened =
        WebSocketDriver.client(requireNonNull(next), buffers, settings.limits(), deflate, receiver);
    opened.open(null);
    return CompletableFuture.completedFuture(null);
  }
}
