package io.github.easywebsocket.benchmarks.load;

import java.io.IOException;
import java.nio.ByteBuffer;

/** For a server that knows nothing of WebSockets: the very bytes come back. */
final class StreamCheck implements Check {

  private final Messages messages;
  private final ByteBuffer expected;
  private long taken; // bytes
  private long done; // messages

  StreamCheck(Messages messages) {
    this.messages = messages;
    expected = messages.frames();
  }

  @Override
  public int take(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      int from = (int) (taken % messages.frameBytes());
      int count = Math.min(bytes.remaining(), messages.frameBytes() - from);
      Compare.next(count, bytes, expected, from);
      taken += count;
    }
    long whole = messages.wholeIn(taken);
    int more = (int) (whole - done);
    done = whole;
    return more;
  }
}
