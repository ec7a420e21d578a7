package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.easywebsocket.Compression;
import io.github.easywebsocket.Limits;
import io.github.easywebsocket.WebSocketServer;
import io.github.easywebsocket.spi.ServerBackend;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A trial of a server; the peers are clients. */
final class ServerTrial extends Trial {

  private final ServerBackendTck binding;
  private final ServerBackend backend;
  private final List<WebSocketServer> servers = new CopyOnWriteArrayList<>();
  private @Nullable WebSocketServer server;

  ServerTrial(ServerBackendTck binding, Duration patience) {
    super(patience);
    this.binding = binding;
    this.backend = binding.backend();
  }

  @Override
  boolean atServer() {
    return true;
  }

  @Override
  Set<String> variances() {
    return binding.variances();
  }

  @Override
  boolean inline() {
    return binding.inline();
  }

  ServerBackend backend() {
    return backend;
  }

  // ---- servers

  /** A builder of a server on the backend, with a free port and this trial's handler and time. */
  WebSocketServer.Builder builder() {
    return builderWithoutHandler().handler(events());
  }

  private WebSocketServer.Builder builderWithoutHandler() {
    WebSocketServer.Builder builder =
        WebSocketServer.builder().backend(backend).port(0).timeSource(time());
    new Setup(inline()).apply(builder);
    binding.configure(builder);
    return builder;
  }

  /** Starts a server with options of the test's; peers connect to the one started last. */
  WebSocketServer start(Consumer<WebSocketServer.Builder> options) throws IOException {
    WebSocketServer.Builder builder = builder();
    options.accept(builder);
    return keepServer(builder.start());
  }

  /** The same without this trial's handler, for a server that has endpoints only. */
  WebSocketServer startWithoutHandler(Consumer<WebSocketServer.Builder> options)
      throws IOException {
    WebSocketServer.Builder builder = builderWithoutHandler();
    options.accept(builder);
    return keepServer(builder.start());
  }

  /** Has a server stopped at the end. */
  WebSocketServer keepServer(WebSocketServer started) {
    servers.add(started);
    server = started;
    return started;
  }

  /** Forgets a server that has stopped, and with it what it holds. */
  void forget(WebSocketServer stopped) {
    servers.remove(stopped);
    server = null;
  }

  /** The server started last; if none is, one with every option at its default. */
  WebSocketServer server() throws IOException {
    return server != null ? server : start(builder -> {});
  }

  // ---- peers

  /** A TCP connection to the server. */
  RawPeer connect() throws IOException {
    return keep(RawPeer.connect(server().address(), newWire()));
  }

  /** A handshake in order, for the server. */
  Request handshake() throws IOException {
    return Request.handshake(server().port());
  }

  /** The answer to a request on a connection of its own. */
  Answer ask(Request request) throws IOException {
    try (RawPeer peer = connect()) {
      return peer.send(request).readAnswer();
    }
  }

  /** A connection that is open for the peer. */
  RawPeer connectOpen() throws IOException {
    return shakeHands(connect());
  }

  RawPeer shakeHands(RawPeer peer) throws IOException {
    assertEquals(101, peer.send(handshake()).readAnswer().status(), "status of the handshake");
    return peer;
  }

  @Override
  Link open(Consumer<Setup> options) throws Exception {
    Setup setup = new Setup(inline());
    options.accept(setup);
    start(setup::apply);
    return open(setup.hasSmallWindow());
  }

  private Link open(boolean smallWindow) throws Exception {
    RawPeer peer =
        smallWindow
            ? keep(RawPeer.connectWithSmallWindow(server().address(), newWire()))
            : connect();
    shakeHands(peer);
    return new Link(events().opened(), peer);
  }

  @Override
  DeflateLink openDeflate(Limits limits, Compression compression, String offer) throws Exception {
    start(builder -> builder.limits(limits).compression(compression));
    return openAnotherDeflate(offer);
  }

  @Override
  DeflateLink openAnotherDeflate(String offer) throws Exception {
    RawPeer peer = connect();
    Answer answer = peer.send(handshake().with("Sec-WebSocket-Extensions", offer)).readAnswer();
    assertEquals(101, answer.status());
    String agreed = answer.header("Sec-WebSocket-Extensions");
    if (agreed == null) {
      throw new AssertionError("the offer is accepted");
    }
    return keep(new DeflateLink(new Link(events().opened(), peer), agreed, "client"));
  }

  @Override
  Link openAnother() throws Exception {
    return open(false);
  }

  @Override
  void stop() {
    servers.forEach(WebSocketServer::stop);
  }
}
