package io.github.easywebsocket.jettyclient;

import io.github.easywebsocket.driver.BytePipe;
import io.github.easywebsocket.driver.WebSocketDriver;
import io.github.easywebsocket.jetty.pipe.JettyPipe;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.net.ssl.SSLSession;
import org.eclipse.jetty.io.EndPoint;
import org.jspecify.annotations.Nullable;

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
    super(endPoint, endPoint, use.engine().getExecutor(), null, tls(endPoint), driver);
    this.use = use;
    this.opening = opening;
  }

  private static @Nullable SSLSession tls(EndPoint endPoint) {
    EndPoint.SslSessionData tls = endPoint.getSslSessionData();
    return tls == null ? null : tls.sslSession();
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
