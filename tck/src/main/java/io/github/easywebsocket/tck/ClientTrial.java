package io.github.easywebsocket.tck;

import io.github.easywebsocket.Compression;
import io.github.easywebsocket.Limits;
import io.github.easywebsocket.WebSocketClient;
import io.github.easywebsocket.spi.ClientBackend;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A trial of clients; the peers are servers. */
final class ClientTrial extends Trial {

  private static final int SMALL_WINDOW = 4096;

  private final ClientBackendTck binding;
  private final ClientBackend backend;
  private final List<WebSocketClient> clients = new CopyOnWriteArrayList<>();
  private @Nullable Setup setup;
  private Consumer<WebSocketClient.Builder> deflating = builder -> {};

  ClientTrial(ClientBackendTck binding, Duration patience) {
    super(patience);
    this.binding = binding;
    this.backend = binding.backend();
  }

  @Override
  boolean atServer() {
    return false;
  }

  @Override
  Set<String> variances() {
    return backend.variances();
  }

  @Override
  boolean inline() {
    return binding.inline();
  }

  ClientBackend backend() {
    return backend;
  }

  /** A builder of a client on the backend, with this trial's handler and time. */
  WebSocketClient.Builder builder(URI uri) {
    WebSocketClient.Builder builder =
        WebSocketClient.builder(uri).backend(backend).handler(events()).timeSource(time());
    new Setup(inline()).apply(builder);
    binding.configure(builder);
    return builder;
  }

  /** A server of bytes. */
  RawServer listen() throws IOException {
    return keep(RawServer.listen(null, 0));
  }

  /** Connects on a thread of its own. */
  CompletableFuture<WebSocketClient> connect(WebSocketClient.Builder builder) {
    return Background.call(
        () -> {
          WebSocketClient client = builder.connect();
          clients.add(client);
          return client;
        });
  }

  /** Accepts a connection and its handshake, and opens it. */
  RawPeer acceptOpen(RawServer server) throws IOException {
    RawPeer peer = keep(server.accept(newWire()));
    RawServer.answer(peer, RawServer.switching(peer.readHead()) + "\r\n");
    return peer;
  }

  @Override
  Link open(Consumer<Setup> options) throws Exception {
    setup = new Setup(inline());
    options.accept(setup);
    return open(setup);
  }

  private Link open(Setup setup) throws Exception {
    RawServer server = keep(RawServer.listen(null, setup.hasSmallWindow() ? SMALL_WINDOW : 0));
    WebSocketClient.Builder builder = builder(server.uri());
    setup.apply(builder);
    CompletableFuture<WebSocketClient> connected = connect(builder);
    RawPeer peer = acceptOpen(server);
    Link link = new Link(events().opened(), peer);
    Patience.get(connected, "connect");
    return link;
  }

  @Override
  DeflateLink openDeflate(Limits limits, Compression compression, String offer) throws Exception {
    Compression own =
        compression
            .withServerContextTakeover(compression.clientContextTakeover())
            .withClientContextTakeover(compression.serverContextTakeover());
    deflating = builder -> builder.limits(limits).compression(own);
    return openAnotherDeflate(offer);
  }

  /** The server answers what it asks for, and what the client does. */
  @Override
  DeflateLink openAnotherDeflate(String offer) throws Exception {
    RawServer server = listen();
    WebSocketClient.Builder builder = builder(server.uri());
    deflating.accept(builder);
    CompletableFuture<WebSocketClient> connected = connect(builder);
    RawPeer peer = keep(server.accept(newWire()));
    Head request = peer.readHead();
    String agreed = agreed(String.valueOf(request.first("Sec-WebSocket-Extensions")), offer);
    answer(peer, request, agreed);
    Link link = new Link(events().opened(), peer);
    Patience.get(connected, "connect");
    return keep(new DeflateLink(link, agreed, "server"));
  }

  /** The answer that opens a connection, with these lines of extensions. */
  static void answer(RawPeer peer, Head request, String extensions) {
    StringBuilder answer = new StringBuilder(RawServer.switching(request));
    extensions
        .lines()
        .forEach(line -> answer.append("Sec-WebSocket-Extensions: ").append(line).append("\r\n"));
    RawServer.answer(peer, answer.append("\r\n").toString());
  }

  private static String agreed(String asked, String offer) {
    StringBuilder agreed = new StringBuilder("permessage-deflate");
    for (String end : List.of("server", "client")) {
      String other = end.equals("server") ? "client" : "server";
      String without = "_no_context_takeover";
      if (asked.contains(end + without) || offer.contains(other + without)) {
        agreed.append("; ").append(end).append(without);
      }
    }
    return agreed.toString();
  }

  @Override
  Link openAnother() throws Exception {
    return open(setup != null ? setup : new Setup(inline()));
  }

  @Override
  void stop() {
    clients.forEach(WebSocketClient::close);
  }
}
