package io.github.easywebsocket.tck;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/**
 * A plain socket under one of TLS that knows the kind of the record that came last: up to TLS 1.2
 * the first byte of each says it (RFC 5246 §6.2.1).
 */
final class TlsRecords extends Socket {

  private static final int ALERT = 21;
  private static final int HEADER = 5;

  private @Nullable InputStream in;

  // the reading thread only
  private int header; // how much of the header of the record under way has come
  private int length; // of its rest
  private int kind;

  /** Whether the last record was an alert, which {@code close_notify} is. */
  boolean endedByAlert() {
    return kind == ALERT && header == HEADER && length == 0;
  }

  @Override
  public InputStream getInputStream() throws IOException {
    if (in == null) {
      in = new Watched(super.getInputStream());
    }
    return in;
  }

  private void see(int next) {
    if (header < HEADER) {
      seeHeader(next);
    } else if (length > 0) {
      length--;
    } else {
      header = 0;
      seeHeader(next);
    }
  }

  private void seeHeader(int next) {
    switch (header++) {
      case 0 -> kind = next;
      case 3 -> length = next << 8;
      case 4 -> length |= next;
      default -> {} // the version
    }
  }

  private final class Watched extends FilterInputStream {
    Watched(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int next = super.read();
      if (next >= 0) {
        see(next);
      }
      return next;
    }

    @Override
    public int read(byte[] bytes, int from, int most) throws IOException {
      int count = super.read(bytes, from, most);
      for (int i = 0; i < count; i++) {
        see(bytes[from + i] & 0xff);
      }
      return count;
    }
  }
}
