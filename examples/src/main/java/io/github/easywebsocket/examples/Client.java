package io.github.easywebsocket.examples;

import io.github.easywebsocket.CloseReason;
import io.github.easywebsocket.Message;
import io.github.easywebsocket.WebSocketClient;
import io.github.easywebsocket.WebSocketConnection;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A client for the command line: sends each line that is typed and prints what comes.
 *
 * <p>Its argument is the server's URI, by default {@code ws://localhost:8080/ws}. The line {@code
 * /ping} measures the round-trip time; {@code /close 4000 bye} closes with that code and reason,
 * both optional; so does the end of the input, with 1000.
 */
public final class Client {

  private static final Logger ROOT = Logger.getLogger("");

  private Client() {}

  /** Exits with 0 after a close handshake, else with 1. */
  public static void main(String[] args) {
    ROOT.setLevel(Level.WARNING);
    String uri = args.length > 0 ? args[0] : "ws://localhost:8080/ws";
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    System.exit(run(uri, input, System.out::println) ? 0 : 1);
  }

  /** Runs until the connection ends, and tells whether there was one that ended cleanly. */
  static boolean run(String uri, BufferedReader input, Consumer<String> output) {
    WebSocketClient client;
    try {
      client =
          WebSocketClient.builder(URI.create(uri))
              .onMessage((connection, message) -> output.accept("< " + printable(message)))
              .onError((connection, error) -> output.accept("error: " + error.getMessage()))
              .connect();
    } catch (IOException | IllegalArgumentException e) {
      output.accept(String.valueOf(e.getMessage()));
      return false;
    }
    try (client) {
      output.accept("connected to " + uri + "; type to send, /ping, /close [code [reason]]");
      // a thread of its own, since the server may end the connection while nothing is typed
      Thread typing = new Thread(() -> type(input, client.connection(), output));
      typing.setDaemon(true);
      typing.start();

      CloseReason reason = client.connection().closed().toCompletableFuture().join();
      output.accept((reason.clean() ? "closed: " : "connection lost: ") + reason);
      return reason.clean();
    }
  }

  private static void type(
      BufferedReader input, WebSocketConnection connection, Consumer<String> output) {
    try {
      for (String line = input.readLine(); line != null; line = input.readLine()) {
        if (line.equals("/ping")) {
          connection
              .ping()
              .thenAccept(
                  time -> output.accept(String.format("pong after %.1f ms", time.toNanos() / 1e6)));
        } else if (line.equals("/close") || line.startsWith("/close ")) {
          close(line.split(" ", 3), connection, output);
        } else {
          connection.send(line);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      connection.close();
    }
  }

  private static void close(
      String[] words, WebSocketConnection connection, Consumer<String> output) {
    try {
      int code = words.length > 1 ? Integer.parseInt(words[1]) : CloseReason.NORMAL;
      connection.close(code, words.length > 2 ? words[2] : "");
    } catch (NumberFormatException e) {
      output.accept("a close code is a number, not " + words[1]);
    } catch (IllegalArgumentException e) { // a code that may not be sent
      output.accept(String.valueOf(e.getMessage()));
    }
  }

  private static String printable(Message message) {
    return message.isText() ? message.text() : message.toString();
  }
}
