package io.github.easywebsocket.jetty;

import io.github.easywebsocket.spi.BackendOption;

/** The options that only the backend {@code "jetty"} has. */
public final class JettyOptions {

  /**
   * How many threads read from connections; with {@code inline()} they run the handlers too.
   * Default one for each processor.
   */
  public static final BackendOption<Integer> IO_THREADS =
      new BackendOption<>(JettyBackend.NAME, "ioThreads", Integer.class);

  private JettyOptions() {}
}
