package io.github.easywebsocket.benchmarks.servers;

import io.helidon.common.buffers.BufferData;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.websocket.WsConfig;
import io.helidon.webserver.websocket.WsRouting;
import io.helidon.websocket.WsListener;
import io.helidon.websocket.WsSession;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Helidon: a virtual thread for each connection. It hands over frames, and is sent frames. */
final class HelidonEcho implements Server {

  private final Set<WsSession> members = ConcurrentHashMap.newKeySet();

  HelidonEcho() {}

  @Override
  public int start(Setup setup) {
    return WebServer.builder()
        .host(HOST)
        .port(setup.port())
        .backlog(BACKLOG)
        .addProtocol(WsConfig.builder().maxFrameLength(LONGEST).build())
        .addRouting(
            WsRouting.builder().endpoint(ECHO, Echo::new).endpoint(BROADCAST, Broadcast::new))
        .build()
        .start()
        .port();
  }

  private static final class Echo implements WsListener {

    @Override
    public void onMessage(WsSession session, String text, boolean last) {
      session.send(text, last);
    }

    @Override
    public void onMessage(WsSession session, BufferData bytes, boolean last) {
      session.send(bytes, last);
    }
  }

  private final class Broadcast implements WsListener {

    @Override
    public void onOpen(WsSession session) {
      members.add(session);
    }

    @Override
    public void onClose(WsSession session, int status, String reason) {
      members.remove(session);
    }

    @Override
    public void onMessage(WsSession session, String text, boolean last) {
      toAll(member -> member.send(text, last));
    }

    @Override
    public void onMessage(WsSession session, BufferData data, boolean last) {
      byte[] bytes = data.readBytes();
      toAll(member -> member.send(BufferData.create(bytes), last));
    }

    /** A connection that ended without a close frame is noticed by what a send throws. */
    private void toAll(Consumer<WsSession> send) {
      for (WsSession member : members) {
        try {
          send.accept(member);
        } catch (UncheckedIOException e) {
          members.remove(member);
        }
      }
    }
  }
}
