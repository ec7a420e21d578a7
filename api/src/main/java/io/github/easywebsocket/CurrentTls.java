package io.github.easywebsocket;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The one context that a server's engine is given: what it makes is of the {@link Tls} that is set
 * at that moment, so that engines need not know that it changes, nor of client certificates.
 */
final class CurrentTls extends SSLContextSpi {

  private volatile Tls tls;

  CurrentTls(Tls tls) {
    this.tls = tls;
  }

  /** What connections accepted from now on get. */
  void set(Tls next) {
    tls = next;
  }

  SSLContext asContext() {
    SSLContext context = tls.context();
    return new SSLContext(this, context.getProvider(), context.getProtocol()) {};
  }

  @Override
  protected SSLEngine engineCreateSSLEngine() {
    Tls now = tls;
    return now.forServer(now.context().createSSLEngine());
  }

  @Override
  protected SSLEngine engineCreateSSLEngine(String host, int port) {
    Tls now = tls;
    return now.forServer(now.context().createSSLEngine(host, port));
  }

  @Override
  protected SSLSocketFactory engineGetSocketFactory() {
    return new Layers();
  }

  @Override
  protected SSLServerSocketFactory engineGetServerSocketFactory() {
    throw new UnsupportedOperationException(
        "make an SSLEngine for each connection, or layer an SSLSocket over its plain one by"
            + " getSocketFactory().createSocket(socket, null, true): the context may change");
  }

  @Override
  protected SSLSessionContext engineGetServerSessionContext() {
    return tls.context().getServerSessionContext();
  }

  @Override
  protected SSLSessionContext engineGetClientSessionContext() {
    return tls.context().getClientSessionContext();
  }

  @Override
  protected SSLParameters engineGetDefaultSSLParameters() {
    Tls now = tls;
    return now.forServer(now.context().getDefaultSSLParameters());
  }

  @Override
  protected SSLParameters engineGetSupportedSSLParameters() {
    return tls.context().getSupportedSSLParameters();
  }

  @Override
  protected void engineInit(
      KeyManager @Nullable [] keys, TrustManager @Nullable [] trust, @Nullable SecureRandom r) {
    throw new UnsupportedOperationException("the server's tls(…) sets what this context is");
  }

  /** Layers TLS over plain sockets that a server has accepted, and nothing else. */
  private final class Layers extends SSLSocketFactory {

    @Override
    public Socket createSocket(Socket plain, @Nullable InputStream consumed, boolean autoClose)
        throws IOException {
      Tls now = tls;
      SSLSocket socket =
          (SSLSocket) now.context().getSocketFactory().createSocket(plain, consumed, autoClose);
      socket.setSSLParameters(now.forServer(socket.getSSLParameters()));
      return socket;
    }

    @Override
    public String[] getDefaultCipherSuites() {
      return tls.context().getSocketFactory().getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
      return tls.context().getSocketFactory().getSupportedCipherSuites();
    }

    @Override
    public Socket createSocket(Socket plain, String host, int port, boolean autoClose) {
      throw forClients();
    }

    @Override
    public Socket createSocket(String host, int port) {
      throw forClients();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) {
      throw forClients();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
      throw forClients();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
      throw forClients();
    }

    private static UnsupportedOperationException forClients() {
      return new UnsupportedOperationException("this context is a server's");
    }
  }
}
