package io.github.easywebsocket;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A message that is sent in parts, and is never whole in memory: each part is a frame (RFC 6455
 * §5.4).
 *
 * <p>Its first part takes its place in the order of messages. From then until {@link #finish()},
 * other messages of the connection wait in its send queue, so finish soon; pings, pongs and a close
 * frame do not wait. If the connection closes in between, the rest is not sent.
 *
 * <p>A message that has begun cannot be taken back. If its source fails halfway, close the
 * connection, for example with {@link CloseReason#INTERNAL_ERROR}, and do not finish the message:
 * the parts so far go out, then the close frame, and the peer does not take them for a whole
 * message.
 *
 * <p>A part that is refused at once because the send queue is full ({@code QUEUE_FULL}) is not in
 * the message: send it again, or give up the connection. Under {@link Limits.Overflow#DROP_OLDEST},
 * a message of which nothing has left yet may be dropped; then all its parts fail, later ones
 * included.
 *
 * <p>For one thread at a time.
 */
public final class OutgoingMessage {

  /** How much the streams gather for one part. */
  private static final int CHUNK = 16 << 10;

  private static final Message NO_TEXT = Message.text("");
  private static final Message NO_BYTES = Message.binary(new byte[0]);

  private final Outbox outbox;
  private final boolean text;

  /** The parts that wait, but the first, which waits among the messages. */
  final Queue<Sending> parts = new ConcurrentLinkedQueue<>();

  /** The room for parts while the message is under way. */
  final Room room;

  /** How many bytes the transport has taken; for who may call it. */
  long sent;

  /** Why parts are of no use any more: an earlier one is lost. */
  volatile @Nullable WebSocketException brokenBy;

  private boolean started;
  private boolean finished;
  private boolean refused; // the latest part
  private char cutOff; // the first half of a surrogate pair, 0 for none

  OutgoingMessage(Outbox outbox, Limits limits, boolean text) {
    this.outbox = outbox;
    this.room = new Room(limits);
    this.text = text;
  }

  /** Whether the message is text; if not, it is binary. */
  public boolean isText() {
    return text;
  }

  /**
   * Sends the bytes that remain in the buffer as a part. They are copied before this returns; the
   * buffer's position does not change.
   *
   * @return as {@link WebSocketConnection#send(Message)}
   * @throws IllegalStateException if the message is text, or finished
   */
  public CompletionStage<Void> send(ByteBuffer part) {
    if (text) {
      throw new IllegalStateException("a text message takes characters, not bytes");
    }
    return send(Message.binary(part), false);
  }

  /**
   * Sends characters as a part. A surrogate pair may be split between two parts.
   *
   * @return as {@link WebSocketConnection#send(CharSequence)}
   * @throws IllegalStateException if the message is binary, or finished
   */
  public CompletionStage<Void> send(CharSequence part) {
    if (!text) {
      throw new IllegalStateException("a binary message takes bytes, not characters");
    }
    String whole = cutOff == 0 ? part.toString() : cutOff + part.toString();
    char last = whole.isEmpty() ? 0 : whole.charAt(whole.length() - 1);
    char next = Character.isHighSurrogate(last) ? last : 0;
    Message message;
    try {
      message = Message.text(next == 0 ? whole : whole.substring(0, whole.length() - 1));
    } catch (IllegalArgumentException e) {
      return CompletableFuture.failedStage(e);
    }
    char before = cutOff;
    cutOff = next;
    CompletionStage<Void> sent = send(message, false);
    if (refused) {
      cutOff = before;
    }
    return sent;
  }

  /**
   * Ends the message.
   *
   * @return as {@link WebSocketConnection#send(Message)}; fails with an {@link
   *     IllegalArgumentException} if a text ends with half of a surrogate pair, which is left out
   * @throws IllegalStateException if the message is finished already
   */
  public CompletionStage<Void> finish() {
    CompletionStage<Void> sent = send(text ? NO_TEXT : NO_BYTES, true);
    if (cutOff != 0 && !refused) {
      return CompletableFuture.failedStage(
          new IllegalArgumentException("the text ends with half of a surrogate pair"));
    }
    return sent;
  }

  private CompletionStage<Void> send(Message part, boolean last) {
    if (finished) {
      throw new IllegalStateException("the message is finished");
    }
    Sending sending = new Sending(part, this, !started, last);
    WebSocketException refusal = outbox.sendPart(sending);
    refused = refusal != null;
    if (refusal != null) {
      return CompletableFuture.failedStage(refusal);
    }
    started = true;
    finished = last;
    return sending.minimalCompletionStage();
  }

  /**
   * The message as a stream of bytes, for a thread that may block: a write waits until the
   * transport has taken what was written. Closing the stream finishes the message. If a close
   * throws because there was no room, the message is not finished, and the close may be repeated.
   *
   * <p>At the end of a try-with-resources this happens even if the body has thrown, and then the
   * peer takes what was written for the whole message. If the source of your copy may fail, catch
   * that inside the body and close the connection first; closing the stream then throws, and sends
   * nothing.
   *
   * @throws IllegalStateException if the message is text
   */
  public OutputStream outputStream() {
    if (text) {
      throw new IllegalStateException("a text message has no outputStream(); use writer()");
    }
    return new Output();
  }

  /**
   * The message as a stream of characters, for a thread that may block; as {@link #outputStream()}.
   *
   * @throws IllegalStateException if the message is binary
   */
  public Writer writer() {
    if (!text) {
      throw new IllegalStateException("a binary message has no writer(); use outputStream()");
    }
    return new Characters();
  }

  /** Waits until a part is handed to the transport, so that no more than one waits. */
  private void await(CompletionStage<Void> sent) throws IOException {
    CompletableFuture<Void> future = sent.toCompletableFuture();
    if (!future.isDone() && !outbox.mayBlock()) {
      throw new IllegalStateException(
          "this thread must not wait for the peer; use send(…) and what it returns");
    }
    try {
      future.get();
    } catch (ExecutionException | CompletionException e) {
      throw ofItsOwn(requireNonNull(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while sending");
    }
  }

  /** An exception of this call's: one that is thrown twice cannot be suppressed by itself. */
  private static IOException ofItsOwn(Throwable failure) {
    return failure instanceof WebSocketException e
        ? new WebSocketException(e.kind(), String.valueOf(e.getMessage()), e)
        : new IOException(failure);
  }

  /** What a stream gathers for the next part. */
  private final class Gathered<B extends Buffer> {
    final B buffer;
    private final Function<B, CompletionStage<Void>> send;

    Gathered(B buffer, Function<B, CompletionStage<Void>> send) {
      this.buffer = buffer;
      this.send = send;
    }

    void flushIfFull() throws IOException {
      if (!buffer.hasRemaining()) {
        flush();
      }
    }

    /** What is refused stays, to be sent with the next flush: nothing may be left out. */
    void flush() throws IOException {
      if (buffer.position() > 0) {
        buffer.flip();
        CompletionStage<Void> sent = send.apply(buffer);
        if (refused) {
          buffer.position(buffer.limit()).limit(buffer.capacity());
        } else {
          buffer.clear();
        }
        await(sent);
      }
    }

    void close() throws IOException {
      if (!finished) {
        flush();
        await(finish());
      }
    }
  }

  private final class Output extends OutputStream {
    private final Gathered<ByteBuffer> gathered =
        new Gathered<>(ByteBuffer.allocate(CHUNK), OutgoingMessage.this::send);

    @Override
    public void write(int b) throws IOException {
      gathered.flushIfFull();
      gathered.buffer.put((byte) b);
      gathered.flushIfFull();
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, bytes.length);
      for (int done = 0, count; done < length; done += count) {
        count = Math.min(length - done, gathered.buffer.remaining());
        gathered.buffer.put(bytes, offset + done, count);
        gathered.flushIfFull();
      }
    }

    @Override
    public void flush() throws IOException {
      gathered.flush();
    }

    @Override
    public void close() throws IOException {
      gathered.close();
    }
  }

  private final class Characters extends Writer {
    private final Gathered<CharBuffer> gathered =
        new Gathered<>(CharBuffer.allocate(CHUNK), OutgoingMessage.this::send);

    @Override
    public void write(char[] chars, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, chars.length);
      for (int done = 0, count; done < length; done += count) {
        count = Math.min(length - done, gathered.buffer.remaining());
        gathered.buffer.put(chars, offset + done, count);
        gathered.flushIfFull();
      }
    }

    @Override
    public void flush() throws IOException {
      gathered.flush();
    }

    @Override
    public void close() throws IOException {
      gathered.close();
    }
  }
}
