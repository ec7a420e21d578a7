package io.github.easywebsocket.benchmarks.load;

import java.io.IOException;

/** Work for a server. */
interface Load {

  /** Works until the window is over, and waits for all that is under way. */
  void run(Window window) throws IOException;

  /** The load of that cell. */
  static Load of(Cell cell, Target target, Messages messages) {
    return switch (cell.work()) {
      case ECHO -> new EchoLoad(target, messages);
      case FIXED_RATE -> new FixedRateLoad(target, messages);
      case FAN_OUT -> new FanOutLoad(target, messages);
      case BESIDE -> new BesideLoad(target, messages);
      case CONNECT -> new ConnectLoad(target, cell.connections());
    };
  }
}
