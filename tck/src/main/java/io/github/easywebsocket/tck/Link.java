package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.WebSocketConnection;
import io.github.easywebsocket.WebSocketException;
import java.io.IOException;
import java.util.List;

/**
 * An open connection, seen from both of its ends.
 *
 * @param app what the application is told; its onOpen is expected already
 * @param peer the other end
 */
record Link(Recording app, RawPeer peer) {

  WebSocketConnection connection() {
    return app.connection();
  }

  /** A message goes to the application: the connection lives, and all before it was handled. */
  Link expectAlive() throws InterruptedException {
    peer.text("still there?");
    app.expectText("still there?");
    return this;
  }

  /** Messages of each form of length, and longer than a buffer, go both ways. */
  Link expectMessagesOfEverySize() throws IOException, InterruptedException {
    for (int size : List.of(0, 125, 65_536, 300_000)) {
      byte[] bytes = ReceivingRules.bytes(size);
      peer.send(Frame.binary(bytes));
      app.expectBinary(bytes);
      connection().send("x".repeat(size));
      peer.expectText("x".repeat(size));
    }
    return this;
  }

  /** The connection is open for the application. */
  void expectOpen() {
    assertTrue(connection().isOpen(), "the connection is open");
  }

  /** The peer closes, and both ends see that: nothing else was under way. */
  void endWell() throws IOException, InterruptedException {
    peer.send(Frame.close(1000, "done"));
    peer.expectClose(1000);
    app.expectClose(1000, "done");
  }

  /** The library fails the connection: both ends learn the code, the application also why. */
  void expectFailed(int code, WebSocketException.Kind kind)
      throws IOException, InterruptedException {
    peer.expectClose(code);
    app.expectError(kind).expectClose(code);
    assertTrue(!connection().isOpen(), "a connection that failed is not open");
  }
}
