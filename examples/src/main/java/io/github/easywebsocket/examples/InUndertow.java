package io.github.easywebsocket.examples;

import io.github.easywebsocket.Endpoint;
import io.github.easywebsocket.WebSocketServer;
import io.github.easywebsocket.undertow.UndertowMount;
import io.undertow.Undertow;
import java.io.IOException;
import java.net.InetSocketAddress;

/** A WebSocket at {@code /ws} in an Undertow that serves a page of its own; {@code -Dport=…}. */
public final class InUndertow implements AutoCloseable {

  private final WebSocketServer server;
  private final Undertow undertow;

  /** Starts both. */
  InUndertow(int port) throws IOException {
    UndertowMount mount =
        new UndertowMount(request -> request.getResponseSender().send("an Undertow's own page\n"));
    server =
        WebSocketServer.builder()
            .backend(mount)
            .endpoint(
                Endpoint.at("/ws").onMessage((connection, message) -> connection.send(message)))
            .start();
    undertow = Undertow.builder().addHttpListener(port, "127.0.0.1").setHandler(mount).build();
    undertow.start();
  }

  /** Runs until the process is asked to end. */
  public static void main(String[] args) throws IOException {
    InUndertow both = new InUndertow(Integer.getInteger("port", 8080));
    Runtime.getRuntime().addShutdownHook(new Thread(both::close));
    System.out.printf("http://localhost:%1$d/ and ws://localhost:%1$d/ws%n", both.port());
  }

  int port() {
    return ((InetSocketAddress) undertow.getListenerInfo().get(0).getAddress()).getPort();
  }

  /** The WebSockets first, so that their peers get a close frame. */
  @Override
  public void close() {
    server.stop();
    undertow.stop();
  }
}
