package io.github.easywebsocket.jdkclient;

import io.github.easywebsocket.spi.Receiver;
import java.net.ProtocolException;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reports to the receiver what the JDK tells.
 *
 * <p>Threads: the JDK calls one method at a time, and each happens before the next; on the thread
 * of the connection's own HttpClient, but {@code onOpen} on another, and at times what comes first
 * after a pause on the one that resumes. That thread is kept in here while the core has paused.
 *
 * <p>Lifecycle: {@code onOpen (onText | onBinary | onPing | onPong)* (onClose | onError)?}. After
 * an abort there is no more; after an error no {@code onClose}.
 */
final class JdkListener implements WebSocket.Listener {

  /** What the JDK says for an end of the connection without a close frame; never on the wire. */
  private static final int NO_CLOSE_FRAME = 1006;

  private static final int PROTOCOL_ERROR = 1002;
  private static final int INVALID_PAYLOAD = 1007;
  private static final int HIGHEST_CODE = 4999;
  private static final int MOST_BYTES_OF_A_CHAR = 3; // two chars make the characters of four bytes

  private final Connecting connecting;
  private final EngineThread thread;
  private final CharsetEncoder encoder = StandardCharsets.UTF_8.newEncoder();
  private ByteBuffer encoded = ByteBuffer.allocate(0); // the bytes of one part, reused
  private @Nullable JdkTransport transport; // set by onOpen, which comes first

  JdkListener(Connecting connecting, EngineThread thread) {
    this.connecting = connecting;
    this.thread = thread;
  }

  @Override
  public void onOpen(WebSocket webSocket) {
    transport = connecting.opened(webSocket, thread);
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence part, boolean last) {
    // a part never ends inside of a character: the JDK holds its first bytes back
    CharBuffer chars = part instanceof CharBuffer buffer ? buffer : CharBuffer.wrap(part);
    int most = chars.remaining() * MOST_BYTES_OF_A_CHAR;
    if (encoded.capacity() < most) {
      encoded = ByteBuffer.allocate(most);
    }
    encoded.clear();
    encoder.reset().encode(chars, encoded, true);
    return part(true, encoded.flip(), last);
  }

  @Override
  public @Nullable CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer part, boolean last) {
    return part(false, part, last);
  }

  /**
   * Reports a part. It ends a frame for certain if it is the last or empty: the JDK tells no more.
   */
  private @Nullable CompletionStage<?> part(boolean text, ByteBuffer part, boolean last) {
    boolean endOfFrame = last || !part.hasRemaining();
    return report(receiver -> receiver.part(text, part, endOfFrame, last));
  }

  @Override
  public @Nullable CompletionStage<?> onPing(WebSocket webSocket, ByteBuffer payload) {
    return report(receiver -> receiver.ping(payload));
  }

  @Override
  public @Nullable CompletionStage<?> onPong(WebSocket webSocket, ByteBuffer payload) {
    return report(receiver -> receiver.pong(payload));
  }

  private @Nullable CompletionStage<?> report(Consumer<Receiver> event) {
    connecting.succeeded();
    transport().report(event);
    transport().inputTaken();
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket webSocket, int code, String reason) {
    if (code == NO_CLOSE_FRAME) {
      transport().gone(null);
      return null;
    }
    if (code > HIGHEST_CODE) { // the JDK lets pass what RFC 6455 §7.4 does not know
      return transport().failed(PROTOCOL_ERROR, "the peer's close code is " + code);
    }
    return transport().closeReceived(code, reason);
  }

  @Override
  public void onError(WebSocket webSocket, Throwable error) {
    if (error instanceof ProtocolException) {
      // the JDK says by the cause what was wrong, and by its cause whether it was the encoding;
      // a close reason in the wrong encoding is answered with 1002
      Throwable why = error.getCause() == null ? error : error.getCause();
      String detail = String.valueOf(why.getMessage());
      boolean text =
          why.getCause() instanceof CharacterCodingException && !detail.contains("close");
      transport().failed(text ? INVALID_PAYLOAD : PROTOCOL_ERROR, detail);
    } else {
      transport().gone(error);
    }
  }

  private JdkTransport transport() {
    JdkTransport opened = transport;
    if (opened == null) {
      throw new IllegalStateException("not open");
    }
    return opened;
  }
}
