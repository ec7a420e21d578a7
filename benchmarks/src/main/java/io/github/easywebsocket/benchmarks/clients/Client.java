package io.github.easywebsocket.benchmarks.clients;

import java.net.URI;
import java.nio.ByteBuffer;

/** A client of WebSocket, of which the means are compared. */
interface Client {

  /** The longest message that any cell sends, and more. */
  int LONGEST = 4 << 20;

  /** Connects, and hands each message that comes to the loop. */
  Link connect(URI uri, Loop loop) throws Exception;

  /** A connection. One call at a time. */
  interface Link extends AutoCloseable {

    /** Sends a message, behind those that were sent before. */
    void send(ByteBuffer payload);

    /** Sends a message, behind those that were sent before. */
    void send(String text);

    /** Shakes hands to close. */
    @Override
    void close();
  }
}
