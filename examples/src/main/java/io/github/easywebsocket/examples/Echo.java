package io.github.easywebsocket.examples;

import io.github.easywebsocket.StaticFiles;
import io.github.easywebsocket.WebSocketException;
import io.github.easywebsocket.WebSocketServer;
import java.io.IOException;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A server that sends back what it receives, and a page to try it with.
 *
 * <p>{@code -Dport=…} sets its port (8080), {@code -Dbackend=…} its backend (the first of undertow
 * and jetty that is there), {@code -Dhost=…} the address that it binds to: 0.0.0.0 in a container,
 * else only this machine reaches it (127.0.0.1).
 */
public final class Echo {

  private static final Logger ROOT = Logger.getLogger(""); // the engines' logs end here

  private Echo() {}

  /** Starts the server, which runs until the process is asked to end, by Ctrl-C for instance. */
  public static void main(String[] args) throws IOException {
    ROOT.setLevel(Level.WARNING);
    WebSocketServer server;
    try {
      server = start(Integer.parseInt(System.getProperty("port", "8080")));
    } catch (WebSocketException | IllegalArgumentException e) {
      System.err.println(e.getMessage() + " (here with -Dhost=…, -Dport=… and -Dbackend=…)");
      System.exit(1);
      return;
    }
    System.out.printf("Echo runs on %s. Ctrl-C stops it.%n", server.backend());
    System.out.printf("  page       http://localhost:%d/%n", server.port());
    System.out.printf("  WebSocket  ws://localhost:%d/ws%n", server.port());
  }

  static WebSocketServer start(int port) throws IOException {
    return builder(port)
        .path("/ws")
        .onMessage((connection, message) -> connection.send(message))
        .http(StaticFiles.classPath(Echo.class, "page"))
        .stopOnShutdown()
        .start();
  }

  /** A server at the port, with what the command line says of the rest. */
  static WebSocketServer.Builder builder(int port) {
    String host = System.getProperty("host", "127.0.0.1");
    String backend = System.getProperty("backend");
    WebSocketServer.Builder builder = WebSocketServer.builder().host(host).port(port);
    return backend != null ? builder.backend(backend) : builder.backend("undertow", "jetty");
  }
}
