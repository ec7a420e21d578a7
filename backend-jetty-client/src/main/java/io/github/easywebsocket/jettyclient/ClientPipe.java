package io.github.easywebsocket.jettyclient;

import io.github.easywebsocket.driver.BytePipe;
import io.github.easywebsocket.driver.WebSocketDriver;
import io.github.easywebsocket.jetty.pipe.JettyPipe;
import java.util.function.Consumer;
import java.util.function.Function;
import org.eclipse.jetty.io.EndPoint;

/** The connection of a client, after its handshake. It uses the engine until it is closed. */
final class ClientPipe extends JettyPipe {

  private final SharedEngine.Use use;
  private final Consumer<WebSocketDriver> opening;

  /**
   * Makes the pipe.
   *
   * @param opening opens the driver
   */
  ClientPipe(
      EndPoint endPoint,
      SharedEngine.Use use,
      Function<BytePipe, WebSocketDriver> driver,
      Consumer<WebSocketDriver> opening) {
    super(endPoint, endPoint, use.engine().getExecutor(), null, endPoint.isSecure(), driver);
    this.use = use;
    this.opening = opening;
  }

  @Override
  protected void open(WebSocketDriver driver) {
    opening.accept(driver);
  }

  @Override
  public void close() {
    super.close();
    use.close();
  }
}
