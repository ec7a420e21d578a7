package io.github.easywebsocket.benchmarks.clients;

import io.github.easywebsocket.Limits;
import io.github.easywebsocket.WebSocketClient;
import io.github.easywebsocket.WebSocketConnection;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;

/** Our own on a backend, with handlers on threads of the default kind or inline. */
final class EasyWebSocketClient implements Client {

  private final String backend;
  private final boolean inline;

  EasyWebSocketClient(String backend, boolean inline) {
    this.backend = backend;
    this.inline = inline;
  }

  @Override
  public Link connect(URI uri, Loop loop) throws IOException {
    WebSocketClient.Builder builder =
        WebSocketClient.builder(uri)
            .backend(backend)
            .limits(Limits.DEFAULT.withMaxMessageSize(LONGEST).withSendQueueBytes(LONGEST))
            .onMessage(
                (connection, message) -> {
                  if (message.isText()) {
                    loop.reply(message.text());
                  } else {
                    loop.reply(message.payload());
                  }
                })
            .onError((connection, error) -> loop.failed(error));
    if (inline) {
      builder.inline();
    }
    return new EasyLink(builder.connect());
  }

  private record EasyLink(WebSocketClient client, WebSocketConnection connection) implements Link {

    EasyLink(WebSocketClient client) {
      this(client, client.connection());
    }

    @Override
    public void send(ByteBuffer payload) {
      connection.send(payload);
    }

    @Override
    public void send(String text) {
      connection.send(text);
    }

    @Override
    public void close() {
      client.close();
    }
  }
}
