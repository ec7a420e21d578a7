package io.github.easywebsocket.benchmarks.servers;

/**
 * A server that sends back each message on {@code /ws}, and to all who are there on {@code
 * /broadcast}.
 */
interface Server {

  /** The longest message that any cell sends, and more. */
  int LONGEST = 4 << 20;

  /** As many connections may wait to be accepted. */
  int BACKLOG = 4096;

  String HOST = "127.0.0.1";
  String ECHO = "/ws";
  String BROADCAST = "/broadcast";

  /**
   * Starts, and goes on until the process ends.
   *
   * @return the port it listens on
   */
  int start(Setup setup) throws Exception;
}
