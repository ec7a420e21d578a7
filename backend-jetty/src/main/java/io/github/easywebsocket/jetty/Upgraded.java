package io.github.easywebsocket.jetty;

import org.eclipse.jetty.io.Connection;

/** What Jetty gives the bytes of a connection to once the response to its handshake is written. */
interface Upgraded extends Connection, Connection.UpgradeTo {

  /** The response is written and this was opened, or neither will ever be. */
  void upgradeOver();
}
