package io.github.easywebsocket.benchmarks.servers;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.server.ServerContainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.servlets.DefaultServlet;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.websocket.server.WsSci;

/**
 * Tomcat, embedded, with its NIO connector. For each connection it sets aside a buffer for the
 * longest message from the beginning, so one set-up cannot have both long messages and many
 * connections.
 */
final class TomcatEcho implements Server {

  /** Tomcat's own. */
  static final int DEFAULT_BUFFER = 8 << 10;

  private final int buffer;

  TomcatEcho(int buffer) {
    this.buffer = buffer;
  }

  @Override
  public int start(Setup setup) throws Exception {
    Path folder = Files.createTempDirectory("tomcat");
    folder.toFile().deleteOnExit();
    Connector connector = new Connector();
    connector.setPort(setup.port());
    connector.setProperty("address", HOST);
    connector.setProperty("maxConnections", "100000");
    connector.setProperty("acceptCount", Integer.toString(BACKLOG));
    connector.setProperty("tcpNoDelay", "true");
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(folder.toString());
    tomcat.setConnector(connector);
    Context context = tomcat.addContext("", folder.toString());
    context.addServletContainerInitializer(new Endpoints(), null);
    Tomcat.addServlet(context, "default", new DefaultServlet()); // else nothing is dispatched
    context.addServletMappingDecoded("/", "default");
    tomcat.start();
    return connector.getLocalPort();
  }

  private final class Endpoints extends WsSci {

    @Override
    public void onStartup(Set<Class<?>> none, ServletContext context) throws ServletException {
      String bytes = Integer.toString(buffer);
      context.setInitParameter("org.apache.tomcat.websocket.binaryBufferSize", bytes);
      context.setInitParameter("org.apache.tomcat.websocket.textBufferSize", bytes);
      super.onStartup(none, context);
      try {
        ServerContainer container =
            (ServerContainer) context.getAttribute(ServerContainer.class.getName());
        container.addEndpoint(JakartaEcho.Echo.class);
        container.addEndpoint(JakartaEcho.Broadcast.class);
      } catch (DeploymentException e) {
        throw new ServletException(e);
      }
    }
  }
}
