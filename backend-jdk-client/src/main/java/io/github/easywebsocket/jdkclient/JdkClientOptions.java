package io.github.easywebsocket.jdkclient;

import io.github.easywebsocket.spi.BackendOption;
import java.net.ProxySelector;

/** The options that only the backend {@code "jdk"} has. */
public final class JdkClientOptions {

  /**
   * Which HTTP proxy to connect through. Absent: the JVM's default selector, which knows no proxy
   * unless system properties such as {@code https.proxyHost} name one. {@code
   * HttpClient.Builder.NO_PROXY} connects directly whatever they say. A proxy that refuses is a
   * failure to connect, of kind {@code IO}.
   */
  public static final BackendOption<ProxySelector> PROXY =
      new BackendOption<>(JdkClientBackend.NAME, "PROXY", ProxySelector.class);

  private JdkClientOptions() {}
}
