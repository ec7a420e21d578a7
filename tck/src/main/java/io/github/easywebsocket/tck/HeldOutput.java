package io.github.easywebsocket.tck;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;

/**
 * A plain socket under one of TLS that can hold back what it is to send, so that several records
 * leave in one write. It never sends a FIN while TLS ends.
 */
final class HeldOutput extends Socket {

  private final ByteArrayOutputStream held = new ByteArrayOutputStream();
  private boolean holds;

  void hold() {
    holds = true;
  }

  /** Sends all that was held back. */
  void release() throws IOException {
    holds = false;
    super.getOutputStream().write(held.toByteArray());
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    OutputStream out = super.getOutputStream();
    return new OutputStream() {
      @Override
      public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int from, int count) throws IOException {
        (holds ? held : out).write(bytes, from, count);
      }
    };
  }

  @Override
  public void shutdownOutput() {}
}
