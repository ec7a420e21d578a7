package io.github.easywebsocket.jetty;

import io.github.easywebsocket.spi.ServerSettings;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.http2.server.AbstractHTTP2ServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;

/** The protocols that a server speaks beneath WebSocket, the first on a new connection first. */
final class Protocols {

  private static final String HTTP_1_1 = "http/1.1";

  /** The most WebSockets and requests at a time on one connection of HTTP/2. */
  private static final int STREAMS = 128;

  /** How much a client may send on one stream before it is read. */
  private static final int STREAM_WINDOW = 64 << 10;

  private Protocols() {}

  static List<ConnectionFactory> of(ServerSettings settings) {
    HttpConnectionFactory http1 = new HttpConnectionFactory(configuration(settings));
    SSLContext tls = settings.tls();
    if (!settings.http2()) {
      return tls == null ? List.of(http1) : List.of(tls(tls, HTTP_1_1), http1);
    }
    if (tls == null) {
      return List.of(http1, bounded(new PriorKnowledge(configuration(settings))));
    }
    HTTP2ServerConnectionFactory http2 = new HTTP2ServerConnectionFactory(configuration(settings));
    ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory("h2", HTTP_1_1);
    alpn.setDefaultProtocol(HTTP_1_1);
    return List.of(tls(tls, alpn.getProtocol()), alpn, bounded(http2), http1);
  }

  private static HttpConfiguration configuration(ServerSettings settings) {
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setSendDateHeader(false);
    http.setRequestHeaderSize(settings.maxHeaderBytes());
    http.setHttpCompliance(HttpCompliance.STRICT); // a line ends in CR LF
    // the core looks at the raw target only, so nothing in it is ambiguous
    http.setUriCompliance(UriCompliance.UNSAFE);
    return http;
  }

  /** Serves what the context serves, whatever host name the client asks for. */
  private static SslConnectionFactory tls(SSLContext tls, String next) {
    SslContextFactory.Server context = new SslContextFactory.Server();
    context.setSslContext(tls);
    SslConnectionFactory factory = new SslConnectionFactory(context, next);
    factory.setEnsureSecureRequestCustomizer(false); // which compares host names
    return factory;
  }

  /** Streams that are not read never take all of the connection's window, which others need. */
  private static ConnectionFactory bounded(AbstractHTTP2ServerConnectionFactory http2) {
    http2.setMaxConcurrentStreams(STREAMS);
    http2.setInitialStreamRecvWindow(STREAM_WINDOW);
    http2.setInitialSessionRecvWindow(2 * STREAMS * STREAM_WINDOW);
    return http2;
  }

  /**
   * HTTP/2 on plain TCP, with clients that begin with it. Not by {@code Upgrade: h2c}, which RFC
   * 9113 has dropped: a proxy that passes that on could no longer see what goes through it.
   */
  private static final class PriorKnowledge extends HTTP2CServerConnectionFactory {
    PriorKnowledge(HttpConfiguration configuration) {
      super(configuration);
    }

    @Override
    public @Nullable Connection upgradeConnection(
        Connector connector,
        EndPoint endPoint,
        MetaData.Request request,
        HttpFields.Mutable response) {
      return HttpMethod.PRI.is(request.getMethod())
          ? super.upgradeConnection(connector, endPoint, request, response)
          : null;
    }
  }
}
