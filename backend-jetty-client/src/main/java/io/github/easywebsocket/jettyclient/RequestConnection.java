package io.github.easywebsocket.jettyclient;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * A connection while it is HTTP: sends the head of a request, reads that of the answer, and then is
 * to be upgraded or closed.
 */
final class RequestConnection extends AbstractConnection
    implements Connection.UpgradeFrom, Connection.UpgradeTo {

  private static final int BUFFER_SIZE = 4096;

  private final Engine engine;
  private final String request;
  private final Answered answered;
  private final Consumer<Throwable> failed;
  private final AnswerParser parser = new AnswerParser();
  private ByteBuffer behindTheAnswer = BufferUtil.EMPTY_BUFFER;

  // what others see of the end waits for the reading under way, which knows better why
  private volatile boolean reading;
  private volatile @Nullable Throwable end;

  /** What to do with an answer; what it throws is why the attempt has failed. */
  interface Answered {
    void accept(EndPoint endPoint, Answer answer) throws IOException;
  }

  /**
   * Makes the connection.
   *
   * @param request the head, to its empty line
   * @param answered called once at most, on a thread of the engine's
   * @param failed called with all that goes wrong, on a thread of the engine's
   */
  RequestConnection(
      EndPoint endPoint,
      Engine engine,
      String request,
      Answered answered,
      Consumer<Throwable> failed) {
    super(endPoint, engine.getExecutor());
    this.engine = engine;
    this.request = request;
    this.answered = answered;
    this.failed = failed;
  }

  @Override
  public void onOpen() {
    super.onOpen();
    ByteBuffer head = ByteBuffer.wrap(request.getBytes(StandardCharsets.ISO_8859_1));
    getEndPoint().write(Callback.from(() -> {}, this::ended), head);
    fillInterested();
  }

  @Override
  public void onFillable() {
    reading = true;
    try {
      Answer answer = read();
      if (answer != null) {
        answered.accept(getEndPoint(), answer);
      }
    } catch (Throwable e) {
      failed.accept(e);
    }
  }

  /** Something else than the reading has ended the connection, or sees that it has ended. */
  private void ended(Throwable cause) {
    end = cause;
    if (!reading) {
      failed.accept(cause);
    }
  }

  /** Reads what there is; null if that is not all, or there was no answer. */
  private @Nullable Answer read() throws IOException {
    RetainableByteBuffer retainable = engine.pool().acquire(BUFFER_SIZE, true);
    try {
      ByteBuffer buffer = retainable.getByteBuffer();
      while (true) {
        BufferUtil.clear(buffer);
        int count = getEndPoint().fill(buffer);
        if (count < 0) {
          throw new EOFException();
        }
        if (count == 0) {
          awaitMore();
          return null;
        }
        Answer answer = parser.parse(buffer);
        if (answer != null) {
          behindTheAnswer = BufferUtil.copy(buffer);
          return answer;
        }
      }
    } finally {
      retainable.release();
    }
  }

  private void awaitMore() {
    reading = false;
    Throwable cause = end;
    if (cause == null) {
      fillInterested(); // last: another thread may go on at once
    } else {
      failed.accept(cause);
    }
  }

  @Override
  public void onFillInterestedFailed(Throwable cause) {
    failed.accept(cause);
  }

  @Override
  public ByteBuffer onUpgradeFrom() {
    return behindTheAnswer;
  }

  /** Behind a proxy's answer nothing can have come: the server has not been asked yet. */
  @Override
  public void onUpgradeTo(ByteBuffer buffer) {
    failed.accept(new IOException("the server sent something before it was asked"));
  }

  /** The endpoint is closed, or another connection has taken over. */
  @Override
  public void onClose(@Nullable Throwable cause) {
    super.onClose(cause);
    if (!getEndPoint().isOpen()) {
      ended(cause == null ? new ClosedChannelException() : cause);
    }
  }
}
