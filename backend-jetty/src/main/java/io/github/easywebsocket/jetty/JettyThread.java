package io.github.easywebsocket.jetty;

/** A thread of the engine: it serves all connections, so nothing may block it for one. */
final class JettyThread extends Thread {

  JettyThread(Runnable task, String name) {
    super(task, name);
    setDaemon(false);
  }
}
