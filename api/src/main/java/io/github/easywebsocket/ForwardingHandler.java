package io.github.easywebsocket;

import java.nio.ByteBuffer;

/** A handler that leaves all to another. */
class ForwardingHandler implements WebSocketHandler {

  private final WebSocketHandler other;

  ForwardingHandler(WebSocketHandler other) {
    this.other = other;
  }

  @Override
  public void onOpen(WebSocketConnection connection) throws Exception {
    other.onOpen(connection);
  }

  @Override
  public void onMessage(WebSocketConnection connection, Message message) throws Exception {
    other.onMessage(connection, message);
  }

  @Override
  public Delivery delivery() {
    return other.delivery();
  }

  @Override
  public void onPart(WebSocketConnection connection, MessagePart part) throws Exception {
    other.onPart(connection, part);
  }

  @Override
  public void onStream(WebSocketConnection connection, IncomingMessage message) throws Exception {
    other.onStream(connection, message);
  }

  @Override
  public void onWritable(WebSocketConnection connection) throws Exception {
    other.onWritable(connection);
  }

  @Override
  public void onPing(WebSocketConnection connection, ByteBuffer payload) throws Exception {
    other.onPing(connection, payload);
  }

  @Override
  public void onPong(WebSocketConnection connection, ByteBuffer payload) throws Exception {
    other.onPong(connection, payload);
  }

  @Override
  public void onError(WebSocketConnection connection, Throwable error) throws Exception {
    other.onError(connection, error);
  }

  @Override
  public void onClose(WebSocketConnection connection, CloseReason reason) throws Exception {
    other.onClose(connection, reason);
  }
}
