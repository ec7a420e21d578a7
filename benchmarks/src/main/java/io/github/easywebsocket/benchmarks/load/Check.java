package io.github.easywebsocket.benchmarks.load;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Compares what one connection brings back with what it shall be. */
interface Check {

  /**
   * Takes all bytes of the buffer.
   *
   * @return how many messages they completed
   * @throws WrongEcho if a byte is wrong
   */
  int take(ByteBuffer bytes) throws IOException;
}
