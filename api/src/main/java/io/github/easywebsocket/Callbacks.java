package io.github.easywebsocket;

import io.github.easywebsocket.WebSocketHandler.Event;
import io.github.easywebsocket.WebSocketHandler.Signal;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A handler made of the functions given to a builder, each of them optional. */
final class Callbacks implements WebSocketHandler {

  @Nullable Signal open;
  @Nullable Event<Message> message;
  @Nullable Event<String> text;
  @Nullable Event<ByteBuffer> binary;
  @Nullable Event<MessagePart> part;
  @Nullable Event<IncomingMessage> stream;
  @Nullable Signal writable;
  @Nullable Event<ByteBuffer> ping;
  @Nullable Event<ByteBuffer> pong;
  @Nullable Event<Throwable> error;
  @Nullable Event<CloseReason> close;

  /** A copy, so that a builder used again changes nothing that runs. */
  Callbacks copy() {
    Callbacks copy = new Callbacks();
    copy.open = open;
    copy.message = message;
    copy.text = text;
    copy.binary = binary;
    copy.part = part;
    copy.stream = stream;
    copy.writable = writable;
    copy.ping = ping;
    copy.pong = pong;
    copy.error = error;
    copy.close = close;
    return copy;
  }

  boolean isEmpty() {
    return Stream.of(open, message, text, binary, part, stream, writable, ping, pong, error, close)
        .allMatch(Objects::isNull);
  }

  @Override
  public void onOpen(WebSocketConnection connection) throws Exception {
    if (open != null) {
      open.on(connection);
    }
  }

  @Override
  public void onMessage(WebSocketConnection connection, Message received) throws Exception {
    if (message != null) {
      message.on(connection, received);
    }
    if (text != null && received.isText()) {
      text.on(connection, received.text());
    }
    if (binary != null && !received.isText()) {
      binary.on(connection, received.payload());
    }
  }

  @Override
  public Delivery delivery() {
    return part != null ? Delivery.PARTS : stream != null ? Delivery.STREAMS : Delivery.MESSAGES;
  }

  /** Whether there are functions that would never be called beside another. */
  boolean contradict() {
    boolean whole = message != null || text != null || binary != null;
    return (whole && (part != null || stream != null)) || (part != null && stream != null);
  }

  @Override
  public void onPart(WebSocketConnection connection, MessagePart received) throws Exception {
    if (part != null) {
      part.on(connection, received);
    }
  }

  @Override
  public void onStream(WebSocketConnection connection, IncomingMessage received) throws Exception {
    if (stream != null) {
      stream.on(connection, received);
    }
  }

  @Override
  public void onWritable(WebSocketConnection connection) throws Exception {
    if (writable != null) {
      writable.on(connection);
    }
  }

  @Override
  public void onPing(WebSocketConnection connection, ByteBuffer payload) throws Exception {
    if (ping != null) {
      ping.on(connection, payload);
    }
  }

  @Override
  public void onPong(WebSocketConnection connection, ByteBuffer payload) throws Exception {
    if (pong != null) {
      pong.on(connection, payload);
    }
  }

  @Override
  public void onError(WebSocketConnection connection, Throwable failure) throws Exception {
    if (error != null) {
      error.on(connection, failure);
    } else {
      WebSocketHandler.super.onError(connection, failure);
    }
  }

  @Override
  public void onClose(WebSocketConnection connection, CloseReason reason) throws Exception {
    if (close != null) {
      close.on(connection, reason);
    }
  }
}
