package io.github.easywebsocket;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A message, or a part of one, that has to wait; its completion. */
final class Sending extends CompletableFuture<Void> {

  final Message message;
  final @Nullable OutgoingMessage of; // null if it is a whole message
  final boolean first;
  final boolean last;
  @Nullable Room room; // in which it has its place

  Sending(Message message) {
    this(message, null, true, true);
  }

  Sending(Message message, @Nullable OutgoingMessage of, boolean first, boolean last) {
    this.message = message;
    this.of = of;
    this.first = first;
    this.last = last;
  }
}
