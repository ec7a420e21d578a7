package io.github.easywebsocket.jdkclient;

import io.github.easywebsocket.spi.BackendOption;
import io.github.easywebsocket.spi.Capability;
import io.github.easywebsocket.spi.ClientBackend;
import io.github.easywebsocket.spi.ClientSettings;
import io.github.easywebsocket.spi.Receiver;
import java.net.ProxySelector;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;

/**
 * The client backend {@code "jdk"}, on the JDK's own {@link java.net.http.WebSocket}: no
 * dependency, HTTP/1.1 only, no compression. It cannot keep every rule of CONTRACT.md; {@link
 * #variances()} lists which. Safe from any thread.
 *
 * <p>Each connection has an {@link java.net.http.HttpClient} of its own, and so a thread of its
 * own, which reports everything that happens on it. That thread ends with the connection on JDK 21
 * and later; before, some seconds after the next garbage collection.
 *
 * <p>Host names are checked against certificates, unless the JVM-wide property {@code
 * jdk.internal.httpclient.disableHostnameVerification} turns that off. Redirects are not followed.
 */
public final class JdkClientBackend implements ClientBackend {

  static final String NAME = "jdk";

  /**
   * Which HTTP proxy to connect through. Default: the JVM's own selector, which knows no proxy
   * unless system properties such as {@code https.proxyHost} name one. {@code
   * HttpClient.Builder.NO_PROXY} connects directly whatever they say. If the proxy refuses,
   * connecting fails with kind {@code IO}.
   */
  public static final BackendOption<ProxySelector> PROXY =
      new BackendOption<>(NAME, "PROXY", ProxySelector.class);

  /** Makes the backend; nothing is started. */
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
  public Set<BackendOption<?>> options() {
    return Set.of(PROXY);
  }

  @Override
  public Set<String> variances() {
    Set<String> variances = new TreeSet<>();
    for (int code : new int[] {1002, 1003, 1007, 1009, 1010, 1012, 1013, 1014}) {
      variances.add("5.6 may be sent, " + code + ": the JDK refuses the code; 1008 is sent");
    }
    String code1009 = "the JDK refuses to send 1009; the peer is told 1008";
    variances.addAll(
        Set.of(
            "5.2 an empty close frame: the JDK sends none without a code; the answer is 1000",
            "5.2 Autobahn 7.3.1: an empty close frame, as above",
            "5.5 with 1002, 5000: the JDK takes the code and refuses to send 1002; 1008 is sent",
            "5.5 with 1002, 65535: as 5000",
            "5.5 Autobahn 7.13.1: as 5000",
            "5.5 Autobahn 7.13.2: as 5000",
            "5.6 is taken, 1010: the JDK fails the connection with 1002",
            "5.6 Autobahn 7.7.8: as 1010",
            "5.13 too big: " + code1009,
            "5.13 right behind the answer: the JDK then ends TCP before it has sent the frame",
            "6.1 fails at its header: the JDK tells of a frame when its payload comes",
            "6.1 the limit fails,: " + code1009,
            "6.1 fragments are summed: " + code1009,
            "6.1 counts bytes: " + code1009,
            "6.3 one fragment more: " + code1009 + ", and only empty fragments are counted",
            "6.3 a flood: " + code1009,
            "6.4 every byte: the JDK does not tell of bytes that complete nothing",
            "6.7: the JDK writes on when the system tells that there is room, and not before",
            "10.1 keep-alive, Upgrade: the JDK refuses more than Upgrade in Connection"));
    return variances;
  }

  @Override
  public CompletionStage<Void> connect(ClientSettings settings, Receiver receiver) {
    return new Connecting(settings, receiver).start();
  }
}
