package io.github.easywebsocket.examples;

import io.github.easywebsocket.Endpoint;
import io.github.easywebsocket.Handshake;
import io.github.easywebsocket.Message;
import io.github.easywebsocket.StaticFiles;
import io.github.easywebsocket.Verdict;
import io.github.easywebsocket.WebSocketConnection;
import io.github.easywebsocket.WebSocketServer;
import java.io.IOException;

/** A chat in rooms, and a page to talk in. Takes what {@link Echo} takes; each room is a topic. */
public final class Chat {

  private static final String NAME = "[\\p{L}\\p{N} ]{1,30}";

  private Chat() {}

  /** Starts the server, which runs until the process is asked to end. */
  public static void main(String[] args) throws IOException {
    WebSocketServer server = start(Echo.builder(Integer.getInteger("port", 8080)));
    System.out.printf("http://localhost:%d/ on %s%n", server.port(), server.backend());
  }

  static WebSocketServer start(WebSocketServer.Builder builder) throws IOException {
    Endpoint rooms =
        Endpoint.at("/rooms/{room}")
            .verifier(Chat::verify)
            .onOpen(connection -> connection.subscribe(room(connection)))
            .onText((connection, text) -> say(connection, text));
    return builder
        .endpoint(rooms)
        .http(StaticFiles.classPath(Chat.class, "chat"))
        .stopOnShutdown()
        .start();
  }

  /** Believes every name; who has users looks up a token here, and may wait for that. */
  private static Verdict verify(Handshake handshake) {
    String name = handshake.parameter("as");
    return name != null && name.matches(NAME) && handshake.variable("room").matches(NAME)
        ? Verdict.accept().withAttachment(name)
        : Verdict.reject(401);
  }

  private static void say(WebSocketConnection connection, String text) {
    Message message = Message.text(connection.attachment() + ": " + text);
    connection.send(message);
    connection.publish(room(connection), message); // to the others
  }

  private static String room(WebSocketConnection connection) {
    return connection.handshake().variable("room");
  }
}
