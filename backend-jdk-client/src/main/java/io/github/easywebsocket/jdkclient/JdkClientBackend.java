package io.github.easywebsocket.jdkclient;

import io.github.easywebsocket.spi.Capability;
import io.github.easywebsocket.spi.ClientBackend;
import io.github.easywebsocket.spi.ClientSettings;
import io.github.easywebsocket.spi.Receiver;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Clients on the JDK's own {@link java.net.http.WebSocket}: no dependency, HTTP/1.1 only, no
 * compression.
 *
 * <p>Each connection has an {@link java.net.http.HttpClient} of its own, and so one thread, on
 * which everything of that connection is reported. The thread ends with the connection on JDK 21
 * and later, and some seconds after the next garbage collection before.
 *
 * <p>Host names are checked against certificates; the only way around it is the JVM-wide property
 * {@code jdk.internal.httpclient.disableHostnameVerification}. Redirects are not followed.
 */
public final class JdkClientBackend implements ClientBackend {

  static final String NAME = "jdk";

  /** Made by {@link java.util.ServiceLoader}. */
  public JdkClientBackend() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int spiVersion() {
    return SPI_VERSION;
  }

  @Override
  public Set<Capability> capabilities() {
    return Set.of(Capability.TLS);
  }

  @Override
  public Set<String> variances() {
    return Set.of(
        "5.2: an empty close frame is answered with 1000",
        "5.3: an end without a close frame that comes while input is paused may go unnoticed until"
            + " a send or the idle time-out fails",
        "5.6: codes 1002, 1003, 1007, 1009, 1010 and 1012 to 1014 go out as 1008, but in answer to"
            + " the same; from a peer, 1010 is a protocol error",
        "5.13: after a message that is too big the peer is told 1008",
        "6.1: a message is too big when that many bytes have come, not when they are announced",
        "6.3: of fragments only the empty ones are counted",
        "10.1: an answer that has more than Upgrade in its Connection header is refused");
  }

  @Override
  public CompletionStage<Void> connect(ClientSettings settings, Receiver receiver) {
    return new Connecting(settings, receiver).start();
  }
}
