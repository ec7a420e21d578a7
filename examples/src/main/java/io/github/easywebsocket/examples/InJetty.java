package io.github.easywebsocket.examples;

import io.github.easywebsocket.Endpoint;
import io.github.easywebsocket.WebSocketServer;
import io.github.easywebsocket.jetty.JettyMount;
import java.net.InetSocketAddress;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.LifeCycle;

/** A WebSocket at {@code /ws} in a Jetty that serves a page of its own; {@code -Dport=…}. */
public final class InJetty implements AutoCloseable {

  private final WebSocketServer server;
  private final Server jetty;

  /** Starts both. */
  InJetty(int port) throws Exception {
    JettyMount mount = new JettyMount(new Page());
    server =
        WebSocketServer.builder()
            .backend(mount)
            .endpoint(
                Endpoint.at("/ws").onMessage((connection, message) -> connection.send(message)))
            .start();
    jetty = new Server(new InetSocketAddress("127.0.0.1", port));
    jetty.setHandler(mount);
    jetty.start();
  }

  /** Runs until the process is asked to end. */
  public static void main(String[] args) throws Exception {
    InJetty both = new InJetty(Integer.getInteger("port", 8080));
    Runtime.getRuntime().addShutdownHook(new Thread(both::close));
    System.out.printf("http://localhost:%1$d/ and ws://localhost:%1$d/ws%n", both.port());
  }

  int port() {
    return jetty.getURI().getPort();
  }

  /** The WebSockets first, so that their peers get a close frame. */
  @Override
  public void close() {
    server.stop();
    LifeCycle.stop(jetty);
  }

  private static final class Page extends Handler.Abstract.NonBlocking {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      Content.Sink.write(response, true, "a Jetty's own page\n", callback);
      return true;
    }
  }
}
