package io.github.easywebsocket.benchmarks.servers;

import jakarta.websocket.OnClose;
import jakarta.websocket.OnError;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The endpoints for servers of Jakarta WebSocket, with sends that wait. */
final class JakartaEcho {

  private JakartaEcho() {}

  /** Sends each message back. */
  @ServerEndpoint(Server.ECHO)
  public static final class Echo {

    /** Made by the container, for each connection. */
    public Echo() {}

    /** Takes away the limits that would end the connection. */
    @OnOpen
    public void open(Session session) {
      session.setMaxIdleTimeout(0);
    }

    /** The load just leaves, which is no error. */
    @OnError
    public void error(Throwable error) {}

    /** Sends it back. */
    @OnMessage
    public void text(String message, Session session) throws IOException {
      session.getBasicRemote().sendText(message);
    }

    /** Sends it back. */
    @OnMessage
    public void binary(ByteBuffer message, Session session) throws IOException {
      session.getBasicRemote().sendBinary(message);
    }
  }

  /** Sends each message to all. */
  @ServerEndpoint(Server.BROADCAST)
  public static final class Broadcast {

    // there is an instance for each connection, made by the container
    private static final Set<Session> MEMBERS = ConcurrentHashMap.newKeySet();

    /** Made by the container, for each connection. */
    public Broadcast() {}

    /** One more. */
    @OnOpen
    public void open(Session session) {
      session.setMaxIdleTimeout(0);
      MEMBERS.add(session);
    }

    /** One less. */
    @OnClose
    public void close(Session session) {
      MEMBERS.remove(session);
    }

    /** The load just leaves, which is no error. */
    @OnError
    public void error(Throwable error) {}

    /** Sends it to all. */
    @OnMessage
    public void text(String message) throws IOException {
      for (Session member : MEMBERS) {
        member.getBasicRemote().sendText(message);
      }
    }

    /** Sends it to all. */
    @OnMessage
    public void binary(ByteBuffer message) throws IOException {
      for (Session member : MEMBERS) {
        member.getBasicRemote().sendBinary(message.duplicate());
      }
    }
  }
}
