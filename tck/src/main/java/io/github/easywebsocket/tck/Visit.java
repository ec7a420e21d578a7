package io.github.easywebsocket.tck;

import io.github.easywebsocket.Message;
import io.github.easywebsocket.WebSocketServer;
import io.github.easywebsocket.spi.ServerBackend;
import java.io.File;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What an application of a container does, from its deployment to its end: all classes come from a
 * class loader of its own, a server starts there, serves a connection, and stops.
 */
final class Visit {

  private Visit() {}

  /** Runs one with such a backend, and gives the class loader that it was in. */
  static WeakReference<ClassLoader> of(Class<? extends ServerBackend> backend) throws Exception {
    try (URLClassLoader loader =
        new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
      Thread.currentThread().setContextClassLoader(loader);
      Class<?> there = Class.forName(Visit.class.getName(), true, loader);
      Method run = there.getDeclaredMethod("run", String.class);
      run.setAccessible(true);
      run.invoke(null, backend.getName());
      return new WeakReference<>(loader);
    } finally {
      Thread.currentThread().setContextClassLoader(Visit.class.getClassLoader());
    }
  }

  private static URL[] classPath() throws IOException {
    List<URL> urls = new ArrayList<>();
    for (String property : List.of("java.class.path", "jdk.module.path")) {
      for (String entry : System.getProperty(property, "").split(File.pathSeparator)) {
        urls.add(Path.of(entry).toUri().toURL());
      }
    }
    return urls.toArray(new URL[0]);
  }

  /** Called in the class loader, by its name. */
  static void run(String backend) throws Exception {
    Constructor<?> constructor = Class.forName(backend).getDeclaredConstructor();
    constructor.setAccessible(true);
    try (WebSocketServer server =
        WebSocketServer.builder()
            .backend((ServerBackend) constructor.newInstance())
            .port(0)
            .onMessage((connection, message) -> connection.send(message))
            .start()) {
      RawPeer peer = RawPeer.connect(server.address(), new Wire(Patience.TIME));
      peer.send(Request.handshake(server.port())).readAnswer();
      peer.text("here").expectText("here");
      server.broadcast(Message.text("there"));
      peer.expectText("there");
      peer.close();
    }
  }
}
