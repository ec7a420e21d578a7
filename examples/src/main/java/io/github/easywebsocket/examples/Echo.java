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
 * and jetty that is there).
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
      System.err.println(e.getMessage() + " (here with -Dport=… and -Dbackend=…)");
      System.exit(1);
      return;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(server::stop));
    System.out.printf("Echo runs on %s. Ctrl-C stops it.%n", server.backend());
    System.out.printf("  page       http://localhost:%d/%n", server.port());
    System.out.printf("  WebSocket  ws://localhost:%d/ws%n", server.port());
  }

  static WebSocketServer start(int port) throws IOException {
    WebSocketServer.Builder builder =
        WebSocketServer.builder()
            .port(port)
            .path("/ws")
            .onMessage((connection, message) -> connection.send(message))
            .http(StaticFiles.classPath(Echo.class, "page"));
    String backend = System.getProperty("backend");
    return (backend != null ? builder.backend(backend) : builder.backend("undertow", "jetty"))
        .start();
  }
}
