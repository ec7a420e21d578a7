package io.github.easywebsocket.examples.nio;

import io.github.easywebsocket.Headers;
import io.github.easywebsocket.WebSocketException;
import io.github.easywebsocket.WebSocketException.Kind;
import io.github.easywebsocket.spi.Acceptance;
import io.github.easywebsocket.spi.Exchange;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The one request of a connection, from its first byte to its answer. */
final class NioExchange implements Exchange {

  private final NioServer server;
  private final NioPipe pipe;

  // the server's thread only, but that head is read by all once it is complete
  private ByteBuffer bytes; // of the head, then what came behind it
  private @Nullable RequestHead head;
  private @Nullable CompletableFuture<byte[]> body;
  private int bodyLength;
  private boolean answered;
  private @Nullable Acceptance pending; // accepted, and not yet open
  private final CompletableFuture<Void> over = new CompletableFuture<>(); // the response is

  NioExchange(NioServer server, NioPipe pipe) {
    this.server = server;
    this.pipe = pipe;
    this.bytes = ByteBuffer.allocate(512);
  }

  // ---- the server's thread

  void received(ByteBuffer more) throws IOException {
    append(more);
    if (head == null) {
      parseHead();
    } else {
      completeBody();
    }
  }

  private void append(ByteBuffer more) throws IOException {
    int size = bytes.position() + more.remaining();
    int most = server.settings.maxHeaderBytes() + server.settings.limits().maxMessageSize();
    if (size > most) {
      throw new IOException("a client sends without end before its request is answered");
    }
    if (size > bytes.capacity()) {
      bytes = ByteBuffer.allocate(Math.max(size, 2 * bytes.capacity())).put(bytes.flip());
    }
    bytes.put(more);
  }

  private void parseHead() {
    int length = RequestHead.length(bytes);
    if (length > server.settings.maxHeaderBytes()
        || (length < 0 && bytes.position() > server.settings.maxHeaderBytes())) {
      respond(431, Headers.EMPTY, new byte[0]);
    } else if (length > 0) {
      RequestHead parsed = RequestHead.parse(bytes, length);
      bytes.flip().position(length);
      bytes.compact();
      if (parsed == null) {
        respond(400, Headers.EMPTY, new byte[0]);
      } else {
        head = parsed;
        server.acceptor.accept(this);
      }
    }
  }

  private void completeBody() {
    if (body != null && bytes.position() >= bodyLength) {
      byte[] whole = new byte[bodyLength];
      bytes.get(0, whole);
      body.complete(whole);
    }
  }

  boolean isWaitingForAnswer() {
    return head != null && !answered && body == null;
  }

  void lost() {
    if (body != null) {
      body.completeExceptionally(new IOException("the client is gone"));
    }
    if (pending != null) {
      pending.receiver().closed(null);
    }
    over.complete(null);
  }

  /** The response is written. */
  void responded() {
    over.complete(null);
  }

  // ---- what was asked

  private RequestHead head() {
    if (head == null) {
      throw new IllegalStateException("the head is not complete");
    }
    return head;
  }

  @Override
  public String method() {
    return head().method();
  }

  @Override
  public String protocol() {
    return head().protocol();
  }

  @Override
  public String target() {
    return head().target();
  }

  @Override
  public Headers headers() {
    return head().headers();
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return pipe.remoteAddress();
  }

  @Override
  public CompletionStage<byte[]> body(int limit) {
    String length = headers().first("Content-Length");
    long announced = length == null ? -1 : RequestHead.number(length);
    if (announced < 0) {
      return CompletableFuture.failedStage(new IOException("only bodies with a length are read"));
    }
    if (announced > limit) {
      return CompletableFuture.failedStage(
          new WebSocketException(Kind.MESSAGE_TOO_BIG, "a body exceeds " + limit + " bytes"));
    }
    body = new CompletableFuture<>();
    bodyLength = (int) announced;
    completeBody();
    return body;
  }

  // ---- the answer

  @Override
  public CompletionStage<?> respond(int status, Headers headers, byte[] content) {
    StringBuilder text = statusLine(status);
    headers.forEach((name, value) -> add(text, name, value));
    if (!headers.contains("Connection")) {
      add(text, "Connection", "close");
    }
    if (status != 204 && status != 304) {
      add(text, "Content-Length", Integer.toString(content.length));
    }
    boolean bodiless = head != null && method().equals("HEAD");
    byte[] first = text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer whole = ByteBuffer.allocate(first.length + content.length).put(first);
    ByteBuffer response = (bodiless ? whole : whole.put(content)).flip();
    answer(() -> pipe.respond(response));
    return over;
  }

  @Override
  public void upgrade(Acceptance acceptance) {
    StringBuilder text = statusLine(101);
    add(text, "Upgrade", "websocket");
    add(text, "Connection", "Upgrade");
    add(text, "Sec-WebSocket-Accept", acceptance.acceptKey());
    if (acceptance.subprotocol() != null) {
      add(text, "Sec-WebSocket-Protocol", acceptance.subprotocol());
    }
    acceptance.headers().forEach((name, value) -> add(text, name, value));
    byte[] response = text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    answer(
        () -> {
          pending = acceptance;
          pipe.upgrade(ByteBuffer.wrap(response), acceptance, bytes.flip());
          pending = null;
        });
  }

  private void answer(NioServer.Step answer) {
    server.execute(
        () -> {
          answered = true;
          NioServer.take(pipe, answer);
        });
  }

  private static StringBuilder statusLine(int status) {
    return new StringBuilder(256).append("HTTP/1.1 ").append(status).append(" \r\n");
  }

  private static void add(StringBuilder text, String name, String value) {
    text.append(name).append(": ").append(value).append("\r\n");
  }
}
