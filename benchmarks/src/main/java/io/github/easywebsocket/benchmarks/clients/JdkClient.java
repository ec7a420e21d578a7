package io.github.easywebsocket.benchmarks.clients;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The JDK's client used directly. It takes one send at a time, so others follow in a chain. */
final class JdkClient implements Client {

  @Override
  public Link connect(URI uri, Loop loop) {
    HttpClient http = HttpClient.newHttpClient();
    WebSocket socket = http.newWebSocketBuilder().buildAsync(uri, new Listener(loop)).join();
    return new JdkLink(socket, loop);
  }

  private static final class JdkLink implements Link {
    private final WebSocket socket;
    private final Loop loop;
    private CompletableFuture<WebSocket> last;

    JdkLink(WebSocket socket, Loop loop) {
      this.socket = socket;
      this.loop = loop;
      last = CompletableFuture.completedFuture(socket);
    }

    @Override
    public void send(ByteBuffer payload) {
      then(ready -> ready.sendBinary(payload, true));
    }

    @Override
    public void send(String text) {
      then(ready -> ready.sendText(text, true));
    }

    private void then(Function<WebSocket, CompletionStage<WebSocket>> send) {
      last = last.thenCompose(send);
      if (last.isCompletedExceptionally()) {
        loop.failed(last.handle((done, failure) -> failure).join());
      }
    }

    @Override
    public void close() {
      last.thenCompose(ready -> ready.sendClose(1000, "")).join();
      socket.abort();
    }
  }

  private static final class Listener implements WebSocket.Listener {
    private final Loop loop;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final StringBuilder chars = new StringBuilder();

    Listener(Loop loop) {
      this.loop = loop;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer part, boolean last) {
      if (last && bytes.size() == 0) {
        loop.reply(part);
      } else {
        byte[] copy = new byte[part.remaining()];
        part.get(copy);
        bytes.writeBytes(copy);
        if (last) {
          loop.reply(ByteBuffer.wrap(bytes.toByteArray()));
          bytes.reset();
        }
      }
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
      if (last && chars.isEmpty()) {
        loop.reply(part.toString());
      } else {
        chars.append(part);
        if (last) {
          loop.reply(chars.toString());
          chars.setLength(0);
        }
      }
      socket.request(1);
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      loop.failed(error);
    }
  }
}
