package io.github.easywebsocket.benchmarks.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** TLS as a client that trusts everybody. */
final class TlsWire implements Wire {

  private static final SSLContext CONTEXT = trusting();
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final SocketChannel channel;
  private final SSLEngine engine = CONTEXT.createSSLEngine();
  private final ByteBuffer in; // records, ready to be put more into
  private final ByteBuffer out; // records, ready to be written
  private boolean shakingHands = true;
  private boolean more;

  /** Shakes hands; the channel must block. */
  TlsWire(SocketChannel channel) throws IOException {
    this.channel = channel;
    engine.setUseClientMode(true);
    int record = engine.getSession().getPacketBufferSize();
    in = ByteBuffer.allocateDirect(4 * record);
    out = ByteBuffer.allocateDirect(4 * record).limit(0);
    engine.beginHandshake();
    ByteBuffer none = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
    while (true) {
      HandshakeStatus status = engine.getHandshakeStatus();
      if (status == HandshakeStatus.NEED_WRAP) {
        write(NOTHING.duplicate());
      } else if (status == HandshakeStatus.NEED_TASK) {
        engine.getDelegatedTask().run();
      } else if (status == HandshakeStatus.NEED_UNWRAP) {
        read(none);
      } else {
        shakingHands = false;
        return;
      }
    }
  }

  @Override
  public SocketChannel channel() {
    return channel;
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    int before = into.position();
    more = false;
    while (true) {
      in.flip();
      SSLEngineResult result = engine.unwrap(in, into);
      in.compact();
      switch (result.getStatus()) {
        case OK -> {
          // later a record may be a new ticket for a session, with messages behind it
          if (shakingHands && engine.getHandshakeStatus() != HandshakeStatus.NEED_UNWRAP) {
            return into.position() - before;
          }
        }
        case BUFFER_UNDERFLOW -> {
          if (into.position() > before) {
            return into.position() - before;
          }
          int count = channel.read(in);
          if (count <= 0) {
            return count;
          }
        }
        case BUFFER_OVERFLOW -> {
          more = true;
          return into.position() - before;
        }
        case CLOSED -> {
          return -1;
        }
      }
    }
  }

  @Override
  public boolean hasMore() {
    return more;
  }

  @Override
  public boolean write(ByteBuffer from) throws IOException {
    while (true) {
      channel.write(out);
      if (out.hasRemaining()) {
        return false;
      }
      if (!from.hasRemaining() && engine.getHandshakeStatus() != HandshakeStatus.NEED_WRAP) {
        return true;
      }
      out.clear();
      SSLEngineResult result;
      do {
        result = engine.wrap(from, out);
      } while (result.getStatus() == SSLEngineResult.Status.OK && from.hasRemaining());
      out.flip();
    }
  }

  private static SSLContext trusting() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new Trusting()}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class Trusting implements X509TrustManager {

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
