package io.github.easywebsocket.benchmarks.servers;

import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.websockets.WebSocketConnectionCallback;
import io.undertow.websockets.WebSocketProtocolHandshakeHandler;
import io.undertow.websockets.core.AbstractReceiveListener;
import io.undertow.websockets.core.BufferedBinaryMessage;
import io.undertow.websockets.core.BufferedTextMessage;
import io.undertow.websockets.core.WebSocketCallback;
import io.undertow.websockets.core.WebSocketChannel;
import io.undertow.websockets.core.WebSockets;
import io.undertow.websockets.extensions.PerMessageDeflateHandshake;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.xnio.Options;
import org.xnio.Pooled;

/** Undertow's own WebSocket API: whole messages on the I/O threads, sent on without waiting. */
final class UndertowEcho implements Server {

  private final Set<WebSocketChannel> members = ConcurrentHashMap.newKeySet();

  @Override
  public int start(Setup setup) throws Exception {
    Undertow.Builder builder =
        Undertow.builder()
            .setSocketOption(Options.BACKLOG, BACKLOG)
            .setSocketOption(Options.TCP_NODELAY, true)
            .setHandler(
                Handlers.path()
                    .addExactPath(ECHO, handler(setup, new Echo()))
                    .addExactPath(BROADCAST, handler(setup, new Broadcast())));
    if (setup.tls()) {
      builder.addHttpsListener(setup.port(), HOST, setup.context());
    } else {
      builder.addHttpListener(setup.port(), HOST);
    }
    Undertow undertow = builder.build();
    undertow.start();
    return ((InetSocketAddress) undertow.getListenerInfo().get(0).getAddress()).getPort();
  }

  private WebSocketProtocolHandshakeHandler handler(Setup setup, Echo listener) {
    WebSocketConnectionCallback callback =
        (exchange, channel) -> {
          listener.opened(channel);
          channel.getReceiveSetter().set(listener);
          channel.resumeReceives();
        };
    WebSocketProtocolHandshakeHandler handler = Handlers.websocket(callback);
    return setup.deflate() ? handler.addExtension(new PerMessageDeflateHandshake()) : handler;
  }

  private static class Echo extends AbstractReceiveListener {

    void opened(WebSocketChannel channel) {}

    @Override
    protected void onFullTextMessage(WebSocketChannel channel, BufferedTextMessage message) {
      WebSockets.sendText(message.getData(), channel, null);
    }

    @Override
    protected void onFullBinaryMessage(WebSocketChannel channel, BufferedBinaryMessage message) {
      Pooled<ByteBuffer[]> data = message.getData();
      WebSockets.sendBinary(data.getResource(), channel, new Release(data));
    }

    @Override
    protected long getMaxBinaryBufferSize() {
      return LONGEST;
    }

    @Override
    protected long getMaxTextBufferSize() {
      return LONGEST;
    }
  }

  private final class Broadcast extends Echo {

    @Override
    void opened(WebSocketChannel channel) {
      members.add(channel);
      channel.addCloseTask(members::remove);
    }

    @Override
    protected void onFullTextMessage(WebSocketChannel channel, BufferedTextMessage message) {
      String text = message.getData();
      members.forEach(member -> WebSockets.sendText(text, member, null));
    }

    @Override
    protected void onFullBinaryMessage(WebSocketChannel channel, BufferedBinaryMessage message) {
      try (Pooled<ByteBuffer[]> data = message.getData()) {
        ByteBuffer copy = WebSockets.mergeBuffers(data.getResource());
        members.forEach(member -> WebSockets.sendBinary(copy.duplicate(), member, null));
      }
    }
  }

  /** Gives a message's buffers back when it is sent. */
  private record Release(Pooled<ByteBuffer[]> data) implements WebSocketCallback<Void> {

    @Override
    public void complete(WebSocketChannel channel, Void context) {
      data.close();
    }

    @Override
    public void onError(WebSocketChannel channel, Void context, Throwable failure) {
      data.close();
    }
  }
}
